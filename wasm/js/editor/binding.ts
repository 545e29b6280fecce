/**
 * Keeps an editor and a text that others change too the same.
 *
 * A local transaction is written to the text at once; what the text then says is
 * compared with what the person made, and the last difference settles in the
 * text's favour. A remote change is found by reading the text anew. While an input
 * method composes, the editor must not be touched: the document then runs ahead of
 * the editor, and a mapping carries local steps to where they belong in it.
 */
import type { Node } from "prosemirror-model";
import { type EditorState, TextSelection, type Transaction } from "prosemirror-state";
import { Mapping, Transform } from "prosemirror-transform";
import { corrections } from "./corrections.js";
import { graphemeBoundary, snap } from "./graphemes.js";
import { editsForStep } from "./local.js";
import { toIndex, toPosition } from "./positions.js";
import { reconcile } from "./reconcile.js";
import type { RichText, TextEdit } from "./rich-text.js";
import { beginsWithBlock, docFromSpans, spansFromDoc } from "./spans.js";

/** A draft is committed when nothing was typed for this long, in milliseconds. */
export const COMMIT_IDLE_MS = 200;
/** Who types without a pause is still seen by others after this long, in milliseconds. */
export const COMMIT_LATEST_MS = 1_000;

/** The transactions that bring in what others did carry this key. */
export const REMOTE = "threadline-remote";

/** Runs `callback` once after `ms` milliseconds; the result cancels it. */
export type SetTimer = (callback: () => void, ms: number) => () => void;

/** What the binding needs of an editor; an `EditorView` is one. */
export interface EditorHost {
  readonly state: EditorState;
  /** Whether an input method is composing. */
  readonly composing: boolean;
  updateState(state: EditorState): void;
}

/** The wiring of a binding. */
export interface BindingOptions {
  text: RichText;
  host: EditorHost;
  setTimer: SetTimer;
  /** The text refused an edit, which has been taken back; the error is the text's own. */
  onRefused(error: unknown): void;
}

/** Two cursors that name a selection in the text. */
export interface SelectionCursors {
  anchor: string;
  head: string;
}

/** The state an editor of this text starts from. */
export function readDocument(text: RichText): Node {
  return docFromSpans(text.spans());
}

/** The tie between one editor and one text. */
export class NoteBinding {
  readonly #text: RichText;
  readonly #host: EditorHost;
  readonly #setTimer: SetTimer;
  readonly #onRefused: (error: unknown) => void;

  /** What the text said when it was last read, or as the last local step left it. */
  #document: Node;
  /** From the editor's document to `#document`; empty while the two are the same. */
  #ahead = new Mapping();
  #selection: SelectionCursors | null = null;
  /** Whether the text lacked its first block marker when it was last read. */
  #headless = false;
  /** The block with the caret, by its index in the editor's document. */
  #block = 0;
  #draft: { cancelIdle: () => void; cancelLatest: () => void } | null = null;

  constructor({ text, host, setTimer, onRefused }: BindingOptions) {
    this.#text = text;
    this.#host = host;
    this.#setTimer = setTimer;
    this.#onRefused = onRefused;
    this.#document = this.#read();
    this.#rememberSelection();
  }

  /** Where the selection is, for those who show it elsewhere; `null` when it is not one of text. */
  get selection(): SelectionCursors | null {
    return this.#selection;
  }

  /** Applies a transaction of the editor, and what it changes to the text. */
  dispatch(transaction: Transaction): void {
    const { state, transactions } = this.#host.state.applyTransaction(transaction);
    this.#host.updateState(state);
    // Other people's carets come this way too, and often.
    if (!transactions.some(({ docChanged, selectionSet }) => docChanged || selectionSet)) return;
    this.#follow(this.#read());
    for (const applied of transactions) if (applied.docChanged) this.#write(applied);
    this.#rememberSelection();
    this.#catchUp();
    const block = this.#host.state.selection.$head.index(0);
    if (block !== this.#block) this.commit();
    this.#block = block;
  }

  /** Takes in what others did to the text since it was last read. */
  update(): void {
    this.#follow(this.#read());
    this.#catchUp();
  }

  /** Closes the draft now, so that it is stored and sent. */
  commit(): void {
    if (this.#draft === null) return;
    this.#draft.cancelIdle();
    this.#draft.cancelLatest();
    this.#draft = null;
    this.#text.commit();
  }

  #read(): Node {
    const spans = this.#text.spans();
    this.#headless = !beginsWithBlock(spans);
    return docFromSpans(spans);
  }

  /** What the text says and `#document` does not lies ahead of the editor from now on. */
  #follow(document: Node): void {
    const drift = reconcile(new Transform(this.#document), document);
    this.#ahead.appendMapping(drift.mapping);
    this.#document = drift.doc;
  }

  /** Writes the steps of a local transaction to the text. */
  #write(transaction: Transaction): void {
    const local = new Transform(this.#document);
    let ahead = this.#ahead;
    for (const step of transaction.steps) {
      const mapped = step.map(ahead);
      const applied = mapped !== null && local.maybeStep(mapped).failed === null;
      if (applied && ahead.maps.length === 0) continue;
      // Back over the step, ahead as before, and forth over its image.
      const next = new Mapping([step.getMap().invert()]);
      next.appendMapping(ahead);
      if (applied) next.appendMap(mapped.getMap(), 0);
      ahead = next;
    }
    const edits = local.steps.flatMap((step, i) => editsForStep(step, local.docs[i] ?? local.doc));
    if (this.#edit(edits)) {
      this.#ahead = ahead;
      this.#document = local.doc;
      this.#correct();
    } else {
      // The editor has taken the steps and the text has not: what lies ahead is their undoing.
      const undone = transaction.mapping.invert();
      undone.appendMapping(this.#ahead);
      this.#ahead = undone;
    }
    this.#follow(this.#read());
  }

  /** Puts right where the text did not become what the person made: its characters, then its marks. */
  #correct(): void {
    for (let round = 0; round < 2; round += 1) {
      const edits = corrections(this.#document, this.#read());
      if (edits.length === 0 || !this.#edit(edits)) return;
    }
  }

  /** Whether the text took the edits. */
  #edit(edits: TextEdit[]): boolean {
    if (edits.length === 0) return true;
    const heal: TextEdit[] = this.#headless
      ? // Somebody removed the first marker; without it every index would be off by one.
        [{ op: "update_spans", spans: spansFromDoc(this.#document) }]
      : [];
    try {
      this.#text.edit([...heal, ...edits]);
    } catch (error) {
      this.#onRefused(error);
      return false;
    }
    this.#keepDraft();
    return true;
  }

  /** Brings the editor to what the text says, unless an input method is at work in it. */
  #catchUp(): void {
    if (this.#host.composing) return;
    const state = this.#host.state;
    const transaction = reconcile(state.tr, this.#document);
    this.#ahead = new Mapping();
    if (!transaction.docChanged) return;
    if (this.#selection !== null) {
      const doc = transaction.doc;
      const anchor = this.#resolve(doc, this.#selection.anchor);
      const head = this.#resolve(doc, this.#selection.head);
      if (anchor !== null && head !== null) {
        transaction.setSelection(TextSelection.create(doc, anchor, head));
      }
    }
    // A mark switched on for the next word outlives somebody else's typing.
    transaction.setStoredMarks(state.storedMarks);
    transaction.setMeta(REMOTE, true).setMeta("addToHistory", false);
    this.#host.updateState(state.apply(transaction));
    this.#block = this.#host.state.selection.$head.index(0);
  }

  #resolve(doc: Node, cursor: string): number | null {
    const index = this.#text.position(cursor);
    if (index === null) return null;
    return snap(doc.resolve(toPosition(doc, index)), graphemeBoundary, "after");
  }

  #rememberSelection(): void {
    const { selection } = this.#host.state;
    const cursorAt = (position: number): string =>
      this.#text.cursor(toIndex(this.#document, this.#ahead.map(position)));
    this.#selection =
      selection instanceof TextSelection
        ? { anchor: cursorAt(selection.anchor), head: cursorAt(selection.head) }
        : null;
  }

  #keepDraft(): void {
    const commit = (): void => this.commit();
    this.#draft?.cancelIdle();
    this.#draft = {
      cancelIdle: this.#setTimer(commit, COMMIT_IDLE_MS),
      cancelLatest: this.#draft?.cancelLatest ?? this.#setTimer(commit, COMMIT_LATEST_MS),
    };
  }
}
