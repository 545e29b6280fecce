// Every row of the feature table and every promise of the README has its tests, and they exist.

import assert from "node:assert/strict";
import { access, readFile } from "node:fs/promises";
import { test } from "node:test";

const root = new URL("../", import.meta.url);
const table = await readFile(new URL("features.md", import.meta.url), "utf8");

/** The rows that there must be: `F2.1` to `F2.13`, and so on. */
const numbered = (prefix, count) => Array.from({ length: count }, (_, n) => `${prefix}${n + 1}`);
const FEATURES = [
  ...numbered("F0.", 4),
  ...numbered("F1.", 7),
  ...numbered("F2.", 13),
  ...numbered("F3.", 5),
  ...numbered("F4.", 6),
  ...numbered("B", 7),
];
const MERGE_RULES = numbered("M", 11);

/**
 * Rows that have no story in the browser yet, or no rule to test: what they need belongs to the work
 * that is under way. A row that has its tests may not stay here.
 */
const OPEN = [];

/** The cells of each row whose first one looks like an id. */
const rows = Array.from(table.matchAll(/^\| ([FBM][\d.]+) +\|(.*)\|$/gm), ([, id, rest]) => [
  id,
  ...rest.split("|").map((cell) => cell.trim()),
]);

test("every feature and every merge rule has one row", () => {
  assert.deepEqual(
    rows.map(([id]) => id),
    [...FEATURES, ...MERGE_RULES],
  );
});

for (const [id, what, ...cells] of rows) {
  test(`${id}: ${what}`, async () => {
    // A merge rule is shown where it is decided, and needs no browser.
    const [core, browser, place] = FEATURES.includes(id) ? cells : [...cells, undefined, "core"];
    const whole = core !== "" && browser !== "";
    assert.equal(whole, !OPEN.includes(id), "a row without a test, or one that has them now");
    if (core) await exist(core, /\.(rs|test\.ts)$/);
    if (browser) await exist(browser, /^tests\/browser\/.*\.test\.mjs$/);
    assert.notEqual(place, "", "where a person finds it");
  });
}

test("every test that the README's promises name is there", async () => {
  const readme = await readFile(new URL("README.md", root), "utf8");
  const promises = readme.split("## What we promise\n")[1]?.split("\n## ")[0] ?? "";
  const tests = Array.from(promises.matchAll(/^\|.*\|(.*)\|$/gm), ([, cell]) => cell).slice(2);
  assert.notEqual(tests.length, 0);
  for (const cell of tests) {
    const paths = Array.from(cell.matchAll(/`([^`]+)`/g), ([, path]) => path);
    assert.notEqual(paths.length, 0, `a promise without a test: ${cell}`);
    for (const path of paths) await access(new URL(path, root));
  }
});

/** Fails unless a cell names tests, each as `path::name`, and each of them is there. */
async function exist(cell, kind) {
  const named = Array.from(cell.matchAll(/`([^`]+?)::([^`]+)`/g), ([, path, name]) => [path, name]);
  assert.notEqual(named.length, 0, "a row without a test");
  for (const [path, name] of named) {
    assert.match(path, kind);
    const text = await readFile(new URL(path, root), "utf8");
    const found = path.endsWith(".rs")
      ? new RegExp(
          `#\\[(tokio::)?test\\b[^\\]]*\\]\\s+(#\\[[^\\]]*\\]\\s+)*(async )?fn ${name}\\(`,
        ).test(text)
      : text.includes(`"${name}"`);
    assert.ok(found, `${path} has no test ${name}`);
  }
}
