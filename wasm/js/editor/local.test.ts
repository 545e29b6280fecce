import { EditorState, type Transaction } from "prosemirror-state";
import { describe, expect, test } from "vitest";
import { corrections } from "./corrections.js";
import { editsForStep } from "./local.js";
import { block, marked, paragraph } from "./memory-text.js";
import { toIndex, toPosition } from "./positions.js";
import type { Span, TextEdit } from "./rich-text.js";
import { schema } from "./schema.js";
import { docFromSpans } from "./spans.js";

const { strong, link } = schema.marks;

/** The edits that a change of a note's editor makes. */
function edits(spans: Span[], change: (tr: Transaction) => Transaction): TextEdit[] {
  const tr = change(EditorState.create({ doc: docFromSpans(spans) }).tr);
  return tr.steps.flatMap((step, index) => editsForStep(step, tr.docs[index] ?? tr.doc));
}

const splice = (at: number, remove: number, insert: string): TextEdit => ({
  op: "splice",
  at,
  delete: remove,
  insert,
});

// The first paragraph is at positions 1 to 6, the second at 8 to 13; their markers at 0 and 6.
const two = [...paragraph("hello"), ...paragraph("world")];

describe("a step becomes the smallest edit", () => {
  const cases: [string, Span[], (tr: Transaction) => Transaction, TextEdit[]][] = [
    ["typing", two, (tr) => tr.insertText("x", 8), [splice(7, 0, "x")]],
    ["typing over a selection", two, (tr) => tr.insertText("x", 2, 4), [splice(2, 2, "x")]],
    ["deleting in a block", two, (tr) => tr.delete(9, 10), [splice(8, 1, "")]],
    ["joining two blocks deletes the marker", two, (tr) => tr.join(7), [splice(6, 1, "")]],
    ["deleting over blocks", two, (tr) => tr.delete(4, 10), [splice(4, 5, "")]],
    ["deleting a whole block", two, (tr) => tr.delete(0, 7), [splice(0, 6, "")]],
    [
      "half of an emoji replaced replaces the emoji",
      paragraph("a😀b"),
      (tr) => tr.insertText("\ude01", 3, 4),
      [splice(2, 2, "😁")],
    ],
    [
      "a mark over two blocks is one for each",
      two,
      (tr) => tr.addMark(4, 10, strong.create()),
      [
        { op: "mark", start: 4, end: 6, name: "strong", expand: "after", value: true },
        { op: "mark", start: 7, end: 9, name: "strong", expand: "after", value: true },
      ],
    ],
    [
      "a mark taken off",
      paragraph(marked("abc", { strong: true })),
      (tr) => tr.removeMark(2, 3, strong),
      [{ op: "unmark", start: 2, end: 3, name: "strong", expand: "after" }],
    ],
    [
      "a link does not go on over what is typed after it",
      paragraph("abc"),
      (tr) => tr.addMark(1, 4, link.create({ href: "/x" })),
      [{ op: "mark", start: 1, end: 4, name: "link", expand: "none", value: '{"href":"/x"}' }],
    ],
    [
      "splitting a block",
      paragraph("hello"),
      (tr) => tr.split(3),
      [{ op: "update_spans", spans: [...paragraph("he"), ...paragraph("llo")] }],
    ],
    [
      "another type of block",
      paragraph("hello"),
      (tr) => tr.setBlockType(1, 1, schema.nodes.heading, { level: 2 }),
      [
        {
          op: "update_spans",
          spans: [block("heading", { level: 2 }), { type: "text", value: "hello" }],
        },
      ],
    ],
    [
      "a block pasted over text deletes that text first",
      paragraph("hello"),
      (tr) => tr.replace(2, 4, docFromSpans(two).slice(3, 10)),
      [
        splice(2, 2, ""),
        { op: "update_spans", spans: [...paragraph("hllo"), ...paragraph("wolo")] },
      ],
    ],
    [
      "a block split inside a compound character first takes that character out",
      paragraph("xe\u0301y"),
      (tr) => tr.split(3),
      [
        splice(2, 2, ""),
        { op: "update_spans", spans: [...paragraph("xe"), ...paragraph("\u0301y")] },
      ],
    ],
  ];
  test.each(cases)("%s", (_name, spans, change, expected) => {
    expect(edits(spans, change)).toEqual(expected);
  });
});

describe("corrections bring the text to what the person made", () => {
  const cases: [string, Span[], Span[], TextEdit[]][] = [
    ["nothing to do", two, two, []],
    [
      "a mark the text did not extend",
      paragraph(marked("ab", { strong: true })),
      paragraph(marked("a", { strong: true }), "b"),
      [{ op: "mark", start: 2, end: 3, name: "strong", value: true, expand: "after" }],
    ],
    [
      "a mark the text extended too far",
      paragraph(marked("a", { strong: true }), "b"),
      paragraph(marked("ab", { strong: true })),
      [{ op: "unmark", start: 2, end: 3, name: "strong", expand: "after" }],
    ],
    [
      "another tool's mark is left to that tool",
      paragraph(marked("a", { color: "red" }), "b"),
      paragraph(marked("ab", { color: "red" })),
      [],
    ],
    [
      "a remnant of a compound character goes before any mark is looked at",
      [...paragraph(marked("e", { em: true })), ...paragraph("\u0301")],
      [...paragraph("e\u0301"), ...paragraph("\u0301")],
      [splice(2, 1, "")],
    ],
    ["an emoji is never cut", paragraph("a😁"), paragraph("a😀"), [splice(2, 2, "😁")]],
    ["other blocks are followed, not fought", paragraph("a"), two, []],
  ];
  test.each(cases)("%s", (_name, want, have, expected) => {
    expect(corrections(docFromSpans(want), docFromSpans(have))).toEqual(expected);
  });
});

test("every place inside a block has its own index, and comes back from it", () => {
  const doc = docFromSpans([...two, ...paragraph(), block("heading", { level: 1 })]);
  const seen = new Set<number>();
  doc.descendants((node, at) => {
    for (let inside = at + 1; node.isTextblock && inside <= at + 1 + node.content.size; inside++) {
      const index = toIndex(doc, inside);
      expect(toPosition(doc, index)).toBe(inside);
      seen.add(index);
    }
    return node.isBlock;
  });
  expect([...seen]).toEqual(Array.from({ length: 14 }, (_, index) => index + 1));
  expect(toPosition(doc, 0)).toBe(1);
  expect(toPosition(doc, 99)).toBe(doc.content.size - 1);
});
