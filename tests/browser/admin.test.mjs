// An admin changes the rules of the workspace, and they hold for everyone.

import assert from "node:assert/strict";

import { HANNAH, agent } from "./support/inbox.mjs";
import { WORKSPACE } from "./support/server.mjs";
import { story } from "./support/story.mjs";
import { until } from "./support/wait.mjs";

/** What a member is to the server at this moment. */
async function roleOf(server, member) {
  const token = await server.token({ workspace: WORKSPACE, member: "ana" });
  const answer = await fetch(`${server.origin}/v1/workspaces/${WORKSPACE}/members`, {
    headers: { authorization: `Bearer ${token}` },
  });
  const { members } = await answer.json();
  return members.find((known) => known.id === member)?.role;
}

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

story(
  "what an admin takes from a member holds at once, and what they did meanwhile comes back to them",
  async ({ browser, server }) => {
    const { inbox: ana } = await agent(browser, server.origin, "ana");
    const { context, inbox: ben } = await agent(browser, server.origin, "ben");
    await ben.choose(HANNAH.name);
    const reply = ben.element.getByRole("textbox", { name: "Reply to the customer" });
    await reply.waitFor();

    await settings(ana);
    const sections = ana.element.getByRole("navigation", { name: "Settings" });
    await sections.getByRole("button", { name: "Members" }).click();
    const channels = ana.element.getByRole("group", { name: "Channels of Ben Okafor" });
    for (const channel of await channels.getByRole("checkbox").all()) await channel.uncheck();
    const unqualified = ben.element.getByText(
      "You do not qualify for any channel of this contact.",
    );
    await unqualified.waitFor();
    assert.equal(await reply.count(), 0);
    await channels.getByRole("checkbox", { name: "E-mail" }).check();
    await unqualified.waitFor({ state: "detached" });

    // Ben works without a network while he is made a viewer.
    await context.setOffline(true);
    await ben.turnTo();
    await ben.element.getByRole("combobox", { name: "Priority" }).first().selectOption("critical");
    await ana.turnTo();
    await ana.element.getByLabel("Role of Ben Okafor").selectOption("viewer");
    await until("the server knows", async () => (await roleOf(server, "ben")) === "viewer");
    await context.setOffline(false);
    await ben.turnTo();
    await ben.element.getByText("The server refused a change").waitFor();
    await ben.syncState.click();
    const refused = ben.element.getByRole("region", { name: "Could not be saved" });
    await refused.getByText("Set the priority").waitFor();
    await refused.getByText("Viewers change nothing.").waitFor();
    await refused.getByRole("button", { name: "Discard" }).click();
    await refused.waitFor({ state: "detached" });
    await ben.synced();
    assert.deepEqual([...ana.failures, ...ben.failures], []);
  },
);
