// Somebody else's web site that embeds the widget: an origin of its own, a policy of its own, and a
// back end that signs tokens.

import { once } from "node:events";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { extname, join } from "node:path";
import { fileURLToPath } from "node:url";

import { docs } from "./docs.mjs";
import { Server, WORKSPACE } from "./server.mjs";
import { inEachBrowser } from "./story.mjs";

const folder = (path) => fileURLToPath(new URL(path, import.meta.url));

/** The widget as `npm run build` makes it. */
export const WIDGET = folder("../../../wasm/dist/");

/** The host page of `tests/browser/site`. */
export const PAGE = folder("../site/");

// Signed as the documentation says, so that what it says is what is tested.
const { inboxToken } = await docs.module("sign.js");

const TYPES = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".svg": "image/svg+xml",
  ".wasm": "application/wasm",
};

/**
 * A story on a site that embeds the widget, with Ana of the sample workspace signed in.
 *
 * @param {string} title
 * @param {(stage: { browser: import("playwright-core").Browser, server: Server, site: Site }) =>
 *   Promise<void>} play
 * @param {object} [setting] - what {@link inEachBrowser} takes
 */
export function siteStory(title, play, setting) {
  const onSite = async (stage) => {
    const site = new Site();
    await site.start();
    const data = await mkdtemp(join(tmpdir(), "threadline-"));
    try {
      // The demo fills the workspace. What then serves it lists the site, as an operator would.
      await (await Server.start({ command: "demo", data })).stop();
      const server = await Server.start({ data, args: ["--allow-origin", site.origin] });
      try {
        const secret = await readFile(join(data, "secret"), "utf8");
        const ana = { id: "ana", name: "Ana Duarte", role: "admin" };
        site.token = () => inboxToken(ana, WORKSPACE, secret);
        await play({ ...stage, server, site });
      } finally {
        await server.stop();
      }
    } finally {
      await site.stop();
      await rm(data, { recursive: true, force: true });
    }
  };
  inEachBrowser(title, onSite, setting);
}

/** A web server for files, which also answers `/inbox-token` for the person who is signed in. */
class Site {
  #server;
  /** Files by their path. @type {Record<string, string>} */
  pages = {};
  /** Folders by the path they are under. @type {Record<string, string>} */
  folders = {};
  /** The content security policy of every answer. @type {string | undefined} */
  policy;
  /** Signs a token for whoever is signed in. @type {() => string} */
  token;
  /** `http://127.0.0.1:PORT`, without a slash at the end. @type {string} */
  origin;

  async start() {
    this.#server = createServer((request, response) => void this.#answer(request, response));
    this.#server.listen(0, "127.0.0.1");
    await once(this.#server, "listening");
    this.origin = `http://127.0.0.1:${this.#server.address().port}`;
  }

  async stop() {
    this.#server.close();
    this.#server.closeAllConnections();
    await once(this.#server, "close");
  }

  async #answer({ url }, response) {
    if (this.policy) response.setHeader("content-security-policy", this.policy);
    try {
      const { type, body } = await this.#find(new URL(url, this.origin).pathname);
      response.setHeader("content-type", type);
      response.end(body);
    } catch (error) {
      response.statusCode = 404;
      response.end(String(error));
    }
  }

  async #find(pathname) {
    if (pathname === "/inbox-token") return { type: "text/plain", body: this.token() };
    const path = pathname.endsWith("/") ? `${pathname}index.html` : pathname;
    const type = TYPES[extname(path)] ?? "application/octet-stream";
    if (path in this.pages) return { type, body: this.pages[path] };
    const inside = Object.keys(this.folders).filter((folder) => path.startsWith(folder));
    // The innermost folder has it.
    const folder = inside.sort((a, b) => b.length - a.length)[0];
    return { type, body: await readFile(join(this.folders[folder], path.slice(folder.length))) };
  }
}
