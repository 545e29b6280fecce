// Chromium, the pages of agents, and their pictures.

import { accessSync, constants } from "node:fs";
import { mkdir } from "node:fs/promises";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";

import { chromium } from "playwright-core";

/** Where the pictures go; not kept in the repository. */
export const artifacts = fileURLToPath(new URL("../../artifacts/", import.meta.url));

/** The container widths, in CSS pixels, at which every view is looked at. */
export const widths = { wide: 1280, narrow: 420 };

/** Starts Chromium; the caller closes it. */
export function launch() {
  return chromium.launch({
    executablePath: findChromium(),
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
  });
}

/**
 * The browser to test with: `THREADLINE_CHROMIUM`, else the first one on the `PATH`.
 *
 * @returns {string} path of the executable
 */
export function findChromium() {
  if (process.env.THREADLINE_CHROMIUM) return process.env.THREADLINE_CHROMIUM;
  const folders = (process.env.PATH ?? "").split(delimiter).filter(Boolean);
  for (const name of ["chromium", "chromium-browser", "google-chrome"]) {
    for (const folder of folders) {
      const file = join(folder, name);
      try {
        accessSync(file, constants.X_OK);
        return file;
      } catch {
        // Not in this folder.
      }
    }
  }
  throw new Error("no Chromium on the PATH; install it or name it in THREADLINE_CHROMIUM");
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
export function person(browser, { width = widths.wide, height = 860, colorScheme = "light" } = {}) {
  return browser.newContext({
    viewport: { width, height },
    colorScheme,
    // Pictures stay the same from run to run.
    reducedMotion: "reduce",
    locale: "en-GB",
    timezoneId: "UTC",
  });
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
    if (!expected(text)) found.push(text);
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
