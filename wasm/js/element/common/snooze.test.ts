import { expect, test } from "vitest";
import { snoozeTimes } from "./snooze.js";

const at = (day: number, hour: number, minute = 0): number =>
  new Date(2026, 10, day, hour, minute).getTime();

test("a weekday offers later today, tomorrow morning and the next Monday", () => {
  // The 18th of November 2026 is a Wednesday.
  expect(snoozeTimes(at(18, 10, 5))).toEqual([
    { name: "later", until: at(18, 13, 30) },
    { name: "tomorrow", until: at(19, 9) },
    { name: "monday", until: at(23, 9) },
  ]);
});

test("late in the evening nothing is later today", () => {
  expect(snoozeTimes(at(18, 22)).map(({ name }) => name)).toEqual(["tomorrow", "monday"]);
});

test("on a Monday the next one is a week away, on a Sunday it is tomorrow", () => {
  expect(snoozeTimes(at(23, 8)).at(-1)).toEqual({ name: "monday", until: at(30, 9) });
  expect(snoozeTimes(at(22, 8)).map(({ name }) => name)).toEqual(["later", "tomorrow"]);
});
