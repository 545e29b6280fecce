// The documentation for hosts as files: a fenced block that has a name after its language is the
// file of that name. What a newcomer would paste is what the stories run.

import { readFile } from "node:fs/promises";

const text = await readFile(new URL("../../../wasm/docs/embedding.md", import.meta.url), "utf8");
const blocks = new Map(
  Array.from(text.matchAll(/^```\w+ (\S+)\n(.*?)^```$/gms), ([, name, body]) => [name, body]),
);

export const docs = {
  /**
   * A block, with what the documentation calls the server, the site and the workspace replaced.
   *
   * @param {string} name
   * @param {{ server?: string, site?: string, workspace?: string }} [real] - hosts and ports
   * @returns {string}
   */
  file(name, { server = "inbox.example", site = "shop.example", workspace = "acme" } = {}) {
    const body = blocks.get(name);
    if (body === undefined) throw new Error(`the documentation has no block ${name}`);
    return body
      .replaceAll("wss://inbox.example", `ws://${server}`)
      .replaceAll("https://inbox.example", `http://${server}`)
      .replaceAll("https://shop.example", `http://${site}`)
      .replace(/(workspace\W+)acme/g, `$1${workspace}`);
  },

  /** All files of a project, by name: its own, and those that all projects share. */
  files(project, real) {
    const own = [...blocks.keys()].filter((name) => name.startsWith(`${project}/`));
    const named = own.map((name) => [name.slice(project.length + 1), docs.file(name, real)]);
    const shared = ["main.js", "style.css"].map((name) => [name, docs.file(name, real)]);
    return Object.fromEntries([...shared, ...named]);
  },

  /** A block as the module it is. */
  module(name) {
    return import(`data:text/javascript,${encodeURIComponent(docs.file(name))}`);
  },
};
