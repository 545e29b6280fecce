/**
 * What a person can do to a note besides typing: one list for keys, a toolbar and
 * a command palette, so that all three offer the same.
 */
import { toggleMark } from "prosemirror-commands";
import { redo, redoDepth, undo, undoDepth } from "prosemirror-history";
import type { Attrs, MarkType, Node, NodeType, ResolvedPos } from "prosemirror-model";
import type { Command, EditorState } from "prosemirror-state";
import { completeHref, isListItem, isSafeHref, schema } from "./schema.js";

const { nodes, marks } = schema;

/** The stable name of a command. */
export type CommandId =
  | "strong"
  | "em"
  | "code"
  | "link"
  | "heading-1"
  | "heading-2"
  | "heading-3"
  | "blockquote"
  | "code-block"
  | "unordered-list"
  | "ordered-list"
  | "indent"
  | "outdent"
  | "undo"
  | "redo";

/** One command of the editor, as a toolbar needs it. */
export interface NoteCommand {
  readonly id: CommandId;
  /** In English; also the key of its translation. */
  readonly label: string;
  /** In ProseMirror's notation, where `Mod` is Ctrl or ⌘. */
  readonly key?: string;
  /**
   * The change itself. `argument` is used by `link` alone: the address to link to,
   * without which it removes the link.
   */
  readonly command: (argument?: string) => Command;
  /** Whether the selection already has what the command gives. */
  readonly isActive: (state: EditorState) => boolean;
}

/** Whether a command is on and whether it can be used, where the selection is now. */
export interface CommandState {
  active: boolean;
  enabled: boolean;
}

/** A change of each selected block; `null` leaves a block as it is. */
function changeBlocks(change: (node: Node) => { type: NodeType; attrs: Attrs } | null): Command {
  return (state, dispatch) => {
    const { tr } = state;
    for (const { $from, $to } of state.selection.ranges) {
      state.doc.nodesBetween($from.pos, $to.pos, (node, position) => {
        if (!node.isTextblock) return true;
        const changed = change(node);
        if (changed !== null) tr.setNodeMarkup(position, changed.type, changed.attrs);
        return false;
      });
    }
    if (!tr.docChanged) return false;
    dispatch?.(tr.scrollIntoView());
    return true;
  };
}

function allBlocks(state: EditorState, test: (node: Node) => boolean): boolean {
  let all = true;
  const { from, to } = state.selection;
  state.doc.nodesBetween(from, to, (node) => {
    if (!node.isTextblock) return true;
    all &&= test(node);
    return false;
  });
  return all;
}

function isBlock(type: NodeType, attrs: Attrs): (node: Node) => boolean {
  return (node) =>
    node.type === type &&
    Object.entries(attrs).every(([name, value]) => node.attrs[name] === value);
}

/** Makes the selected blocks plain paragraphs. */
export const makeParagraphs: Command = changeBlocks((node) =>
  node.type === nodes.paragraph && node.attrs.parents.length === 0
    ? null
    : { type: nodes.paragraph, attrs: {} },
);

/** Turns the selected blocks into this type, or back into paragraphs when all of them are it. */
function toggleBlocks(type: NodeType, attrs: Attrs = {}): Command {
  const isAlready = isBlock(type, attrs);
  return (state, dispatch) => {
    if (allBlocks(state, isAlready)) return makeParagraphs(state, dispatch);
    return changeBlocks((node) => {
      if (isAlready(node)) return null;
      // One kind of list turns into the other in place; a heading has no indent.
      const keepsIndent = isListItem(node) && type.name.endsWith("-list-item");
      return { type, attrs: keepsIndent ? { ...attrs, parents: node.attrs.parents } : attrs };
    })(state, dispatch);
  };
}

/** The deepest list a command makes; a text from elsewhere may be deeper. */
const MAX_INDENT = 6;

const indent = changeBlocks((node) => {
  const parents: string[] = node.attrs.parents;
  if (!isListItem(node) || parents.length >= MAX_INDENT) return null;
  return { type: node.type, attrs: { ...node.attrs, parents: [...parents, node.type.name] } };
});

/** Takes the selected list items one step out. */
export const outdent: Command = changeBlocks((node) => {
  const parents: string[] = node.attrs.parents;
  if (!isListItem(node) || parents.length === 0) return null;
  return { type: node.type, attrs: { ...node.attrs, parents: parents.slice(0, -1) } };
});

function hasMark(state: EditorState, type: MarkType): boolean {
  const { from, to, empty, $from } = state.selection;
  return empty
    ? type.isInSet(state.storedMarks ?? $from.marks()) !== undefined
    : state.doc.rangeHasMark(from, to, type);
}

/** Links the selection to an address, unless nothing may link there; without one, takes the link off. */
function setLink(address?: string): Command {
  return (state, dispatch) => {
    const { from, to, empty } = state.selection;
    const { tr } = state;
    if (address === undefined) {
      const linked = empty ? linkAround(state.selection.$from) : { from, to };
      if (linked === null || !state.doc.rangeHasMark(linked.from, linked.to, marks.link)) {
        return false;
      }
      tr.removeMark(linked.from, linked.to, marks.link);
    } else {
      const href = completeHref(address);
      if (!isSafeHref(href)) return false;
      const mark = marks.link.create({ href });
      // With nothing selected the address is its own text.
      if (empty) tr.replaceSelectionWith(schema.text(href, [mark]), false);
      else tr.addMark(from, to, mark);
    }
    dispatch?.(tr.scrollIntoView());
    return true;
  };
}

/** The whole of the link that a caret stands in or at the edge of. */
function linkAround($caret: ResolvedPos): { from: number; to: number } | null {
  const mark = [$caret.nodeBefore, $caret.nodeAfter]
    .map((node) => node && marks.link.isInSet(node.marks))
    .find((found) => found);
  if (!mark) return null;
  let range: { from: number; to: number } | null = null;
  $caret.parent.forEach((node, offset) => {
    if (!mark.isInSet(node.marks)) return;
    const from = $caret.start() + offset;
    const to = from + node.nodeSize;
    // Runs that touch are one link; one that ended before the caret was another.
    if (range?.to === from) range = { from: range.from, to };
    else if (range === null || range.to < $caret.pos) range = { from, to };
  });
  return range;
}

function markCommand(id: "strong" | "em" | "code", label: string, key: string): NoteCommand {
  const type = marks[id];
  return {
    id,
    label,
    key,
    command: () => toggleMark(type),
    isActive: (state) => hasMark(state, type),
  };
}

function blockCommand(
  id: CommandId,
  label: string,
  key: string,
  type: NodeType,
  attrs: Attrs = {},
): NoteCommand {
  const command = toggleBlocks(type, attrs);
  return {
    id,
    label,
    key,
    command: () => command,
    isActive: (state) => allBlocks(state, isBlock(type, attrs)),
  };
}

function plainCommand(id: CommandId, label: string, key: string, command: Command): NoteCommand {
  return { id, label, key, command: () => command, isActive: () => false };
}

/** Every command, in the order of a toolbar. */
export const commands: readonly NoteCommand[] = [
  markCommand("strong", "Bold", "Mod-b"),
  markCommand("em", "Italic", "Mod-i"),
  markCommand("code", "Code", "Mod-e"),
  {
    id: "link",
    label: "Link",
    command: setLink,
    isActive: (state) =>
      state.selection.empty
        ? linkAround(state.selection.$from) !== null
        : hasMark(state, marks.link),
  },
  blockCommand("heading-1", "Heading 1", "Mod-Alt-1", nodes.heading, { level: 1 }),
  blockCommand("heading-2", "Heading 2", "Mod-Alt-2", nodes.heading, { level: 2 }),
  blockCommand("heading-3", "Heading 3", "Mod-Alt-3", nodes.heading, { level: 3 }),
  blockCommand("blockquote", "Quote", "Mod-Shift-9", nodes.blockquote),
  blockCommand("code-block", "Code block", "Mod-Alt-c", nodes["code-block"]),
  blockCommand("unordered-list", "Bulleted list", "Mod-Shift-8", nodes["unordered-list-item"]),
  blockCommand("ordered-list", "Numbered list", "Mod-Shift-7", nodes["ordered-list-item"]),
  plainCommand("indent", "Indent", "Tab", indent),
  plainCommand("outdent", "Outdent", "Shift-Tab", outdent),
  plainCommand("undo", "Undo", "Mod-z", undo),
  plainCommand("redo", "Redo", "Mod-Shift-z", redo),
];

/** Where each command stands, to draw a toolbar. */
export function commandStates(state: EditorState): Record<CommandId, CommandState> {
  const entries = commands.map(({ id, command, isActive }): [CommandId, CommandState] => [
    id,
    { active: isActive(state), enabled: isEnabled(id, state, command()) },
  ]);
  return Object.fromEntries(entries) as Record<CommandId, CommandState>;
}

function isEnabled(id: CommandId, state: EditorState, command: Command): boolean {
  switch (id) {
    case "undo":
      return undoDepth(state) > 0;
    case "redo":
      return redoDepth(state) > 0;
    case "link":
      // A link can be made anywhere once it has an address.
      return true;
    default:
      return command(state);
  }
}
