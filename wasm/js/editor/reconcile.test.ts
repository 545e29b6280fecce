import { Transform } from "prosemirror-transform";
import { describe, expect, test } from "vitest";
import { block, marked, paragraph } from "./memory-text.js";
import { reconcile } from "./reconcile.js";
import type { Span } from "./rich-text.js";
import { docFromSpans } from "./spans.js";

const lines = (...texts: string[]): Span[] => texts.flatMap((line) => paragraph(line));

describe("the document becomes the wanted one, and only this much of it is replaced", () => {
  // Each touched range as [first position, size before, size after].
  const cases: [string, Span[], Span[], [number, number, number][]][] = [
    ["nothing", lines("a", "b"), lines("a", "b"), []],
    ["a letter", lines("one", "two"), lines("one", "txwo"), [[7, 0, 1]]],
    ["a repeated letter", lines("aa"), lines("aaa"), [[3, 0, 1]]],
    [
      "two far blocks",
      lines("a", "b", "c"),
      lines("ax", "b", "cx"),
      [
        [8, 0, 1],
        [2, 0, 1],
      ],
    ],
    ["a split", lines("x", "onetwo"), lines("x", "one", "two"), [[7, 0, 2]]],
    ["a join", lines("one", "two"), lines("onetwo"), [[4, 2, 0]]],
    ["a block put between", lines("a", "c"), lines("a", "b", "c"), [[3, 0, 3]]],
    ["an empty block after an empty one", lines(""), lines("", ""), [[2, 0, 2]]],
    ["the last block removed", lines("a", "b"), lines("a"), [[3, 3, 0]]],
    ["a mark", lines("abc"), paragraph("a", marked("b", { em: true }), "c"), [[2, 1, 1]]],
    ["an emoji for another with the same first unit", lines("😀"), lines("😁"), [[1, 2, 2]]],
  ];
  test.each(cases)("%s", (_name, have, want, touched) => {
    const wanted = docFromSpans(want);
    const transform = reconcile(new Transform(docFromSpans(have)), wanted);
    expect(transform.doc.eq(wanted)).toBe(true);
    const ranges: [number, number, number][] = [];
    for (const map of transform.mapping.maps) {
      map.forEach((start, end, newStart, newEnd) => {
        ranges.push([start, end - start, newEnd - newStart]);
      });
    }
    expect(ranges).toEqual(touched);
  });
});

test("a block that changes type keeps its text in place", () => {
  const wanted = docFromSpans([block("heading", { level: 1 }), { type: "text", value: "abc" }]);
  const transform = reconcile(new Transform(docFromSpans(lines("abc"))), wanted);
  expect(transform.doc.eq(wanted)).toBe(true);
  expect(transform.mapping.map(2)).toBe(2);
});
