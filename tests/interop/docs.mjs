// The client that the documentation shows, as the module it is.

import { mkdir, readFile, writeFile } from "node:fs/promises";

const page = new URL("../../server/docs/automerge-repo.md", import.meta.url);
const text = await readFile(page, "utf8");
const [, client] = text.match(/^```js client\.js\n(.*?)^```$/ms);

// Inside tests/, so that it finds the packages.
const folder = new URL("../artifacts/", import.meta.url);
await mkdir(folder, { recursive: true });
const file = new URL(`automerge-repo-${process.pid}.mjs`, folder);
await writeFile(file, client);

export const { connect, urlOf } = await import(file.href);
