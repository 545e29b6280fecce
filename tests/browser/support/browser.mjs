// Chromium and Firefox, the pages of agents, and their pictures.

import { createHash } from "node:crypto";
import { accessSync, constants } from "node:fs";
import { mkdir } from "node:fs/promises";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";

import { chromium, firefox } from "playwright-core";

import { PATIENCE_MS } from "./wait.mjs";

/** Where the pictures go; not kept in the repository. */
export const artifacts = fileURLToPath(new URL("../../artifacts/", import.meta.url));

/**
 * How Firefox names the style sheet that Playwright puts into a page before it takes a picture, when
 * the page's policy forbids it.
 */
const PLAYWRIGHTS_STYLE = createHash("sha256").update("body {}").digest("base64");

/** The container widths, in CSS pixels, at which every view is looked at. */
export const widths = { wide: 1280, narrow: 420 };

const programs = {
  chromium: {
    variable: "THREADLINE_CHROMIUM",
    commands: ["chromium", "chromium-browser", "google-chrome"],
    launch: (executablePath) =>
      chromium.launch({
        executablePath,
        args: [
          // The tests also run as root in a container, where the sandbox can not start.
          "--no-sandbox",
          "--disable-gpu",
          "--disable-quic",
          "--no-first-run",
          "--disable-background-networking",
          "--disable-component-update",
          "--disable-sync",
        ],
      }),
  },
  firefox: {
    variable: "THREADLINE_FIREFOX",
    commands: ["firefox-esr", "firefox"],
    launch: (executablePath) =>
      firefox.launch({
        executablePath,
        // A Firefox as everybody has it, steered by WebDriver BiDi.
        channel: "moz-firefox",
        firefoxUserPrefs: {
          // What a context can not say to it.
          "ui.prefersReducedMotion": 1,
        },
      }),
  },
};

/**
 * The browsers that stories are played in, by name: those of `THREADLINE_BROWSERS`, such as
 * `firefox`, else both.
 */
export const browsers = (process.env.THREADLINE_BROWSERS ?? "chromium firefox")
  .split(/[\s,]+/)
  .filter(Boolean);

/**
 * Starts a browser; the caller closes it.
 *
 * @param {keyof typeof programs} [name]
 */
export function launch(name = "chromium") {
  return programs[name].launch(find(name));
}

/** The browser's executable: what its variable names, else the first one on the `PATH`. */
function find(name) {
  const { variable, commands } = programs[name];
  if (process.env[variable]) return process.env[variable];
  const folders = (process.env.PATH ?? "").split(delimiter).filter(Boolean);
  for (const command of commands) {
    for (const folder of folders) {
      const file = join(folder, command);
      try {
        accessSync(file, constants.X_OK);
        return file;
      } catch {
        // Not in this folder.
      }
    }
  }
  throw new Error(`no ${name} on the PATH; install it or name it in ${variable}`);
}

/**
 * A person at a browser of their own: storage is shared by the pages of one context only.
 *
 * @param {import("playwright-core").Browser} browser
 * @param {object} [options]
 * @param {number} [options.width] - of the window, in CSS pixels
 * @param {number} [options.height]
 * @param {"light" | "dark"} [options.colorScheme]
 */
export async function person(
  browser,
  { width = widths.wide, height = 860, colorScheme = "light" } = {},
) {
  const context = await browser.newContext({
    viewport: { width, height },
    colorScheme,
    // Pictures stay the same from run to run.
    reducedMotion: "reduce",
    locale: "en-GB",
    timezoneId: "UTC",
  });
  context.setDefaultTimeout(PATIENCE_MS);
  return context;
}

/**
 * Notes the web sockets that the context's pages open from now on; Firefox does not tell of them.
 *
 * @param {import("playwright-core").BrowserContext} context
 * @returns {Promise<(page: import("playwright-core").Page) => Promise<string[]>>} asks a page for
 * the addresses it has connected to
 */
export async function watchSockets(context) {
  await context.addInitScript(() => {
    globalThis.opened = [];
    globalThis.WebSocket = class extends WebSocket {
      constructor(...address) {
        super(...address);
        globalThis.opened.push(this.url);
      }
    };
  });
  return (page) => page.evaluate(() => globalThis.opened);
}

/**
 * Collects what must not happen in a page: uncaught errors, and errors in its console, which is
 * where Chromium also reports a violated content security policy.
 *
 * @param {import("playwright-core").Page} page
 * @param {(text: string) => boolean} [expected] - errors the story provokes, such as a lost network
 * @returns {string[]} grows while the page lives
 */
export function complaints(page, expected = () => false) {
  const found = [];
  const add = (text) => {
    if (!text.includes(PLAYWRIGHTS_STYLE) && !expected(text)) found.push(text);
  };
  page.on("pageerror", (error) => add(error.stack ?? error.message));
  page.on("console", (message) => {
    if (message.type() === "error") add(message.text());
  });
  return found;
}

/**
 * Saves what the page shows as `tests/artifacts/NAME.png`.
 *
 * @param {import("playwright-core").Page} page
 * @param {string} name - such as `inbox-dark-narrow`
 */
export async function screenshot(page, name) {
  await mkdir(artifacts, { recursive: true });
  await page.screenshot({ path: join(artifacts, `${name}.png`) });
}
