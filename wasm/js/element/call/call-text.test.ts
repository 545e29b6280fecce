import { expect, test } from "vitest";
import { durationText, safeLink } from "./call-text.js";

test("a call's length names what it has", () => {
  expect(durationText(245)).toBe("4 min 5 sec");
  expect(durationText(120)).toBe("2 min");
  expect(durationText(9)).toBe("9 sec");
  expect(durationText(0)).toBe("0 sec");
});

test("only addresses of the web become links", () => {
  expect(safeLink("https://calls.example/1")).toBe("https://calls.example/1");
  expect(safeLink("javascript:alert(1)")).toBeUndefined();
  expect(safeLink(undefined)).toBeUndefined();
});
