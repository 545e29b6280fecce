import { expect, test } from "vitest";
import { agoText, dayText, hue, initials } from "./format.js";

const NOW = new Date(2026, 10, 22, 12, 0).getTime();

test.each([
  [new Date(2026, 10, 22, 11, 59, 30), "now"],
  [new Date(2026, 10, 22, 11, 55), "5 min ago"],
  [new Date(2026, 10, 22, 12, 0, 30), "now"],
  [new Date(2026, 10, 22, 12, 5), "in 5 min"],
  [new Date(2026, 10, 22, 9, 5), "09:05"],
  [new Date(2026, 10, 22, 14, 30), "14:30"],
  [new Date(2026, 10, 24, 9, 0), "Tue"],
  [new Date(2026, 11, 24, 9, 0), "24 Dec"],
  [new Date(2026, 10, 21, 23, 59), "Sat"],
  [new Date(2026, 10, 16, 12, 0), "Mon"],
  [new Date(2026, 10, 15, 12, 0), "15 Nov"],
  [new Date(2025, 10, 15, 12, 0), "15 Nov 2025"],
])("a row says of %s: %s", (at, text) => {
  expect(agoText(at.getTime(), NOW)).toBe(text);
});

test.each([
  [new Date(2026, 10, 22, 0, 0), "Today"],
  [new Date(2026, 10, 21, 23, 0), "Yesterday"],
  [new Date(2026, 10, 23, 1, 0), "Tomorrow"],
  [new Date(2026, 10, 20, 8, 0), "Fri 20 Nov"],
])("a separator says of %s: %s", (at, text) => {
  expect(dayText(at.getTime(), NOW)).toBe(text);
});

test.each([
  ["Ana Duarte", "AD"],
  ["Prof. Edmund van Achterberg", "PA"],
  ["hannah.brandt@example.com", "HC"],
  ["ليلى حداد", "لح"],
  ["Åse", "Å"],
  ["🎂", "?"],
  ["", "?"],
])("the picture of %j shows %s", (name, letters) => {
  expect(initials(name)).toBe(letters);
});

test("a key has the same hue everywhere", () => {
  expect(hue("ana")).toBe(hue("ana"));
  expect(hue("ana")).toMatch(/^hue-[0-7]$/);
});
