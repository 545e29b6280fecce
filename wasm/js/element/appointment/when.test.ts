import { expect, test } from "vitest";
import { fieldsOfSpan, nextHour, parseSpan, spanOf } from "./when.js";

const berlin = {
  start: Date.UTC(2026, 10, 30, 9),
  end: Date.UTC(2026, 10, 30, 10, 30),
  zone: "Europe/Berlin",
};

test("the fields show the clocks of the appointment's zone, and make the same span again", () => {
  const fields = fieldsOfSpan(berlin);
  expect(fields).toEqual({ day: "2026-11-30", from: "10:00", to: "11:30", zone: "Europe/Berlin" });
  expect(spanOf(fields)).toEqual(berlin);
});

test("a missing day or time is no span, an end before the start is left to the core", () => {
  const fields = fieldsOfSpan(berlin);
  expect(spanOf({ ...fields, day: "" })).toBeUndefined();
  expect(spanOf({ ...fields, to: "" })).toBeUndefined();
  const turned = spanOf({ ...fields, to: "09:00" });
  expect(turned && turned.end < turned.start).toBe(true);
});

test("the stored form of a conflict's value reads as a span", () => {
  const text = "2026-11-30T09:00:00.000Z/2026-11-30T10:30:00.000Z[Europe/Berlin]";
  expect(parseSpan(text)).toEqual(berlin);
  expect(parseSpan("tomorrow")).toBeUndefined();
});

test("a booking begins with the next full hour", () => {
  const { from, to } = nextHour(new Date(2026, 10, 30, 13, 20).getTime());
  expect([from, to]).toEqual(["14:00", "15:00"]);
});
