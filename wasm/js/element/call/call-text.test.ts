import { expect, test } from "vitest";
import { durationText, safeLink } from "./call-text.js";

test("a call's length names what it has", () => {
  expect(durationText(245)).toBe("4 mins 5 secs");
  expect(durationText(120)).toBe("2 mins");
  expect(durationText(9)).toBe("9 secs");
  expect(durationText(0)).toBe("0 secs");
});

test("only addresses of the web become links", () => {
  expect(safeLink("https://calls.example/1")).toBe("https://calls.example/1");
  expect(safeLink("javascript:alert(1)")).toBeUndefined();
  expect(safeLink(undefined)).toBeUndefined();
});
