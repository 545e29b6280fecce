import { expect, test } from "vitest";
import { dueOf, fieldsOf, overdueText, parseDue } from "./due.js";

test("a day without a time is due until its last millisecond, in the person's zone", () => {
  const due = dueOf("2026-11-30", "");
  expect(due?.at).toBe(new Date(2026, 11, 1).getTime() - 1);
  expect(due?.day).toBe("2026-11-30");
  expect(due?.zone).toBe(Intl.DateTimeFormat().resolvedOptions().timeZone);
});

test("no day is no due date", () => {
  expect(dueOf("", "14:00")).toBeNull();
});

test.each([
  ["2026-11-30", "14:05"],
  ["2026-02-28", ""],
])("what the fields of %s %s make, they show again", (day, time) => {
  expect(fieldsOf(dueOf(day, time))).toEqual({ day, time });
});

test.each([
  [
    "2026-11-30T22:59:59.999Z[Europe/Lisbon]",
    { at: Date.UTC(2026, 10, 30, 22, 59, 59, 999), zone: "Europe/Lisbon" },
  ],
  [
    "2026-11-30T22:59:59.999Z[Europe/Lisbon][_all-day=2026-11-30]",
    { at: Date.UTC(2026, 10, 30, 22, 59, 59, 999), zone: "Europe/Lisbon", day: "2026-11-30" },
  ],
  ["tomorrow", null],
  ["", null],
])("the stored form %j reads as %j", (text, due) => {
  expect(parseDue(text)).toEqual(due);
});

test("an overdue day is named, an overdue moment says how long ago", () => {
  const now = new Date(2026, 10, 22, 12).getTime();
  expect(overdueText({ at: now - 5 * 60_000, zone: "UTC" }, now)).toBe("Overdue: 5 min ago");
  const yesterday = dueOf("2026-11-21", "");
  expect(yesterday && overdueText(yesterday, now)).toBe("Overdue: Yesterday");
});
