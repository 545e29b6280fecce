import { expect, test } from "vitest";
import type { ImportPlan, ImportRow, ImportVerdict } from "../common/types.js";
import { countOf, fileOf, noteworthyFirst, reasonText } from "./import-text.js";

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

const badPhone = { reason: "bad_phone", heading: "Mobile", line: null, stays: null } as const;
const repeated = { reason: "repeated", heading: null, line: 2, stays: null } as const;

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

test("rows are counted by what becomes of them", () => {
  expect(countOf(plan, "refused")).toBe(2);
});

test("a reason names its heading or the row that it repeats", () => {
  expect(reasonText(badPhone)).toBe("Mobile: This is not a phone number.");
  expect(reasonText(repeated)).toContain("line 2");
  const taken = { reason: "taken", heading: null, line: null, stays: "Ana" } as const;
  expect(reasonText(taken)).toContain("Ana");
  expect(reasonText({ ...taken, line: 2, stays: null })).toContain("line 2");
  expect(reasonText({ ...taken, reason: "differs", stays: "Acme" })).toContain("“Acme”");
});

test("the refused rows are a file that can be mended and taken in", () => {
  const rows = plan.rows.filter(({ verdict }) => verdict === "refused");
  expect(fileOf(plan.head, rows)).toBe('\u{feff}Name,Mobile\r\nAna,"1\n2"\r\nBen,3\r\n');
});
