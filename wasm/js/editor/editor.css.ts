/**
 * The style sheet of notes, edited or rendered, to be adopted by the root they are in.
 * The host's theme reaches it through `--threadline-*` properties.
 */

const PRESENCE_COLORS = [
  "#0b6e99",
  "#9a3b00",
  "#6b3fa0",
  "#0f7b3e",
  "#a61b5b",
  "#7a5b00",
  "#2f5bd3",
  "#8a2be2",
];

const MAX_INDENT = 6;

const colors = PRESENCE_COLORS.map(
  (color, index) =>
    `.color-${index} { --presence: var(--threadline-presence-${index}, ${color}); }`,
).join("\n");

const indents = Array.from({ length: MAX_INDENT + 1 }, (_, depth) => {
  // An item counts at its own depth and begins every deeper count anew.
  const deeper = Array.from({ length: MAX_INDENT - depth }, (_, i) => `item-${depth + 1 + i}`);
  const reset = deeper.length > 0 ? `counter-set: ${deeper.join(" ")};` : "";
  return `
.list-item[data-indent="${depth}"] { margin-inline-start: ${1.6 * (depth + 1)}em; ${reset} }
.list-item[data-list="ordered"][data-indent="${depth}"] { counter-increment: item-${depth}; }
.list-item[data-list="ordered"][data-indent="${depth}"]::before { content: counter(item-${depth}) "."; }`;
}).join("");

const everyCounter = Array.from({ length: MAX_INDENT + 1 }, (_, depth) => `item-${depth}`).join(
  " ",
);

/** The text of the style sheet. */
export const editorStyles = `
.note-editor { position: relative; }

.ProseMirror {
  position: relative;
  overflow-wrap: break-word;
  white-space: pre-wrap;
  white-space: break-spaces;
  font-variant-ligatures: none;
  outline: none;
  counter-reset: ${everyCounter};
}
.ProseMirror > :not(.list-item) { counter-set: ${everyCounter}; }
.ProseMirror [draggable][contenteditable="false"] { user-select: text; }
.ProseMirror-hideselection *::selection { background: transparent; }
.ProseMirror-hideselection { caret-color: transparent; }
.ProseMirror-selectednode { outline: 2px solid var(--threadline-accent, Highlight); }
img.ProseMirror-separator { display: inline !important; border: none !important; margin: 0 !important; }

.note-text p, .note-text h1, .note-text h2, .note-text h3, .note-text h4, .note-text h5, .note-text h6,
.note-text blockquote, .note-text pre, .note-text ul, .note-text ol, .note-text .list-item { margin: 0 0 4px; }
.note-text h1 { font-size: 1.35em; line-height: 1.3; }
.note-text h2 { font-size: 1.2em; line-height: 1.3; }
.note-text :is(h3, h4, h5, h6) { font-size: 1.05em; line-height: 1.3; }
.note-text blockquote {
  border-inline-start: 3px solid var(--threadline-border, currentColor);
  padding-inline-start: 8px;
}
.note-text pre, .note-text code { font-family: ui-monospace, monospace; font-size: 0.95em; }
.note-text :not(pre) > code, .note-text pre {
  background: color-mix(in srgb, currentColor 8%, transparent);
  border-radius: 4px;
}
.note-text :not(pre) > code { padding: 0 3px; }
.note-text pre { padding: 6px 8px; overflow-x: auto; white-space: pre-wrap; }
.note-text :is(p, li, h1, h2, h3, h4, h5, h6, blockquote) { white-space: pre-wrap; }
/* A line that a reader left empty is seen as one. */
.note-text :is(p, li, h1, h2, h3, blockquote):empty { min-block-size: 1lh; }
.note-text a { color: var(--threadline-accent, LinkText); }
.note-text .mention {
  color: var(--threadline-accent, LinkText);
  background: color-mix(in srgb, currentColor 10%, transparent);
  border-radius: 4px;
  padding: 0 2px;
}
.note-text .embed { border: 1px solid currentColor; border-radius: 4px; padding: 0 4px; opacity: 0.7; }
.note-text :is(ul, ol) { padding-inline-start: 1.6em; }
.note-text li.gap { list-style: none; }
.list-item { position: relative; }
.list-item::before { position: absolute; inset-inline-start: -1.5em; inline-size: 1.2em; text-align: end; }
.list-item[data-list="unordered"]::before { content: "•"; }
${indents}

.placeholder::before {
  content: attr(data-placeholder);
  float: inline-start;
  block-size: 0;
  pointer-events: none;
  color: var(--threadline-muted, GrayText);
}

${colors}
.remote-cursor {
  position: relative;
  border-inline-start: 2px solid var(--presence);
  margin-inline: -1px;
  pointer-events: none;
  user-select: none;
}
.remote-name {
  position: absolute;
  inset-block-end: 100%;
  inset-inline-start: -2px;
  padding: 0 4px;
  border-radius: 4px 4px 4px 0;
  background: var(--presence);
  color: #fff;
  font: 600 11px/16px var(--threadline-font, system-ui, sans-serif);
  white-space: nowrap;
  z-index: 1;
}
.remote-selection { background: color-mix(in srgb, var(--presence) 22%, transparent); }

.mention-menu {
  position: fixed;
  inset: auto;
  margin: 0;
  min-inline-size: 160px;
  max-inline-size: 280px;
  padding: 4px;
  background: var(--threadline-surface, Canvas);
  color: var(--threadline-text, CanvasText);
  border: 1px solid var(--threadline-border, GrayText);
  border-radius: 6px;
  box-shadow: 0 4px 16px rgb(0 0 0 / 18%);
}
.mention-option {
  padding: 4px 8px;
  border-radius: 4px;
  cursor: pointer;
  overflow: hidden;
  text-overflow: ellipsis;
  white-space: nowrap;
}
.mention-option[aria-selected="true"] {
  background: color-mix(in srgb, var(--threadline-accent, Highlight) 18%, transparent);
}
@media (forced-colors: active) {
  .mention-option[aria-selected="true"] { outline: 2px solid Highlight; }
  .remote-cursor, .remote-name { forced-color-adjust: none; }
}
`;
