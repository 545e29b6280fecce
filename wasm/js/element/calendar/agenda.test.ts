import { expect, test } from "vitest";
import type { CalendarEntry } from "../common/types.js";
import { agenda, placeOfNow } from "./agenda.js";

const at = (day: number, hour = 0): number => new Date(2026, 10, day, hour).getTime();
const entry = (name: string, start: number, end: number, day?: string): CalendarEntry =>
  ({
    start,
    end,
    conversation: name,
    name,
    ...(day && { task: { due: { at: end, zone: "UTC", day } } }),
  }) as CalendarEntry;

test("an appointment stands on each day it touches, a whole-day task on its own", () => {
  const days = agenda(
    [
      entry("night", at(16, 22), at(17, 2)),
      entry("until midnight", at(17, 20), at(18)),
      // Its end lies on another day here: it was chosen far to the west.
      entry("whole", at(18, 7), at(18, 7), "2026-11-17"),
    ],
    at(16),
    3,
  );
  const names = (list: CalendarEntry[]): string[] => list.map(({ name }) => name);
  expect(days.map(({ timed }) => names(timed))).toEqual([
    ["night"],
    ["night", "until midnight"],
    [],
  ]);
  expect(days.map(({ whole }) => names(whole))).toEqual([[], ["whole"], []]);
});

test("now lies before what is to come", () => {
  const timed = [entry("a", at(16, 9), at(16, 10)), entry("b", at(16, 14), at(16, 15))];
  expect(placeOfNow(timed, at(16, 8))).toBe(0);
  expect(placeOfNow(timed, at(16, 12))).toBe(1);
  expect(placeOfNow(timed, at(16, 20))).toBe(2);
});
