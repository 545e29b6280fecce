import { expect, test } from "vitest";
import { fuzz, type Peers } from "./fuzz.js";
import { MemoryText, paragraph } from "./memory-text.js";

test("three editors of one text never come apart, whoever has not looked at it for how long", () => {
  const makePeers = (): Peers => {
    const text = new MemoryText(paragraph(""));
    return { texts: [text, text, text], sync: () => {} };
  };
  const seeds = Array.from({ length: 12 }, (_, index) => index + 1);
  const report = fuzz({ makePeers, seeds, operations: 120 });
  expect(report.divergences).toEqual([]);
  expect(report.operations).toBe(12 * 120);
}, 60_000);
