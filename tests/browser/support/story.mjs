// A story is written once and played in every browser, each time against a server of its own.

import { test } from "node:test";

import { browsers, launch } from "./browser.mjs";
import { Server } from "./server.mjs";

/**
 * Declares one test for each browser.
 *
 * @param {string} title - the fact the story shows
 * @param {(stage: Stage) => Promise<void>} play
 * @param {object} [setting]
 * @param {Parameters<typeof Server.start>[0]} [setting.server] - without it the demo
 * @param {string[]} [setting.only] - the browsers that can play it, where not all can
 *
 * @typedef {object} Stage
 * @property {import("playwright-core").Browser} browser
 * @property {Server} server
 */
export function story(title, play, { server: options = { command: "demo" }, only } = {}) {
  for (const name of browsers.filter((name) => only?.includes(name) ?? true)) {
    test(`${title} (${name})`, async () => {
      const server = await Server.start(options);
      try {
        const browser = await launch(name);
        try {
          await play({ browser, server });
        } finally {
          await browser.close();
        }
      } finally {
        await server.stop();
      }
    });
  }
}
