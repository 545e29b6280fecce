import { expect, test } from "vitest";
import { minutesOf, timeOf } from "./hours.js";

test("minutes are written as time fields write them, and read back", () => {
  expect(timeOf(570)).toBe("09:30");
  expect(minutesOf("09:30", "from")).toBe(570);
  expect(minutesOf("", "from")).toBeUndefined();
});

test("midnight ends a day and begins one", () => {
  expect(timeOf(1440)).toBe("00:00");
  expect(minutesOf("00:00", "to")).toBe(1440);
  expect(minutesOf("00:00", "from")).toBe(0);
});
