// What a browser downloads, compressed as a server would.

import { readdir, readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";

import { figure, heading, machine } from "./report.mjs";

const dist = fileURLToPath(new URL("../../wasm/dist/", import.meta.url));
const KIB = 1024;

const files = (await readdir(dist, { recursive: true })).filter((name) =>
  /\.(js|wasm)$/.test(name),
);
const sizes = new Map();
for (const name of files) {
  sizes.set(name, gzipSync(await readFile(`${dist}${name}`), { level: 9 }).length / KIB);
}
const sum = (test) => [...sizes].reduce((all, [name, size]) => (test(name) ? all + size : all), 0);
const isEditor = (name) => /editor/.test(name) && name.endsWith(".js");

console.log(machine());
heading("Downloads, gzip");
figure(
  "core (wasm)",
  sum((name) => name.endsWith(".wasm")),
  "KiB",
  520,
);
figure(
  "shell (JavaScript without the editor)",
  sum((name) => name.endsWith(".js") && !isEditor(name)),
  "KiB",
  60,
);
figure("note editor (JavaScript, loaded with the first note)", sum(isEditor), "KiB", 80);
