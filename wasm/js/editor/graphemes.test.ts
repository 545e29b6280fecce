import { expect, test } from "vitest";
import { codePointBoundary, graphemeBoundary } from "./graphemes.js";

test.each([
  ["an accent", "xe\u0301y", 2, 1, 3],
  ["an emoji", "x😀y", 2, 1, 3],
  ["a family", "x👩‍👧y", 3, 1, 6],
  ["a flag", "🇫🇷", 2, 0, 4],
  ["between letters", "xy", 1, 1, 1],
  ["the end", "xy", 2, 2, 2],
])("%s is not cut", (_name, text, offset, before, after) => {
  expect(graphemeBoundary(text, offset, "before")).toBe(before);
  expect(graphemeBoundary(text, offset, "after")).toBe(after);
});

test("a surrogate pair stays whole while an accent may go alone", () => {
  expect(codePointBoundary("😀", 1, "before")).toBe(0);
  expect(codePointBoundary("😀", 1, "after")).toBe(2);
  expect(codePointBoundary("e\u0301", 1, "before")).toBe(1);
});
