// @vitest-environment happy-dom
import { history } from "prosemirror-history";
import { AllSelection, EditorState, TextSelection } from "prosemirror-state";
import { EditorView } from "prosemirror-view";
import { afterEach, describe, expect, test } from "vitest";
import { REMOTE } from "./binding.js";
import { clipboardParser } from "./clipboard.js";
import { markdownRules } from "./input-rules.js";
import { keymaps } from "./keymap.js";
import { block, marked, paragraph } from "./memory-text.js";
import { mentions } from "./mentions.js";
import { MENTION_MARK, type Span } from "./rich-text.js";
import { docFromSpans, spansFromDoc } from "./spans.js";

const members = [
  { id: "m1", name: "Ada Byron" },
  { id: "m2", name: "Adam" },
  { id: "m3", name: "Grace" },
];
const source = (query: string) =>
  members.filter(({ name }) => name.toLowerCase().startsWith(query.toLowerCase()));

// The simulated page has no top layer.
HTMLElement.prototype.showPopover = () => undefined;
HTMLElement.prototype.hidePopover = () => undefined;

let view: EditorView;

afterEach(() => view.destroy());

/** Opens a note with the caret at its end. */
function open(spans: Span[]): void {
  const frame = document.createElement("div");
  document.body.append(frame);
  const doc = docFromSpans(spans);
  view = new EditorView(frame, {
    state: EditorState.create({
      doc,
      selection: TextSelection.atEnd(doc),
      plugins: [mentions(source), markdownRules(), ...keymaps(), history()],
    }),
    clipboardParser,
  });
}

function type(text: string): void {
  for (const char of text) {
    const { from, to } = view.state.selection;
    const insert = () => view.state.tr.insertText(char, from, to);
    const handled = view.someProp("handleTextInput", (handle) =>
      handle(view, from, to, char, insert),
    );
    if (handled !== true) view.dispatch(insert());
  }
}

function press(key: string, modifiers: KeyboardEventInit = {}): boolean {
  const event = new KeyboardEvent("keydown", { key, cancelable: true, ...modifiers });
  return view.someProp("handleKeyDown", (handle) => handle(view, event)) === true;
}

function caret(position: number): void {
  view.dispatch(view.state.tr.setSelection(TextSelection.create(view.state.doc, position)));
}

const written = (): Span[] => spansFromDoc(view.state.doc);
const text = (value: string): Span => ({ type: "text", value });
const UL = "unordered-list-item";

describe("Markdown becomes formatting as it is typed", () => {
  const cases: [string, Span[]][] = [
    ["# a", [block("heading", { level: 1 }), text("a")]],
    ["### a", [block("heading", { level: 3 }), text("a")]],
    ["#### a", paragraph("#### a")],
    ["- a", [block(UL), text("a")]],
    ["1. a", [block("ordered-list-item"), text("a")]],
    ["> a", [block("blockquote"), text("a")]],
    ["```a", [block("code-block"), text("a")]],
    ["x - a", paragraph("x - a")],
    ["x **bold** y", paragraph("x ", marked("bold", { strong: true }), " y")],
    ["_em_", paragraph(marked("em", { em: true }))],
    ["x *em* y", paragraph("x ", marked("em", { em: true }), " y")],
    [
      "see [it](example.org) now",
      paragraph("see ", marked("it", { link: '{"href":"https://example.org"}' }), " now"),
    ],
    ["[x](javascript:y)", paragraph("[x](javascript:y)")],
    ["snake_case_name", paragraph("snake_case_name")],
    ["`code`!", paragraph(marked("code", { code: true }), "!")],
    ["2 ** 3 ** 4", paragraph("2 ** 3 ** 4")],
    ["2 * 3 * 4", paragraph("2 * 3 * 4")],
  ];
  test.each(cases)("%s", (typed, expected) => {
    open(paragraph());
    type(typed);
    expect(written()).toEqual(expected);
  });

  test("but not in code", () => {
    open([block("code-block")]);
    type("# a **b**");
    expect(written()).toEqual([block("code-block"), text("# a **b**")]);
  });

  test("and Backspace takes it back", () => {
    open(paragraph());
    type("- ");
    press("Backspace");
    expect(written()).toEqual(paragraph("- "));
  });
});

describe("Enter", () => {
  const cases: [string, Span[], Span[]][] = [
    ["splits a paragraph", paragraph("a"), [...paragraph("a"), ...paragraph()]],
    [
      "after a heading begins a paragraph",
      [block("heading", { level: 2 }), text("a")],
      [block("heading", { level: 2 }), text("a"), ...paragraph()],
    ],
    [
      "continues a list at its depth",
      [block(UL, {}, [UL]), text("a")],
      [block(UL, {}, [UL]), text("a"), block(UL, {}, [UL])],
    ],
    ["in an empty nested item goes one step out", [block(UL, {}, [UL])], [block(UL)]],
    ["in an empty item ends the list", [block(UL)], paragraph()],
    ["in code makes a line", [block("code-block"), text("a")], [block("code-block"), text("a\n")]],
    [
      "on an empty last line of code leaves it",
      [block("code-block"), text("a\n")],
      [block("code-block"), text("a"), ...paragraph()],
    ],
  ];
  test.each(cases)("%s", (_name, before, after) => {
    open(before);
    expect(press("Enter")).toBe(true);
    expect(written()).toEqual(after);
  });

  test("before the text of an item puts an empty item above", () => {
    open([block(UL), text("a")]);
    caret(1);
    press("Enter");
    expect(written()).toEqual([block(UL), block(UL), text("a")]);
  });

  test("replaces everything when everything is selected", () => {
    open([block(UL), text("a"), ...paragraph("b")]);
    view.dispatch(view.state.tr.setSelection(new AllSelection(view.state.doc)));
    press("Enter");
    expect(view.state.doc.textContent).toBe("");
    view.state.doc.check();
  });

  test("never cuts a compound character", () => {
    open(paragraph("e\u0301"));
    caret(2);
    press("Enter");
    expect(written()).toEqual([...paragraph(), ...paragraph("e\u0301")]);
  });

  test("with Shift makes a line in the same block", () => {
    open(paragraph("a"));
    press("Enter", { shiftKey: true });
    type("b");
    expect(written()).toEqual(paragraph("a\nb"));
  });

  test("with Ctrl is left to the application", () => {
    open(paragraph("a"));
    expect(press("Enter", { ctrlKey: true })).toBe(false);
  });
});

describe("Backspace at the start", () => {
  test("of a heading makes it a paragraph", () => {
    open([block("heading", { level: 1 })]);
    press("Backspace");
    expect(written()).toEqual(paragraph());
  });

  test("of a paragraph joins it with the one before", () => {
    open([...paragraph("a"), ...paragraph("b")]);
    caret(4);
    press("Backspace");
    expect(written()).toEqual(paragraph("ab"));
  });
});

describe("Tab", () => {
  test("indents an item, and leaves the editor anywhere else", () => {
    open([block(UL), text("a")]);
    expect(press("Tab")).toBe(true);
    expect(written()).toEqual([block(UL, {}, [UL]), text("a")]);
    expect(press("Tab", { shiftKey: true })).toBe(true);
    view.destroy();
    open(paragraph("a"));
    expect(press("Tab")).toBe(false);
  });
});

describe("a mention", () => {
  const names = (): string[] =>
    [...(view.dom.parentElement?.querySelectorAll("[role=option]") ?? [])].map(
      (option) => option.textContent,
    );

  test("is offered after @ and inserted by Enter, and what follows is not part of it", () => {
    open(paragraph("hi "));
    type("@");
    expect(names()).toEqual(["Ada Byron", "Adam", "Grace"]);
    type("ad");
    expect(names()).toEqual(["Ada Byron", "Adam"]);
    expect(press("Enter")).toBe(true);
    type("x");
    const mention = marked("@Ada Byron", { [MENTION_MARK]: "m1" });
    expect(written()).toEqual(paragraph("hi ", mention, " x"));
    expect(names()).toEqual([]);
  });

  test("is chosen with the arrow keys, which a screen reader follows", () => {
    open(paragraph());
    type("@");
    press("ArrowUp");
    const chosen = view.dom.getAttribute("aria-activedescendant") ?? "";
    expect(document.getElementById(chosen)?.textContent).toBe("Grace");
    expect(document.getElementById(chosen)?.getAttribute("aria-selected")).toBe("true");
    press("Tab");
    expect(view.state.doc.textContent).toBe("@Grace ");
  });

  test("is let go by Escape until another @", () => {
    open(paragraph());
    type("@a");
    press("Escape");
    type("d");
    expect(names()).toEqual([]);
    expect(press("Enter")).toBe(true);
    expect(written()).toEqual([...paragraph("@ad"), ...paragraph()]);
    type("@");
    expect(names().length).toBe(3);
  });

  test("is not offered for what somebody else types at one's caret", () => {
    open(paragraph());
    view.dispatch(view.state.tr.insertText("@a").setMeta(REMOTE, true));
    expect(names()).toEqual([]);
  });

  test.each(["mail@", "@nobody"])("is not offered for %s", (typed) => {
    open(paragraph());
    type(typed);
    expect(names()).toEqual([]);
  });
});

describe("pasting", () => {
  const cases: [string, string, Span[]][] = [
    ["a page's own line breaks are spaces", "<p>a\n   b</p>", paragraph("a b")],
    ["formatting", "<p>a <b>b</b></p>", paragraph("a ", marked("b", { strong: true }))],
    [
      "nested lists",
      "<ul><li><p>a</p><ol><li>b</li></ol></li></ul>",
      [block(UL), text("a"), block("ordered-list-item", {}, ["ordered-list-item"]), text("b")],
    ],
    [
      "several quoted paragraphs",
      "<blockquote><p>a</p><p>b</p></blockquote>",
      [block("blockquote"), text("a"), block("blockquote"), text("b")],
    ],
    ["code as it is", "<pre>a\n  b</pre>", [block("code-block"), text("a\n  b")]],
    ["a link to a script as text", '<p><a href="javascript:x">a</a></p>', paragraph("a")],
    ["headings no deeper than three", "<h5>a</h5>", [block("heading", { level: 3 }), text("a")]],
  ];
  test.each(cases)("%s", (_name, html, expected) => {
    open(paragraph());
    view.pasteHTML(html);
    expect(written()).toEqual(expected);
  });

  test("what this editor copied keeps every space", () => {
    open(paragraph("a  b"));
    const { dom } = view.serializeForClipboard(view.state.doc.slice(0, 6));
    view.destroy();
    open(paragraph());
    view.pasteHTML(dom.innerHTML);
    expect(written()).toEqual(paragraph("a  b"));
  });
});
