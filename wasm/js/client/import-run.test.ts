import { expect, test } from "vitest";
import { ImportRun } from "./import-run.js";
import type { ImportRow, ImportVerdict } from "./wasm.js";

const row = (line: number, verdict: ImportVerdict = "new"): ImportRow => ({
  line,
  name: `Row ${line}`,
  verdict,
  contact: `0198f2c4-7b1e-7c3a-9d55-2f8e6a1b4c${line + 10}`,
  draft: {},
  gains: [],
  unsure: false,
  remarks: [],
  source: `Row ${line}`,
});

const planOf = (rows: ImportRow[]) => ({ head: "Name", rows, ignored: [] });

test("what was not taken in can be tried again, and what was is not", async () => {
  const rows = [row(2), row(3, "known"), row(4, "fill"), row(5, "refused"), row(6)];
  const asked: number[] = [];
  let away = true;
  const run = new ImportRun("people.csv", planOf(rows), ({ line }) => {
    asked.push(line);
    if (line === 4 && away) return Promise.reject(new Error("away"));
    return Promise.resolve(line !== 6);
  });
  expect(run.total).toBe(3);
  await run.go();
  expect([run.taken, run.left, run.failures.size, run.busy]).toEqual([1, 1, 1, false]);
  expect(rows.filter((it) => run.isLeft(it)).map(({ line }) => line)).toEqual([4]);
  away = false;
  await run.go();
  expect(asked).toEqual([2, 4, 6, 4]);
  expect([run.taken, run.left, run.failures.size]).toEqual([2, 0, 0]);
});

test("a stop leaves what is not on its way, and it can go on from there", async () => {
  const rows = Array.from({ length: 70 }, (_, n) => row(n + 2));
  const run = new ImportRun("people.csv", planOf(rows), () => Promise.resolve(true));
  run.addEventListener("progress", () => run.stop(), { once: true });
  await run.go();
  expect([run.taken, run.left]).toEqual([20, 50]);
  await run.go();
  expect([run.taken, run.left]).toEqual([70, 0]);
});
