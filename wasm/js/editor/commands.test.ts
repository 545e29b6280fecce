import { history } from "prosemirror-history";
import { AllSelection, EditorState, TextSelection } from "prosemirror-state";
import { describe, expect, test } from "vitest";
import { type CommandId, commands, commandStates } from "./commands.js";
import { block, marked, paragraph } from "./memory-text.js";
import type { Span } from "./rich-text.js";
import { docFromSpans, spansFromDoc } from "./spans.js";

const text = (value: string): Span => ({ type: "text", value });
const UL = "unordered-list-item";

/** A note with everything selected. */
function selected(spans: Span[]): EditorState {
  const doc = docFromSpans(spans);
  return EditorState.create({ doc, selection: new AllSelection(doc), plugins: [history()] });
}

function run(state: EditorState, id: CommandId, argument?: string): EditorState {
  let after = state;
  const command = commands.find((each) => each.id === id)?.command(argument);
  command?.(state, (tr) => (after = state.apply(tr)));
  return after;
}

const cases: [CommandId, Span[], Span[]][] = [
  ["strong", paragraph("a"), paragraph(marked("a", { strong: true }))],
  ["em", paragraph(marked("a", { em: true })), paragraph("a")],
  ["code", paragraph("a"), paragraph(marked("a", { code: true }))],
  ["heading-2", paragraph("a"), [block("heading", { level: 2 }), text("a")]],
  ["heading-2", [block("heading", { level: 2 }), text("a")], paragraph("a")],
  [
    "heading-1",
    [block("heading", { level: 2 }), text("a")],
    [block("heading", { level: 1 }), text("a")],
  ],
  ["blockquote", paragraph("a"), [block("blockquote"), text("a")]],
  ["code-block", paragraph("a"), [block("code-block"), text("a")]],
  [
    "unordered-list",
    [...paragraph("a"), ...paragraph("b")],
    [block(UL), text("a"), block(UL), text("b")],
  ],
  // A list that is partly there is completed, not taken off.
  ["unordered-list", [block(UL), ...paragraph()], [block(UL), block(UL)]],
  ["unordered-list", [block(UL), text("a")], paragraph("a")],
  [
    "ordered-list",
    [block(UL, {}, [UL]), text("a")],
    [block("ordered-list-item", {}, [UL]), text("a")],
  ],
  ["indent", [block(UL), text("a")], [block(UL, {}, [UL]), text("a")]],
  ["outdent", [block(UL, {}, [UL]), text("a")], [block(UL), text("a")]],
];

test.each(cases)("%s %#", (id, before, after) => {
  expect(spansFromDoc(run(selected(before), id).doc)).toEqual(after);
});

describe("link", () => {
  const linked = paragraph(marked("a", { link: '{"href":"https://example.org/"}' }));

  test("links what is selected to the address", () => {
    const state = run(selected(paragraph("a")), "link", "https://example.org/");
    expect(spansFromDoc(state.doc)).toEqual(linked);
  });

  test("an address without a protocol is one of the web", () => {
    const state = run(selected(paragraph("a")), "link", "example.org");
    expect(spansFromDoc(state.doc)).toEqual(
      paragraph(marked("a", { link: '{"href":"https://example.org"}' })),
    );
  });

  test("without an address takes the link off", () => {
    expect(spansFromDoc(run(selected(linked), "link").doc)).toEqual(paragraph("a"));
  });

  test("takes off the whole link a caret is in, and no other", () => {
    const link = '{"href":"https://example.org/"}';
    const spans = paragraph(
      marked("x", { link }),
      " ",
      marked("a", { link }),
      marked("b", { link, em: true }),
      " ",
      marked("y", { link }),
    );
    const doc = docFromSpans(spans);
    const state = EditorState.create({ doc, selection: TextSelection.create(doc, 4) });
    expect(commandStates(state).link.active).toBe(true);
    expect(spansFromDoc(run(state, "link").doc)).toEqual(
      paragraph(marked("x", { link }), " a", marked("b", { em: true }), " ", marked("y", { link })),
    );
  });

  test("refuses an address that runs a script", () => {
    const state = selected(paragraph("a"));
    expect(run(state, "link", "javascript:alert(1)")).toBe(state);
  });

  test("with nothing selected writes the address", () => {
    const state = EditorState.create({ doc: docFromSpans(paragraph()) });
    expect(run(state, "link", "/orders/7").doc.textContent).toBe("/orders/7");
  });
});

test("a toolbar shows what is on and what can be done", () => {
  const states = commandStates(selected([block(UL), marked("a", { strong: true })]));
  expect(states.strong).toEqual({ active: true, enabled: true });
  expect(states.em.active).toBe(false);
  expect(states["unordered-list"].active).toBe(true);
  expect(states.outdent.enabled).toBe(false);
  expect(states.undo.enabled).toBe(false);
  expect(commandStates(run(selected(paragraph("a")), "strong")).undo.enabled).toBe(true);
});

test("a mark switched on for the next word is shown as on", () => {
  const doc = docFromSpans(paragraph("a"));
  const state = EditorState.create({ doc, selection: TextSelection.create(doc, 2) });
  expect(commandStates(run(state, "em")).em.active).toBe(true);
});
