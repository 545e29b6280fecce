// @vitest-environment happy-dom
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { mountNoteEditor, type NoteEditor } from "./editor.js";
import { MemoryText, paragraph } from "./memory-text.js";

let host: HTMLElement;
let text: MemoryText;
let editor: NoteEditor;
const onChange = vi.fn();
const onSelection = vi.fn();
const onRefused = vi.fn();

function open(editable = true): void {
  text = new MemoryText(paragraph("hello"));
  editor = mountNoteEditor({
    element: host,
    text,
    editable,
    label: "Note",
    placeholder: "Write a note",
    mentions: () => [],
    onChange,
    onSelection,
    onRefused,
    setTimer: () => () => {},
  });
}

const field = (): HTMLElement => host.querySelector<HTMLElement>("[role=textbox]") as HTMLElement;

beforeEach(() => {
  vi.clearAllMocks();
  const outside = document.createElement("div");
  document.body.append(outside);
  host = document.createElement("div");
  outside.attachShadow({ mode: "open" }).append(host);
});

afterEach(() => {
  editor.destroy();
  expect(host.childElementCount).toBe(0);
});

test("the field has a role and a name", () => {
  open();
  expect(field().getAttribute("aria-label")).toBe("Note");
  expect(field().getAttribute("aria-multiline")).toBe("true");
  expect(field().getAttribute("contenteditable")).toBe("true");
});

test("who may only read gets a field that says so", () => {
  open(false);
  expect(field().getAttribute("contenteditable")).toBe("false");
  expect(field().getAttribute("aria-readonly")).toBe("true");
});

test("a command changes the text, tells so, and is committed by a flush", () => {
  open();
  expect(editor.run("heading-1")).toBe(true);
  expect(onChange).toHaveBeenCalledOnce();
  expect(text.spans()[0]).toMatchObject({ value: { type: "heading", attrs: { level: 1 } } });
  expect(editor.commandStates()["heading-1"].active).toBe(true);
  expect(text.commits).toBe(0);
  editor.flush();
  expect(text.commits).toBe(1);
});

test("a draft is committed when the page is hidden, and when the editor goes", () => {
  open();
  editor.run("heading-1");
  const hidden = vi.spyOn(document, "visibilityState", "get").mockReturnValue("hidden");
  document.dispatchEvent(new Event("visibilitychange"));
  hidden.mockRestore();
  expect(text.commits).toBe(1);
  editor.run("heading-1");
  editor.destroy();
  expect(text.commits).toBe(2);
});

test("a draft is committed when the field loses the focus", () => {
  open();
  editor.run("heading-1");
  field().dispatchEvent(new FocusEvent("blur"));
  expect(text.commits).toBe(1);
});

test("a refused edit is taken back and told", () => {
  open();
  text.refusal = new Error("note_too_long");
  editor.run("heading-1");
  expect(onRefused).toHaveBeenCalledOnce();
  expect(field().querySelector("h1")).toBeNull();
});

test("what others write appears with the next update", () => {
  open();
  text.edit([{ op: "splice", at: 1, delete: 0, insert: "A" }]);
  expect(field().textContent).toBe("hello");
  editor.update();
  expect(field().textContent).toBe("Ahello");
  expect(onChange).not.toHaveBeenCalled();
});

test("one's own selection is told as cursors of the text when the field gets the focus", () => {
  open();
  field().dispatchEvent(new FocusEvent("focus"));
  expect(onSelection).toHaveBeenCalledExactlyOnceWith(text.cursor(1), text.cursor(1));
});

test("other people's carets carry their names and follow the text", () => {
  open();
  const at = { anchor: text.cursor(3), head: text.cursor(5) };
  editor.setRemoteCursors([{ member: "m1", name: "Ada", color: 2, ...at }]);
  const selected = (): string | undefined =>
    field().querySelector(".remote-selection.color-2")?.textContent;
  expect(field().querySelector(".remote-cursor.color-2")?.textContent).toBe("Ada");
  expect(selected()).toBe("ll");
  text.edit([{ op: "splice", at: 1, delete: 1, insert: "other people " }]);
  editor.update();
  expect(selected()).toBe("ll");
  editor.setRemoteCursors([]);
  expect(field().querySelector(".remote-cursor")).toBeNull();
});

test("a cursor in text that has not arrived is not drawn", () => {
  open();
  editor.setRemoteCursors([{ member: "m1", name: "Ada", color: 2, anchor: "x", head: "x" }]);
  expect(field().querySelector(".remote-cursor")).toBeNull();
});

test("an empty note shows its hint until something is written", () => {
  open();
  expect(field().querySelector(".placeholder")).toBeNull();
  text.edit([{ op: "splice", at: 1, delete: 5, insert: "" }]);
  editor.update();
  expect(field().querySelector(".placeholder")?.getAttribute("data-placeholder")).toBe(
    "Write a note",
  );
});

test("no element carries a style attribute, which a strict content policy would refuse", () => {
  open();
  editor.run("unordered-list");
  editor.setRemoteCursors([
    { member: "m1", name: "Ada", color: 2, anchor: text.cursor(1), head: text.cursor(3) },
  ]);
  expect(host.querySelectorAll("[style]").length).toBe(0);
});
