import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { isThreadlineError, ThreadlineError, version } from "./index.js";

test("the version is the package's", () => {
  const manifest = readFileSync(new URL("../package.json", import.meta.url), "utf8");
  expect(version).toBe((JSON.parse(manifest) as { version: string }).version);
});

test.each([
  [new ThreadlineError("forbidden", "no"), true],
  [Object.assign(new Error("no"), { name: "ThreadlineError", code: "forbidden" }), true],
  [Object.assign(new Error("no"), { code: "forbidden" }), false],
  [Object.assign(new Error("no"), { name: "ThreadlineError" }), false],
  [{ name: "ThreadlineError", code: "forbidden" }, false],
  [undefined, false],
])("%s is a refusal: %s", (error, is) => {
  expect(isThreadlineError(error)).toBe(is);
});
