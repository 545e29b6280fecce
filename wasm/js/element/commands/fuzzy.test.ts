import { expect, test } from "vitest";
import { fit } from "./fuzzy.js";

const TITLES = ["New task", "New topic", "Write a note", "Next", "Go to: Tasks", "Contrôle"];

/** The titles that fit, best first. */
function found(typed: string): string[] {
  return TITLES.map((title) => ({ title, score: fit(typed, title) }))
    .filter(({ score }) => score !== undefined)
    .sort((a, b) => (b.score ?? 0) - (a.score ?? 0))
    .map(({ title }) => title);
}

test.each([
  ["note", "Write a note"],
  ["nt", "New task"],
  ["ntop", "New topic"],
  ["task", "New task"],
  ["gt", "Go to: Tasks"],
  ["NEX", "Next"],
  ["controle", "Contrôle"],
  ["  wr  no ", "Write a note"],
])("%j finds %j first", (typed, title) => {
  expect(found(typed)[0]).toBe(title);
});

test("letters in another order do not fit", () => {
  expect(fit("ksat", "New task")).toBeUndefined();
});

test("nothing typed fits everything", () => {
  expect(found("")).toHaveLength(TITLES.length);
});
