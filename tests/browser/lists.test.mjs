// The views beyond the inbox: what is planned, and what was logged.

import assert from "node:assert/strict";

import { HANNAH, agent } from "./support/inbox.mjs";
import { story } from "./support/story.mjs";

/** Goes to a view as the keyboard does. */
async function go(inbox, view, key) {
  await inbox.turnTo();
  await inbox.element.evaluate((element) => element.focus());
  await inbox.page.keyboard.press("g");
  await inbox.page.keyboard.press(key);
  await inbox.element.getByRole("heading", { name: view, level: 2 }).waitFor();
}

story(
  "the tasks of all conversations stand in one list, filtered and finished there",
  async ({ browser, server }) => {
    const { inbox } = await agent(browser, server.origin, "ana");
    await inbox.choose(HANNAH.name);
    await inbox.timeline.focus();
    await inbox.page.keyboard.press("t");
    const form = inbox.element.getByRole("form", { name: "New task" });
    await form.getByLabel("What is to be done").fill("Ask the courier again");
    await form.getByRole("button", { name: "Create task" }).click();

    await go(inbox, "Tasks", "t");
    const list = inbox.element.getByRole("list", { name: "List of tasks" });
    await list.getByText("Ask the courier again").waitFor();
    await inbox.element.getByRole("searchbox", { name: "Search tasks" }).fill("courier again");
    await inbox.element.getByRole("button", { name: "Complete: Ask the courier again" }).click();
    await list.getByText("Ask the courier again").waitFor({ state: "detached" });
    assert.deepEqual(inbox.failures, []);
  },
);

story("the log has every topic, and is searched", async ({ browser, server }) => {
  const { inbox } = await agent(browser, server.origin, "ana");
  await inbox.choose(HANNAH.name);
  await inbox.timeline.focus();
  await inbox.page.keyboard.press("c");
  const form = inbox.element.getByRole("form", { name: "New topic" });
  await form.getByLabel("Subject").fill("Lost guest book");
  await form.locator("button.primary").click();
  await inbox.timeline.getByRole("article", { name: "Topic: Lost guest book" }).waitFor();

  await go(inbox, "Log", "l");
  await inbox.element.getByRole("searchbox").fill("guest book");
  await inbox.element.getByText("Lost guest book").first().waitFor();
  assert.deepEqual(inbox.failures, []);
});
