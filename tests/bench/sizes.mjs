// What a browser downloads, compressed as a server would.

import { readdir, readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";

import { figure, heading, machine } from "./support/report.mjs";

const dist = fileURLToPath(new URL("../../wasm/dist/", import.meta.url));
const KIB = 1024;

const files = (await readdir(dist, { recursive: true })).filter((name) =>
  /\.(js|wasm)$/.test(name),
);
const sizes = new Map();
for (const name of files) {
  sizes.set(name, gzipSync(await readFile(`${dist}${name}`), { level: 9 }).length / KIB);
}

/** The names of all chunks that run with a chunk: what it imports, and so on. `found` grows. */
async function together(name, found = new Set()) {
  if (found.has(name)) return found;
  found.add(name);
  const text = await readFile(`${dist}${name}`, "utf8");
  for (const [, other] of text.matchAll(/(?:from|import)\s*"\.\/([^"]+\.js)"/g)) {
    await together(other, found);
  }
  return found;
}
const sum = (names) => [...names].reduce((all, name) => all + sizes.get(name), 0);
const named = (start) => [...sizes.keys()].find((name) => name.startsWith(`${start}-`));

const shell = await together("threadline.js");
const thread = await together(named("thread"), new Set(shell));
/** What a chunk adds to what is loaded before it. */
async function beyond(name, before) {
  return [...(await together(name))].filter((each) => !before.has(each));
}

console.log(machine());
heading("Downloads, gzip");
figure("core (wasm)", sum([...sizes.keys()].filter((name) => name.endsWith(".wasm"))), "KiB", 520);
figure("shell (JavaScript before the inbox shows)", sum(shell), "KiB", 60);
figure(
  "note editor (loaded with the first note)",
  sum(await beyond(named("editor"), thread)),
  "KiB",
  80,
);
figure(
  "thread (loaded with the list on the screen)",
  sum(await beyond(named("thread"), shell)),
  "KiB",
);
for (const name of sizes.keys()) {
  if (!/-view-|-panel-|-form-|palette|key-help/.test(name)) continue;
  figure(name.replace(/-.{8}\.js$/, ""), sum(await beyond(name, shell)), "KiB");
}
