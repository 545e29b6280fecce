// A story is written once and played in every browser.

import { test } from "node:test";

import { browsers, launch } from "./browser.mjs";
import { Server } from "./server.mjs";

/**
 * A story that takes longer than this, in milliseconds, hangs: it is played by slow machines, too, and
 * its waits end long before with an error that says more.
 */
const STORY_MS = 300_000;

/**
 * Declares one test for each browser.
 *
 * @param {string} title - the fact the test shows
 * @param {(stage: { browser: import("playwright-core").Browser }) => Promise<void>} play
 * @param {object} [setting]
 * @param {string[]} [setting.only] - the browsers that can play it, where not all can
 */
export function inEachBrowser(title, play, { only = browsers } = {}) {
  for (const name of browsers.filter((name) => only.includes(name))) {
    test(`${title} (${name})`, { timeout: STORY_MS }, async () => {
      const browser = await launch(name);
      try {
        await play({ browser });
      } finally {
        await browser.close();
      }
    });
  }
}

/**
 * The same against a real server, a fresh one each time.
 *
 * @param {string} title
 * @param {(stage: Stage) => Promise<void>} play
 * @param {object} [setting] - and what {@link inEachBrowser} takes
 * @param {Parameters<typeof Server.start>[0]} [setting.server] - without it the demo
 *
 * @typedef {object} Stage
 * @property {import("playwright-core").Browser} browser
 * @property {Server} server
 */
export function story(title, play, { server: options = { command: "demo" }, ...setting } = {}) {
  const withServer = async (stage) => {
    const server = await Server.start(options);
    try {
      await play({ ...stage, server });
    } finally {
      await server.stop();
    }
  };
  inEachBrowser(title, withServer, setting);
}
