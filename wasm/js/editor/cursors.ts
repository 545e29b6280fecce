/** Where other people's carets and selections are, drawn over the text with their names. */
import type { Node } from "prosemirror-model";
import { type EditorState, Plugin, PluginKey, type Transaction } from "prosemirror-state";
import { Decoration, DecorationSet } from "prosemirror-view";
import { REMOTE } from "./binding.js";
import { toPosition } from "./positions.js";
import type { RichText } from "./rich-text.js";

/** Somebody else's selection in the note, as cursors of its text. */
export interface RemoteCursor {
  /** The member's id. */
  member: string;
  /** The name on the label. */
  name: string;
  /** Which of the eight presence colours, 0 to 7. */
  color: number;
  anchor: string;
  head: string;
}

interface CursorState {
  cursors: readonly RemoteCursor[];
  drawn: DecorationSet;
}

const key = new PluginKey<CursorState>("threadline-cursors");

/** The plugin that draws them. */
export function remoteCursors(text: RichText): Plugin<CursorState> {
  return new Plugin<CursorState>({
    key,
    state: {
      init: () => ({ cursors: [], drawn: DecorationSet.empty }),
      apply(transaction, { cursors, drawn }) {
        const changed: readonly RemoteCursor[] | undefined = transaction.getMeta(key);
        const moved = changed !== undefined || transaction.getMeta(REMOTE) !== undefined;
        return {
          cursors: changed ?? cursors,
          drawn: moved
            ? draw(changed ?? cursors, text, transaction.doc)
            : // Until the text has taken one's own edit, its indices are not yet those of the editor.
              drawn.map(transaction.mapping, transaction.doc),
        };
      },
    },
    props: { decorations: (state) => key.getState(state)?.drawn },
  });
}

/** The transaction that shows these cursors instead of the present ones. */
export function setRemoteCursors(
  state: EditorState,
  cursors: readonly RemoteCursor[],
): Transaction {
  return state.tr.setMeta(key, cursors).setMeta("addToHistory", false);
}

function draw(cursors: readonly RemoteCursor[], text: RichText, doc: Node): DecorationSet {
  const decorations = cursors.flatMap((cursor) => {
    const anchor = text.position(cursor.anchor);
    const head = text.position(cursor.head);
    // A cursor in text that has not arrived yet is drawn once it has.
    if (anchor === null || head === null) return [];
    return decorate(cursor, toPosition(doc, anchor), toPosition(doc, head));
  });
  return DecorationSet.create(doc, decorations);
}

function decorate(cursor: RemoteCursor, anchor: number, head: number): Decoration[] {
  const color = `color-${cursor.color % 8}`;
  const caret = Decoration.widget(
    head,
    (view) => drawCaret(view.dom.ownerDocument, cursor, color),
    {
      // Equal keys keep the element, so a caret that moves does not flicker.
      key: `${cursor.member} ${color} ${cursor.name}`,
      ignoreSelection: true,
      // What is typed at the same place by oneself comes before the other's caret.
      side: 1,
      marks: [],
    },
  );
  if (anchor === head) return [caret];
  const range = Decoration.inline(Math.min(anchor, head), Math.max(anchor, head), {
    class: `remote-selection ${color}`,
  });
  return [caret, range];
}

function drawCaret(document: Document, { name }: RemoteCursor, color: string): HTMLElement {
  const caret = document.createElement("span");
  caret.className = `remote-cursor ${color}`;
  caret.setAttribute("part", "remote-cursor");
  // Presence is announced elsewhere; inside the text a name would be read as part of it.
  caret.setAttribute("aria-hidden", "true");
  const label = document.createElement("span");
  label.className = "remote-name";
  label.textContent = name;
  caret.append(label);
  return caret;
}
