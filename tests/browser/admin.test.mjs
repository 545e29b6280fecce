// An admin changes the rules of the workspace, and they hold for everyone.

import assert from "node:assert/strict";

import { HANNAH, agent } from "./support/inbox.mjs";
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

story("who does not qualify for a channel is not offered it", async ({ browser, server }) => {
  const { inbox: ana } = await agent(browser, server.origin, "ana");
  const { inbox: ben } = await agent(browser, server.origin, "ben");
  await ben.choose(HANNAH.name);
  const reply = ben.element.getByRole("textbox", { name: "Reply to the customer" });
  await reply.waitFor();

  await settings(ana);
  const sections = ana.element.getByRole("navigation", { name: "Settings" });
  await sections.getByRole("button", { name: "Members" }).click();
  const channels = ana.element.getByRole("group", { name: "Channels of Ben Okafor" });
  for (const channel of await channels.getByRole("checkbox").all()) await channel.uncheck();
  await ben.element.getByText("You do not qualify for any channel of this contact.").waitFor();
  assert.equal(await reply.count(), 0);

  await channels.getByRole("checkbox", { name: "E-mail" }).check();
  await ben.element
    .getByText("You do not qualify for any channel of this contact.")
    .waitFor({ state: "detached" });
  assert.deepEqual([...ana.failures, ...ben.failures], []);
});
