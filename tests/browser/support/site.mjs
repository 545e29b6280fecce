// Somebody else's web site that embeds the widget: an origin of its own, a policy of its own, and a
// back end that signs tokens.

import { once } from "node:events";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { extname, join } from "node:path";
import { fileURLToPath } from "node:url";

import { Server, WORKSPACE } from "./server.mjs";
import { inEachBrowser } from "./story.mjs";

const folder = (path) => fileURLToPath(new URL(path, import.meta.url));

/** The widget as `npm run build` makes it. */
export const WIDGET = folder("../../../wasm/dist/");

/** The host page of `tests/browser/site`. */
export const PAGE = folder("../site/");

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
 * @param {object} setting - and what {@link inEachBrowser} takes
 * @param {Record<string, string>} setting.folders - what the site shows, by the path it is under
 * @param {string} [setting.policy] - of the site; `SERVER` in it stands for Threadline's host
 */
export function siteStory(title, play, { folders, policy, ...setting }) {
  const onSite = async (stage) => {
    const site = new Site(folders);
    await site.start();
    const data = await mkdtemp(join(tmpdir(), "threadline-"));
    try {
      // The demo fills the workspace. What then serves it lists the site, as an operator would.
      await (await Server.start({ command: "demo", data })).stop();
      const server = await Server.start({ data, args: ["--allow-origin", site.origin] });
      try {
        site.policy = policy?.replaceAll("SERVER", `127.0.0.1:${server.port}`);
        site.token = () => server.token({ workspace: WORKSPACE, member: "ana", role: "admin" });
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

/** A web server for folders, which also answers `/token` for the person who is signed in. */
class Site {
  #server;
  #folders;
  /** The content security policy of every answer. @type {string | undefined} */
  policy;
  /** Signs a token for whoever is signed in. @type {() => Promise<string>} */
  token;
  /** `http://127.0.0.1:PORT`, without a slash at the end. @type {string} */
  origin;

  /** @param {Record<string, string>} folders - by the path they are under */
  constructor(folders) {
    // The longest path is looked at first.
    this.#folders = Object.entries(folders).sort(([a], [b]) => b.length - a.length);
  }

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
    if (pathname === "/token") return { type: "text/plain", body: await this.token() };
    const [path, folder] = this.#folders.find(([path]) => pathname.startsWith(path));
    const file = join(folder, pathname.slice(path.length) || "index.html");
    return { type: TYPES[extname(file)] ?? "application/octet-stream", body: await readFile(file) };
  }
}
