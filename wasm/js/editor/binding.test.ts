import { history, redo, undo } from "prosemirror-history";
import { EditorState, TextSelection, type Transaction } from "prosemirror-state";
import { beforeEach, describe, expect, test } from "vitest";
import {
  COMMIT_IDLE_MS,
  COMMIT_LATEST_MS,
  type EditorHost,
  NoteBinding,
  readDocument,
} from "./binding.js";
import { block, marked, MemoryText, paragraph } from "./memory-text.js";
import type { Span } from "./rich-text.js";
import { schema } from "./schema.js";

/** Timers that run when the test says so. */
class Timers {
  #now = 0;
  #timers: { at: number; callback: () => void }[] = [];

  readonly set = (callback: () => void, ms: number): (() => void) => {
    const timer = { at: this.#now + ms, callback };
    this.#timers.push(timer);
    return () => {
      this.#timers = this.#timers.filter((other) => other !== timer);
    };
  };

  pass(ms: number): void {
    this.#now += ms;
    const due = this.#timers.filter(({ at }) => at <= this.#now);
    this.#timers = this.#timers.filter(({ at }) => at > this.#now);
    for (const { callback } of due) callback();
  }
}

/** One person at an editor without a view. */
class Editor implements EditorHost {
  composing = false;
  state: EditorState;
  readonly timers = new Timers();
  readonly refused: unknown[] = [];
  readonly binding: NoteBinding;

  constructor(readonly text: MemoryText) {
    this.state = EditorState.create({ doc: readDocument(text), plugins: [history()] });
    this.binding = new NoteBinding({
      text,
      host: this,
      setTimer: this.timers.set,
      onRefused: (error) => this.refused.push(error),
    });
  }

  updateState(state: EditorState): void {
    this.state = state;
  }

  do(change: (tr: Transaction) => Transaction): void {
    this.binding.dispatch(change(this.state.tr));
  }

  select(anchor: number, head = anchor): void {
    this.do((tr) => tr.setSelection(TextSelection.create(tr.doc, anchor, head)));
  }

  get shown(): string {
    return this.state.doc.textBetween(0, this.state.doc.content.size, "|");
  }
}

let text: MemoryText;
let editor: Editor;

function open(...spans: Span[]): void {
  text = new MemoryText(spans);
  editor = new Editor(text);
}

/** What somebody else does to the text, seen by the editor at its next update. */
function other(at: number, remove: number, insert: string): void {
  text.edit([{ op: "splice", at, delete: remove, insert }]);
}

beforeEach(() => open(...paragraph("hello"), ...paragraph("world")));

describe("one's own edits", () => {
  test("typing is in the text at once, and not yet committed", () => {
    editor.do((tr) => tr.insertText("X", 3));
    expect(text.spans()[1]).toEqual({ type: "text", value: "heXllo" });
    expect(text.commits).toBe(0);
  });

  test("text typed with a mark switched on gets exactly that mark", () => {
    open(...paragraph(marked("bold", { strong: true })));
    editor.select(5);
    const em = schema.mark("em");
    editor.do((tr) => tr.setStoredMarks([em]).insertText("x"));
    expect(text.spans()).toEqual(
      paragraph(marked("bold", { strong: true }), marked("x", { em: true })),
    );
  });

  test("typing inside another tool's mark keeps that mark on what was there", () => {
    open(...paragraph(marked("ab", { color: "red" })));
    editor.do((tr) => tr.insertText("x", 2));
    expect(text.spans()).toEqual(paragraph(marked("axb", { color: "red" })));
    expect(editor.state.doc.eq(readDocument(text))).toBe(true);
  });

  test("splitting a block beside an unknown block leaves that as it was", () => {
    open(block("callout", { tone: "loud" }), ...paragraph("hello"));
    editor.do((tr) => tr.split(5));
    expect(text.spans()).toEqual([
      block("callout", { tone: "loud" }),
      ...paragraph("he"),
      ...paragraph("llo"),
    ]);
  });

  test("a text without its first marker gets one with the first edit, not by being read", () => {
    open({ type: "text", value: "hello" });
    expect(text.accepted).toEqual([]);
    editor.do((tr) => tr.insertText("X", 3));
    expect(text.spans()).toEqual(paragraph("heXllo"));
    expect(editor.shown).toBe("heXllo");
  });
});

describe("other people's edits", () => {
  test("appear with the next update", () => {
    other(1, 0, "A");
    editor.binding.update();
    expect(editor.shown).toBe("Ahello|world");
  });

  test("leave the selection on the same characters", () => {
    editor.select(10, 12);
    other(1, 5, "somebody wrote this");
    editor.binding.update();
    const { from, to } = editor.state.selection;
    expect(editor.state.doc.textBetween(from, to)).toBe("rl");
  });

  test("leave the caret in its line when a block before it is split", () => {
    editor.select(5);
    text.edit([
      {
        op: "update_spans",
        spans: [...paragraph("he"), ...paragraph("llo"), ...paragraph("world")],
      },
    ]);
    editor.binding.update();
    expect(editor.state.selection.$head.nodeBefore?.text).toBe("ll");
  });

  test("move the caret out of a character they made compound", () => {
    const [f, r] = ["🇫", "🇷"];
    open(...paragraph(`a${r}`));
    editor.select(2);
    other(2, 0, f);
    editor.binding.update();
    expect(editor.state.selection.$head.nodeBefore?.text).toBe(`a${f}${r}`);
  });

  test("do not switch off a mark chosen for the next word", () => {
    editor.select(3);
    editor.do((tr) => tr.addStoredMark(schema.mark("strong")));
    other(1, 0, "A");
    editor.binding.update();
    expect(editor.state.storedMarks?.map((mark) => mark.type.name)).toEqual(["strong"]);
  });

  test("that were not announced are neither lost nor displaced by the next keystroke", () => {
    other(1, 0, "AAA");
    editor.do((tr) => tr.insertText("X", 8));
    expect(editor.shown).toBe("AAAhello|Xworld");
    expect(readDocument(text).eq(editor.state.doc)).toBe(true);
  });
});

describe("undo", () => {
  test("takes back one's own edit and leaves the others' alone", () => {
    editor.do((tr) => tr.insertText("X", 3));
    other(1, 0, "A");
    editor.binding.update();
    undo(editor.state, (tr) => editor.binding.dispatch(tr));
    expect(editor.shown).toBe("Ahello|world");
    redo(editor.state, (tr) => editor.binding.dispatch(tr));
    expect(editor.shown).toBe("AheXllo|world");
    expect(readDocument(text).eq(editor.state.doc)).toBe(true);
  });

  test("does nothing to what only others did", () => {
    other(1, 0, "A");
    editor.binding.update();
    expect(undo(editor.state)).toBe(false);
  });
});

describe("while an input method composes", () => {
  beforeEach(() => {
    editor.select(3);
    editor.composing = true;
  });

  test("others' edits wait, one's own go to where they belong in the text", () => {
    other(1, 0, "AAA");
    editor.binding.update();
    editor.do((tr) => tr.insertText("か", 3));
    editor.do((tr) => tr.insertText("漢", 3, 4));
    expect(editor.shown).toBe("he漢llo|world");
    expect(text.spans()[1]).toEqual({ type: "text", value: "AAAhe漢llo" });
    editor.composing = false;
    editor.binding.update();
    expect(editor.shown).toBe("AAAhe漢llo|world");
  });

  test("what is composed in a block that somebody deletes is let go with it", () => {
    editor.do((tr) => tr.insertText("か", 3));
    text.edit([{ op: "splice", at: 0, delete: 7, insert: "" }]);
    editor.binding.update();
    editor.do((tr) => tr.insertText("漢", 3, 4));
    editor.composing = false;
    editor.binding.update();
    expect(readDocument(text).eq(editor.state.doc)).toBe(true);
    expect(editor.shown.endsWith("world")).toBe(true);
  });
});

describe("a refused edit", () => {
  const refusal = new Error("note_too_long");

  test("is taken back in the editor and reported once", () => {
    text.refusal = refusal;
    editor.do((tr) => tr.insertText("X", 3));
    expect(editor.refused).toEqual([refusal]);
    expect(editor.shown).toBe("hello|world");
    editor.do((tr) => tr.insertText("Y", 3));
    expect(editor.shown).toBe("heYllo|world");
  });

  test("during a composition is taken back after it", () => {
    editor.composing = true;
    text.refusal = refusal;
    editor.do((tr) => tr.insertText("X", 3));
    editor.do((tr) => tr.insertText("Y", 12));
    editor.composing = false;
    editor.binding.update();
    expect(editor.shown).toBe("hello|worYld");
  });
});

describe("a draft is committed", () => {
  const type = (): void => editor.do((tr) => tr.insertText("x", 3));

  test("once nothing was typed for a moment", () => {
    type();
    editor.timers.pass(COMMIT_IDLE_MS - 1);
    type();
    editor.timers.pass(COMMIT_IDLE_MS - 1);
    expect(text.commits).toBe(0);
    editor.timers.pass(1);
    expect(text.commits).toBe(1);
    editor.timers.pass(COMMIT_LATEST_MS);
    expect(text.commits).toBe(1);
  });

  test("at the latest after a second of typing", () => {
    for (let ms = 0; ms < COMMIT_LATEST_MS; ms += 100) {
      type();
      editor.timers.pass(100);
    }
    expect(text.commits).toBe(1);
  });

  test("when the caret goes to another block", () => {
    editor.select(3);
    type();
    editor.select(9);
    expect(text.commits).toBe(1);
  });

  test("on demand, and only when there is one", () => {
    editor.binding.commit();
    expect(text.commits).toBe(0);
    type();
    editor.binding.commit();
    editor.binding.commit();
    expect(text.commits).toBe(1);
  });

  test("never by looking at others' edits", () => {
    other(1, 0, "A");
    editor.binding.update();
    editor.timers.pass(COMMIT_LATEST_MS);
    expect(text.commits).toBe(0);
  });
});
