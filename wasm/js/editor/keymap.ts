/** The keys of the editor: those of the commands, and what Enter and Backspace mean in each block. */
import {
  baseKeymap,
  chainCommands,
  deleteSelection,
  joinBackward,
  newlineInCode,
  splitBlock,
} from "prosemirror-commands";
import { redo } from "prosemirror-history";
import { undoInputRule } from "prosemirror-inputrules";
import { keymap } from "prosemirror-keymap";
import { type Command, type Plugin, TextSelection } from "prosemirror-state";
import { commands, makeParagraphs, outdent } from "./commands.js";
import { graphemeBoundary, snap } from "./graphemes.js";
import { isListItem, schema } from "./schema.js";

/** Enter in an empty item, quotation or heading leaves it rather than making another. */
const leaveEmptyBlock: Command = (state, dispatch) => {
  const { $from, empty } = state.selection;
  if (!empty || $from.parent.content.size > 0) return false;
  return chainCommands(outdent, makeParagraphs)(state, dispatch);
};

/** Enter on the empty last line of a code block leaves the block, taking that line with it. */
const leaveCode: Command = (state, dispatch) => {
  const { $from, empty } = state.selection;
  const { parent, parentOffset } = $from;
  const atEnd = parentOffset === parent.content.size;
  if (!empty || !parent.type.spec.code || !atEnd || !parent.textContent.endsWith("\n")) {
    return false;
  }
  const paragraph = schema.nodes.paragraph;
  const tr = state.tr.split($from.pos, 1, [{ type: paragraph }]);
  dispatch?.(tr.delete($from.pos - 1, $from.pos).scrollIntoView());
  return true;
};

/** Enter in a list or a quotation begins another block of the same kind; after a heading comes a paragraph. */
const split: Command = (state, dispatch, view) => {
  if (!(state.selection instanceof TextSelection)) return deleteSelection(state, dispatch, view);
  const { $from, $to, empty } = state.selection;
  // A character as a reader sees it stays whole, wherever somebody else's edit put the caret.
  const from = snap($from, graphemeBoundary, "before");
  const to = empty ? from : snap($to, graphemeBoundary, "after");
  const { parent } = $from;
  if (isListItem(parent) || parent.type === schema.nodes.blockquote) {
    dispatch?.(state.tr.delete(from, to).split(from).scrollIntoView());
    return true;
  }
  const selection = TextSelection.create(state.doc, from, to);
  return splitBlock(state.apply(state.tr.setSelection(selection)), dispatch, view);
};

/** Shift-Enter makes a new line in the same block. */
const newline: Command = (state, dispatch) => {
  dispatch?.(state.tr.insertText("\n").scrollIntoView());
  return true;
};

/** Backspace at the start of a list item, a heading or a quotation first takes that off. */
const unformatAtStart: Command = (state, dispatch) => {
  const { $from, empty } = state.selection;
  if (!empty || $from.parentOffset > 0) return false;
  return chainCommands(outdent, makeParagraphs)(state, dispatch);
};

/** The keys of the editor, as plugins in the order in which they are asked. */
export function keymaps(): Plugin[] {
  const ofCommands = commands.flatMap(({ key, command }): [string, Command][] =>
    key === undefined ? [] : [[key, command()]],
  );
  // The application around the editor sends with this key.
  const { "Mod-Enter": _send, ...base } = baseKeymap;
  return [
    keymap({
      ...Object.fromEntries(ofCommands),
      "Mod-y": redo,
      Enter: chainCommands(leaveCode, newlineInCode, leaveEmptyBlock, split),
      "Shift-Enter": newline,
      Backspace: chainCommands(undoInputRule, deleteSelection, unformatAtStart, joinBackward),
    }),
    keymap(base),
  ];
}
