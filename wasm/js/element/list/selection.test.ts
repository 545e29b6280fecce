import { expect, test } from "vitest";
import type { InboxRow } from "../common/types.js";
import { Selection } from "./selection.js";

const row = (index: number): InboxRow => ({ id: `row ${index}` }) as InboxRow;

test("a range begins where the last choice was, in both directions", () => {
  const selection = new Selection();
  selection.toggle(row(4), 4);
  selection.extend(2, row);
  expect([...selection.rows.keys()].sort()).toEqual(["row 2", "row 3", "row 4"]);
  selection.extend(3, row);
  expect(selection.rows.size).toBe(3);
  selection.toggle(row(3), 3);
  expect(selection.has("row 3")).toBe(false);
});

test("a range that is too long ends, instead of opening the whole inbox", () => {
  const selection = new Selection();
  selection.toggle(row(0), 0);
  selection.extend(100_000, row);
  expect(selection.rows.size).toBe(200);
});
