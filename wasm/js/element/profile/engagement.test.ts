import { expect, test } from "vitest";
import { durationText } from "./engagement.js";

test("a stretch of time reads in its largest unit", () => {
  expect(durationText(20_000)).toBe("1 minute");
  expect(durationText(5 * 60_000)).toBe("5 minutes");
  expect(durationText(26 * 3_600_000)).toBe("26 hours");
  expect(durationText(72 * 3_600_000)).toBe("3 days");
});
