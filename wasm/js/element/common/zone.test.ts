import { expect, test } from "vitest";
import { momentIn, offsetsOf, wallIn } from "./zone.js";

test("a stretch without a clock change has one offset", () => {
  const from = Date.UTC(2026, 5, 1);
  expect(offsetsOf("Europe/Berlin", from, from + 30 * 86_400_000)).toEqual([{ from, offset: 120 }]);
  expect(offsetsOf("Asia/Kolkata", from, from + 1)).toEqual([{ from, offset: 330 }]);
});

test("a clock change is found to the minute", () => {
  const from = Date.UTC(2026, 9, 20, 7, 13);
  expect(offsetsOf("Europe/Berlin", from, from + 20 * 86_400_000)).toEqual([
    { from, offset: 120 },
    { from: Date.UTC(2026, 9, 25, 1), offset: 60 },
  ]);
});

test("a zone the browser does not know counts as UTC", () => {
  expect(offsetsOf("Nowhere/At_All", 0, 1)).toEqual([{ from: 0, offset: 0 }]);
});

test.each([
  ["Europe/Berlin", "2026-07-01", "09:30", Date.UTC(2026, 6, 1, 7, 30)],
  ["Europe/Berlin", "2026-12-01", "09:30", Date.UTC(2026, 11, 1, 8, 30)],
  ["America/New_York", "2026-03-08", "00:30", Date.UTC(2026, 2, 8, 5, 30)],
  ["Asia/Kathmandu", "2026-01-01", "00:00", Date.UTC(2025, 11, 31, 18, 15)],
])(
  "in %s the clocks show %s %s at one moment, and the moment shows them",
  (zone, day, time, at) => {
    expect(momentIn(zone, day, time)).toBe(at);
    expect(wallIn(zone, at)).toEqual({ day, time });
  },
);
