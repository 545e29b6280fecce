import { expect, test } from "vitest";
import { narrowed, parse, same, START, text, type ListQuery } from "./query.js";

const query: ListQuery = { filter: "mine", tags: ["vip"], priorities: [], search: " late " };

test("a saved view gives back what was asked, without what says nothing", () => {
  expect(parse(text(query))).toEqual({ filter: "mine", tags: ["vip"], search: "late" });
  expect(same(parse(text(query)), query)).toBe(true);
  expect(narrowed(query)).toBe(1);
});

test("another tool's view that cannot be read shows what the inbox starts with", () => {
  expect(parse("{")).toEqual(START);
  expect(parse("3")).toEqual(START);
  expect(parse('{"scope":"mine"}')).toEqual(START);
});
