/**
 * The note editor. This module is the entry of a chunk that loads when the first
 * note is opened; the shell imports nothing of ProseMirror itself.
 */
import { history } from "prosemirror-history";
import { EditorState, Plugin } from "prosemirror-state";
import { EditorView } from "prosemirror-view";
import { NoteBinding, readDocument, type SetTimer } from "./binding.js";
import { clipboardParser } from "./clipboard.js";
import { type CommandId, commands, type CommandState, commandStates } from "./commands.js";
import { type RemoteCursor, remoteCursors, setRemoteCursors } from "./cursors.js";
import { markdownRules } from "./input-rules.js";
import { keymaps } from "./keymap.js";
import { mentions, type MentionSource } from "./mentions.js";
import { placeholder } from "./placeholder.js";
import type { RichText } from "./rich-text.js";

export { type CommandId, commands, type CommandState, type NoteCommand } from "./commands.js";
export type { RemoteCursor } from "./cursors.js";
export { editorStyles } from "./editor.css.js";
export type { MentionMember, MentionSource } from "./mentions.js";
export { renderSpans } from "./render.js";
export type * from "./rich-text.js";

/** The browser ends a composition a moment after it says so; see {@link EditorView.composing}. */
const COMPOSITION_SETTLE_MS = 50;

/** What an editor is made of. */
export interface NoteEditorOptions {
  /** Where it is put, at the end; it may be inside a shadow root. */
  element: HTMLElement;
  text: RichText;
  /** False for somebody who may only read. */
  editable: boolean;
  /** The name a screen reader gives the field. */
  label: string;
  /** The hint in an empty note. */
  placeholder: string;
  mentions: MentionSource;
  /** The person changed the text. It is in the draft already, but not committed. */
  onChange?(): void;
  /**
   * The person's selection is elsewhere in the text, or the field has the focus again;
   * as cursors to show to others.
   */
  onSelection?(anchorCursor: string, headCursor: string): void;
  /** Anything a toolbar shows may have changed. */
  onState?(): void;
  /**
   * The text refused an edit, which has been taken back in the editor. Without
   * this handler the error goes to the page's `error` event.
   */
  onRefused?(error: unknown): void;
  /** The timer of drafts; the browser's own unless a test brings another. */
  setTimer?: SetTimer;
}

/** A mounted editor. */
export interface NoteEditor {
  /** Takes in a change of the text by somebody else; call it whenever the core reports one. */
  update(): void;
  /** Commits the draft now. */
  flush(): void;
  /** Shows where other people are; the list replaces the one before. */
  setRemoteCursors(cursors: readonly RemoteCursor[]): void;
  /** Runs a command; `argument` is the address for `link`. Returns whether it did anything. */
  run(id: CommandId, argument?: string): boolean;
  /** Which commands are on and which can be used, for a toolbar. */
  commandStates(): Record<CommandId, CommandState>;
  focus(): void;
  /** Commits the draft and removes the editor. */
  destroy(): void;
}

const browserTimer: SetTimer = (callback, ms) => {
  const timer = setTimeout(callback, ms);
  return () => clearTimeout(timer);
};

/** Puts an editor for `text` into `element`. */
export function mountNoteEditor(options: NoteEditorOptions): NoteEditor {
  const { element, text, onChange, onSelection, onState } = options;
  const setTimer = options.setTimer ?? browserTimer;
  const document = element.ownerDocument;
  const frame = document.createElement("div");
  frame.className = "note-editor";
  element.append(frame);

  const view = new EditorView(frame, {
    state: EditorState.create({
      doc: readDocument(text),
      plugins: [
        mentions(options.mentions),
        markdownRules(),
        ...keymaps(),
        history(),
        remoteCursors(text),
        placeholder(options.placeholder),
        new Plugin({
          props: {
            handleDOMEvents: {
              focus: () => tellSelection(),
              blur: () => binding.commit(),
              compositionend: () => void setTimer(() => binding.update(), COMPOSITION_SETTLE_MS),
            },
          },
        }),
      ],
    }),
    editable: () => options.editable,
    attributes: {
      class: "note-text",
      role: "textbox",
      part: "note-text",
      "aria-multiline": "true",
      "aria-label": options.label,
      "aria-placeholder": options.placeholder,
      "aria-autocomplete": "list",
      "aria-readonly": String(!options.editable),
    },
    clipboardParser,
    dispatchTransaction(transaction) {
      const before = view.state;
      const cursors = binding.selection;
      binding.dispatch(transaction);
      if (transaction.docChanged) onChange?.();
      const now = binding.selection;
      if (now?.anchor !== cursors?.anchor || now?.head !== cursors?.head) tellSelection();
      if (view.state !== before) onState?.();
    },
  });

  const binding = new NoteBinding({
    text,
    host: view,
    setTimer,
    onRefused: options.onRefused ?? reportError,
  });

  const tellSelection = (): void => {
    const selection = binding.selection;
    if (selection !== null) onSelection?.(selection.anchor, selection.head);
  };

  // A page that is put away may never come back, and keeps no draft.
  const onHide = (): void => {
    if (document.visibilityState === "hidden") binding.commit();
  };
  document.addEventListener("visibilitychange", onHide);

  return {
    update() {
      binding.update();
      onState?.();
    },
    flush: () => binding.commit(),
    setRemoteCursors: (cursors) => view.dispatch(setRemoteCursors(view.state, cursors)),
    run(id, argument) {
      const found = commands.find((command) => command.id === id);
      const done = found?.command(argument)(view.state, view.dispatch, view) ?? false;
      view.focus();
      return done;
    },
    commandStates: () => commandStates(view.state),
    focus: () => view.focus(),
    destroy() {
      document.removeEventListener("visibilitychange", onHide);
      binding.commit();
      view.destroy();
      frame.remove();
    },
  };
}
