/**
 * A note as it is read, drawn by the shell itself: notes stay readable when the
 * editor's chunk was never loaded. Text stays text, so nothing in a note becomes
 * markup, and only addresses of known kinds become links.
 */
import { html, nothing, type TemplateResult } from "lit";
import type { Span } from "../common/types.js";

type Text = Extract<Span, { type: "text" }>;

interface Block {
  type: string;
  depth: number;
  level: number;
  texts: Text[];
}

/** The deepest indent the style sheet draws. */
const MAX_INDENT = 6;

const LINK_PROTOCOLS = new Set(["http:", "https:", "mailto:", "tel:"]);

/** The blocks of a note, drawn with the style sheet of notes. */
export function noteText(spans: Span[]): TemplateResult {
  const drawn: TemplateResult[] = [];
  let items: TemplateResult[] = [];
  const endList = (): void => {
    if (items.length > 0) drawn.push(html`<div class="list" role="list">${items}</div>`);
    items = [];
  };
  for (const block of blocksOf(spans)) {
    if (block.type.endsWith("-list-item")) {
      items.push(drawItem(block));
    } else {
      endList();
      drawn.push(drawBlock(block));
    }
  }
  endList();
  return html`${drawn}`;
}

/** The note's words alone, for a name or a preview. */
export function plainText(spans: Span[]): string {
  return spans
    .map((span) => (span.type === "text" ? span.value : " "))
    .join("")
    .trim();
}

function blocksOf(spans: Span[]): Block[] {
  const blocks: Block[] = [];
  for (const span of spans) {
    if (span.type === "block") {
      const { type, parents = [], attrs = {} } = span.value;
      blocks.push({ type, depth: parents.length, level: Number(attrs["level"] ?? 1), texts: [] });
    } else {
      // Another tool may leave out the first marker.
      if (blocks.length === 0) blocks.push({ type: "paragraph", depth: 0, level: 1, texts: [] });
      blocks[blocks.length - 1]?.texts.push(span);
    }
  }
  return blocks;
}

function drawItem({ type, depth, texts }: Block): TemplateResult {
  return html`<div
    class="list-item"
    role="listitem"
    data-list=${type === "ordered-list-item" ? "ordered" : "unordered"}
    data-indent=${Math.min(depth, MAX_INDENT)}
    dir="auto"
  >
    ${drawTexts(texts)}
  </div>`;
}

function drawBlock({ type, level, texts }: Block): TemplateResult {
  const inline = drawTexts(texts);
  switch (type) {
    case "heading":
      // The same elements as in the editor; for a screen reader all stand below the widget's own.
      if (level === 1) return html`<h1 aria-level="4" dir="auto">${inline}</h1>`;
      if (level === 2) return html`<h2 aria-level="4" dir="auto">${inline}</h2>`;
      return html`<h3 aria-level="4" dir="auto">${inline}</h3>`;
    case "blockquote":
      return html`<blockquote dir="auto">${inline}</blockquote>`;
    case "code-block":
      return html`<pre>${inline}</pre>`;
    default:
      return html`<p dir="auto">${inline}</p>`;
  }
}

/** White space counts inside the text only, not in the markup around it. */
function drawTexts(texts: Text[]): TemplateResult {
  return html`<span class="run">${texts.map(drawText)}</span>`;
}

function drawText({ value, marks = {} }: Text): unknown {
  let drawn: unknown = value;
  if (marks["code"]) drawn = html`<code>${drawn}</code>`;
  if (marks["em"]) drawn = html`<em>${drawn}</em>`;
  if (marks["strong"]) drawn = html`<strong>${drawn}</strong>`;
  if (marks["__ext__threadline_mention"]) drawn = html`<span class="mention">${drawn}</span>`;
  const href = safeHref(marks["link"]);
  if (href) {
    drawn = html`<a href=${href} target="_blank" rel="noopener noreferrer nofollow">${drawn}</a>`;
  }
  return drawn === "" ? nothing : drawn;
}

/** The address of a link mark (`{"href": …}` as JSON), unless it could do more than lead somewhere. */
function safeHref(mark: unknown): string | undefined {
  try {
    const { href } = JSON.parse(String(mark)) as { href?: unknown };
    const { protocol } = new URL(String(href), "https://relative.invalid/");
    return LINK_PROTOCOLS.has(protocol) ? String(href) : undefined;
  } catch {
    return undefined;
  }
}
