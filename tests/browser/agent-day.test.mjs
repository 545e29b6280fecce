// A day of an agent: triage by keys alone, an answer from a template, a hand-over by a mention, a
// follow-up, the topic that closing wants, and what is done to many conversations at once.

import assert from "node:assert/strict";

import { screenshot } from "./support/browser.mjs";
import { agent } from "./support/inbox.mjs";
import { story } from "./support/story.mjs";
import { until } from "./support/wait.mjs";

/** Gives a command as the widget does, for what the story needs and does not show. */
function apply(inbox, command) {
  return inbox.element.evaluate((element, given) => element.desk.client.apply(given), command);
}

story(
  "an agent triages by keys, answers from a template, hands over, and closes with a topic",
  async ({ browser, server }) => {
    const { inbox: ana } = await agent(browser, server.origin, "ana");
    await apply(ana, { type: "set_policy", set: { field: "requireTopicToClose", value: true } });
    await ana.synced();
    const { inbox: ben } = await agent(browser, server.origin, "ben");
    const { element, page, timeline } = ben;
    const press = (keys) => page.keyboard.press(keys);

    // The second row is opened and starred; nothing but keys.
    await ben.turnTo();
    await element.getByRole("listbox", { name: "Conversations" }).focus();
    await press("j");
    await press("Enter");
    await element.getByRole("heading", { name: "Tolu Adeyemi", level: 2 }).waitFor();
    await timeline.getByRole("article").first().waitFor();
    await press("*");
    await element.getByRole("button", { name: "Remove the star" }).waitFor();

    // A template by its first letters, with the customer's name in it.
    await press("r");
    await page.keyboard.type("/we h");
    await press("Backspace");
    await press("Backspace");
    await element.getByRole("option", { name: /We have it/ }).waitFor();
    await press("Enter");
    await until("the template is filled in", async () =>
      /^Hello Tolu,/.test(
        await element.getByRole("textbox", { name: "Reply to the customer" }).inputValue(),
      ),
    );
    await press("Control+Enter");
    await timeline.getByText(/Hello Tolu,/).waitFor();
    await timeline.getByText("Queued").last().waitFor();
    await screenshot(page, "day-answered");

    // The same reply is taken back in time, and is there to be written on.
    await element.getByRole("button", { name: "Undo" }).last().click();
    await timeline.getByText("Ben Okafor took this reply back before it was sent").waitFor();
    assert.match(
      await element.getByRole("textbox", { name: "Reply to the customer" }).inputValue(),
      /^Hello Tolu,/,
    );

    // A colleague is called in a note.
    await timeline.focus();
    await press("n");
    await element.getByRole("textbox", { name: "Private note" }).waitFor();
    await page.keyboard.type("Please have a look @Ana");
    await element.locator(".mention-option", { hasText: "Ana Duarte" }).waitFor();
    await press("Enter");
    await press("Control+Enter");
    await timeline.locator(".mention", { hasText: "Ana Duarte" }).waitFor();

    // A follow-up is planned.
    await timeline.focus();
    await press("t");
    const task = element.getByRole("form", { name: "New task" });
    await task.getByLabel("What is to be done").fill("Ask Tolu whether Saturday suits");
    await press("Enter");
    await timeline
      .getByRole("article", { name: "Task: Ask Tolu whether Saturday suits" })
      .waitFor();

    // Closing wants a topic; one form does both.
    await timeline.focus();
    await press("e");
    const topic = element.getByRole("form", { name: "New topic" });
    await topic.getByLabel("Subject").fill("Place in the workshop");
    await topic.getByLabel("Summary").fill("There is one.");
    await screenshot(page, "day-wrap-up");
    await topic.getByRole("button", { name: "Log topic" }).click();
    await element.getByText(/Closed by Ben Okafor/).waitFor();
    await timeline.getByRole("article", { name: "Topic: Place in the workshop" }).waitFor();
    await ben.synced();

    assert.deepEqual([...ana.failures, ...ben.failures], []);
  },
);

story(
  "many conversations are put off at once, and brought back with one press",
  async ({ browser, server }) => {
    const { inbox } = await agent(browser, server.origin, "ben");
    const { element, page } = inbox;
    await inbox.turnTo();
    await element.getByRole("listbox", { name: "Conversations" }).focus();
    const open = async () =>
      Number(/\d+/.exec(await element.getByRole("button", { name: /^Open/ }).innerText())?.[0]);
    const before = await open();
    for (const keys of ["x", "j", "x"]) await page.keyboard.press(keys);
    const bar = element.getByRole("toolbar", { name: "What to do with the selection" });
    await bar.getByText("2 selected").waitFor();
    await bar.getByRole("button", { name: "Snooze" }).click();
    await element.getByRole("menuitem", { name: /^Tomorrow/ }).click();
    await until("they left the inbox", async () => (await open()) === before - 2);
    await element.getByRole("button", { name: "Undo" }).click();
    await until("they are back", async () => (await open()) === before);
    assert.deepEqual(inbox.failures, []);
  },
);
