// What an agent does with what has come in: by keys, and by the menu of a message.

import assert from "node:assert/strict";

import { person, widths } from "./support/browser.mjs";
import { HANNAH, Inbox, agent } from "./support/inbox.mjs";
import { story } from "./support/story.mjs";

/** Presses a key in Hannah's conversation. */
async function press(inbox, key) {
  await inbox.turnTo();
  await inbox.timeline.focus();
  await inbox.page.keyboard.press(key);
}

/** Chooses in the menu of the message that says this. */
async function choose(inbox, message, action) {
  const one = inbox.timeline.getByRole("article").filter({ hasText: message }).first();
  await one.hover();
  await one.getByRole("button", { name: "What to do with this message" }).click();
  await inbox.element.getByRole("menuitem", { name: action, exact: true }).click();
  return one;
}

story(
  "a conversation is starred, marked unread and put off by keys",
  async ({ browser, server }) => {
    const { inbox } = await agent(browser, server.origin, "ana");
    await inbox.choose(HANNAH.name);
    await press(inbox, "*");
    await inbox.element.getByText("Star removed").waitFor();
    await press(inbox, "*");
    await inbox.element.getByText("Conversation starred").waitFor();
    await press(inbox, "u");
    await inbox.element.getByText("Marked as unread").waitFor();
    await press(inbox, "s");
    await inbox.element.getByRole("menuitem", { name: /^Tomorrow/ }).click();
    await inbox.element.getByRole("option", { name: HANNAH.name }).waitFor({ state: "detached" });
    assert.deepEqual(inbox.failures, []);
  },
);

story(
  "where the conversation takes the list's place, keys work before its view has come",
  async ({ browser, server }) => {
    const context = await person(browser, { width: widths.narrow });
    // The page's own cache would bring it past the route.
    await context.addInitScript(() => delete Navigator.prototype.serviceWorker);
    let letThrough;
    const network = new Promise((resolve) => (letThrough = resolve));
    await context.route("**/thread-*.js", async (route) => {
      await network;
      await route.continue();
    });
    const inbox = await Inbox.open(context, server.origin, "ana");
    await inbox.turnTo();
    const row = inbox.element.getByRole("option", { name: HANNAH.name }).first();
    await row.click();
    await row.waitFor({ state: "hidden" });

    await inbox.page.keyboard.press("g");
    await inbox.page.keyboard.press("t");
    await inbox.element.locator("threadline-tasks").getByRole("heading").first().waitFor();
    await inbox.page.keyboard.press("g");
    await inbox.page.keyboard.press("i");
    await inbox.element.locator("threadline-inbox-view").waitFor();
    assert.equal(await inbox.element.locator("threadline-thread").count(), 0);
    letThrough();
    await inbox.timeline.getByRole("article").first().waitFor();
    assert.deepEqual(inbox.failures, []);
  },
);

story(
  "a message is marked, deleted, brought back and logged as a topic",
  async ({ browser, server }) => {
    const { inbox: ana } = await agent(browser, server.origin, "ana");
    const { inbox: ben } = await agent(browser, server.origin, "ben");
    for (const inbox of [ben, ana]) await inbox.choose(HANNAH.name);
    await ana.turnTo();
    const said = "I ordered a linen guest book";

    await choose(ana, said, "Mark as important");
    const marked = ben.timeline.getByRole("article").filter({ hasText: said }).first();
    await marked.getByText("Important").waitFor();
    await ben.timeline.getByText("Important: no → yes").first().waitFor();

    await choose(ana, said, "Delete");
    await ben.timeline.getByText("Ana Duarte deleted this message").waitFor();
    await ana.element.getByRole("button", { name: "Undo" }).click();
    await ben.timeline.getByText(said).waitFor();

    await choose(ana, said, "Log as topic");
    const form = ana.element.getByRole("form", { name: /topic/i });
    await form.getByLabel("Subject").fill("Where is the guest book?");
    await form.locator("button.primary").click();
    const topic = { name: "Topic: Where is the guest book?" };
    await ben.timeline.getByRole("article", topic).waitFor();
    assert.deepEqual([...ana.failures, ...ben.failures], []);
  },
);

story("a call is logged with its outcome and length", async ({ browser, server }) => {
  const { inbox: ana } = await agent(browser, server.origin, "ana");
  const { inbox: ben } = await agent(browser, server.origin, "ben");
  for (const inbox of [ben, ana]) await inbox.choose(HANNAH.name);
  await ana.turnTo();
  await ana.timeline.focus();
  await ana.page.keyboard.press("Control+k");
  await ana.page.keyboard.type("Log a call");
  await ana.page.keyboard.press("Enter");
  const form = ana.element.getByRole("form", { name: "Log a call" });
  await form.getByLabel("Outcome").selectOption("answered");
  await form.getByLabel("Minutes").fill("7");
  await form.getByLabel("What was talked about").fill("She takes the second book.");
  await form.getByRole("button", { name: "Log call" }).click();
  await ben.timeline.getByText("She takes the second book.").waitFor();
  assert.deepEqual([...ana.failures, ...ben.failures], []);
});
