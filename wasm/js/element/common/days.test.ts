import { expect, test } from "vitest";
import { addDays, weekOf } from "./days.js";

test("a day is added on the calendar, over the end of a month", () => {
  const at = new Date(2026, 1, 27, 15, 30).getTime();
  expect(addDays(at, 0)).toBe(new Date(2026, 1, 27).getTime());
  expect(addDays(at, 2)).toBe(new Date(2026, 2, 1).getTime());
  expect(addDays(at, -27)).toBe(new Date(2026, 0, 31).getTime());
});

test("a week begins on Monday where the language has it so, also seen from a Sunday", () => {
  const sunday = new Date(2026, 10, 22, 12).getTime();
  expect(weekOf(sunday)).toBe(new Date(2026, 10, 16).getTime());
  expect(weekOf(new Date(2026, 10, 16).getTime())).toBe(new Date(2026, 10, 16).getTime());
});
