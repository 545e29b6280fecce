import { expect, test } from "vitest";
import type { ImportPlan, ImportRow, ImportVerdict } from "../common/types.js";
import { countOf, isToDo, noteworthyFirst, reasonText, refusedRows } from "./import-text.js";

const row = (line: number, verdict: ImportVerdict, more: Partial<ImportRow> = {}): ImportRow => ({
  line,
  name: `Row ${line}`,
  verdict,
  contact: `0198f2c4-7b1e-7c3a-9d55-2f8e6a1b4c${line + 10}`,
  draft: {},
  gains: [],
  unsure: false,
  remarks: [],
  source: null,
  ...more,
});

const badPhone = { reason: "bad_phone", heading: "Mobile", line: null } as const;
const repeated = { reason: "repeated", heading: null, line: 2 } as const;

const plan: ImportPlan = {
  head: "Name,Mobile",
  rows: [
    row(2, "new"),
    row(3, "refused", { remarks: [repeated], source: 'Ana,"1\n2"' }),
    row(4, "known"),
    row(5, "fill", { remarks: [badPhone] }),
    row(6, "refused", { remarks: [repeated], source: "Ben,3" }),
  ],
  ignored: [],
};

test("what needs a look comes first, in the order of the file", () => {
  expect(noteworthyFirst(plan.rows).map(({ line }) => line)).toEqual([3, 6, 5, 2, 4]);
});

test("only what changes anything is to be done", () => {
  expect(plan.rows.filter(isToDo).map(({ line }) => line)).toEqual([2, 5]);
  expect(countOf(plan, "refused")).toBe(2);
});

test("a reason names its heading or the row that it repeats", () => {
  expect(reasonText(badPhone)).toBe("Mobile: This is not a phone number.");
  expect(reasonText(repeated)).toContain("line 2");
});

test("the refused rows are a file that can be mended and taken in", () => {
  expect(refusedRows(plan)).toBe('\u{feff}Name,Mobile\r\nAna,"1\n2"\r\nBen,3\r\n');
});
