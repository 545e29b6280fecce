// An admin changes the rules of the workspace, and they hold for everyone.

import assert from "node:assert/strict";

import { agent } from "./support/inbox.mjs";
import { story } from "./support/story.mjs";

/** Opens the settings, where the policies come first. */
async function settings(inbox) {
  await inbox.turnTo();
  await inbox.element.evaluate((element) => element.setAttribute("view", "settings"));
  await inbox.element.getByRole("heading", { name: "Settings" }).waitFor();
}

story(
  "where a topic is required, closing asks for one and takes it along",
  async ({ browser, server }) => {
    const { inbox: ana } = await agent(browser, server.origin, "ana");
    const { inbox: ben } = await agent(browser, server.origin, "ben");
    await settings(ana);
    await ana.element.getByLabel("Require a topic to close").check();
    await ana.synced();

    const name = "Tolu Adeyemi";
    await ben.choose(name);
    await ben.timeline.focus();
    await ben.page.keyboard.press("e");
    const form = ben.element.getByRole("form", { name: /topic/i });
    await form.getByLabel("Subject").fill("A place on Saturday");
    await form.locator("button.primary").click();
    const row = ben.element.getByRole("option", { name });
    await row.waitFor({ state: "detached" });
    await ben.timeline.getByRole("article", { name: "Topic: A place on Saturday" }).waitFor();
    assert.deepEqual([...ana.failures, ...ben.failures], []);
  },
);
