// The story the product stands for: two agents in one conversation, one loses the network and the
// tab, the server dies, and nobody loses anything.

import assert from "node:assert/strict";

import { screenshot } from "./support/browser.mjs";
import { HANNAH, Inbox, agent } from "./support/inbox.mjs";
import { story } from "./support/story.mjs";
import { until } from "./support/wait.mjs";

story(
  "two agents lose the network, a tab and the server, and nothing else",
  async ({ browser, server }) => {
    const { context: anasBrowser, inbox: firstTab } = await agent(browser, server.origin, "ana");
    const { inbox: ben } = await agent(browser, server.origin, "ben");
    let ana = firstTab;
    await ana.choose(HANNAH.name);
    await ben.choose(HANNAH.name);

    // They type in one note and see each other, carets with names included.
    await ana.editNote();
    await ana.page.keyboard.type(" Ana live.");
    await until("Ben reads what Ana types", async () =>
      (await ben.note.innerText()).includes("Ana live."),
    );
    await ben.editNote();
    await ben.page.keyboard.type(" Ben live.");
    await until("Ana reads what Ben types", async () =>
      (await ana.noteField.innerText()).includes("Ben live."),
    );
    await until("Ana sees Ben's caret", async () =>
      (await ana.noteField.innerText()).includes("Ben Okafor"),
    );
    await screenshot(ana.page, "story-typing-together");

    // Ana loses the network and goes on working.
    await ana.turnTo();
    await ana.page.waitForFunction(() => "offlineReady" in document.documentElement.dataset);
    await ana.synced();
    await anasBrowser.setOffline(true);
    await ana.page.keyboard.type(" Ana offline.");
    await ana.task.getByRole("button", { name: "Done", exact: true }).click();
    const outcome = ana.task.getByRole("form", { name: "Log an outcome" });
    await outcome.getByLabel("Subject").fill("Courier admits the loss");
    await outcome.getByLabel("Summary").fill("They pay for the second book.");
    await outcome.getByRole("button", { name: "Log and finish" }).click();
    await ana.timeline.getByRole("article", { name: "Topic: Courier admits the loss" }).waitFor();
    await ana.element
      .getByRole("combobox", { name: "Owner" })
      .selectOption({ label: "Ana Duarte" });
    await ana.element
      .getByRole("textbox", { name: "Reply to the customer" })
      .fill("It is on its way.");
    await ana.element.getByRole("button", { name: "Send" }).click();
    await ana.timeline.getByText("It is on its way.").waitFor();
    await until("the work waits visibly", async () =>
      /Offline.*waiting/.test((await ana.syncState.getAttribute("aria-label")) ?? ""),
    );

    // She closes the tab and opens it again, still without a network: all of it is there.
    await ana.page.close();
    ana = await Inbox.open(anasBrowser, server.origin, "ana");
    await ana.choose(HANNAH.name);
    await ana.timeline.getByText("It is on its way.").waitFor();
    await ana.timeline.getByRole("article", { name: "Topic: Courier admits the loss" }).waitFor();
    assert.match(await ana.note.innerText(), /Ana offline\./);
    assert.match(await ana.task.innerText(), /Done/);
    await screenshot(ana.page, "story-offline-again");

    // Meanwhile Ben types in the same note, reassigns the task, sets a due date and another owner.
    await ben.turnTo();
    await ben.noteField.click();
    await ben.page.keyboard.press("Control+Home");
    await ben.page.keyboard.type("Ben meanwhile. ");
    await ben.task
      .getByRole("combobox", { name: "Assignee" })
      .selectOption({ label: "Mira Lindqvist" });
    await ben.task.getByRole("button", { name: /due|overdue/i }).click();
    await ben.task.getByLabel("Due", { exact: true }).fill("2031-05-06");
    await ben.task.getByRole("button", { name: "Save" }).click();
    await ben.element
      .getByRole("combobox", { name: "Owner" })
      .selectOption({ label: "Joost van Dam" });
    await ben.synced();

    // The server is killed without warning and started again.
    await server.kill();
    await server.restart();
    await ben.synced();

    // Ana returns. Both see the same, and everything of both is there.
    await anasBrowser.setOffline(false);
    await ana.synced();
    await ben.note.getByRole("button", { name: "Done editing" }).click();
    for (const inbox of [ana, ben]) {
      await inbox.timeline.getByText("It is on its way.").waitFor();
      await inbox.timeline
        .getByRole("article", { name: "Topic: Courier admits the loss" })
        .waitFor();
      await until("the note has every keystroke of both", async () => {
        const text = await inbox.note.innerText();
        return ["Ana live.", "Ben live.", "Ana offline.", "Ben meanwhile."].every((part) =>
          text.includes(part),
        );
      });
      await until("the task has every field of both", async () => {
        const text = await inbox.task.innerText();
        return ["Done", "Mira Lindqvist", "6 May 2031"].every((part) => text.includes(part));
      });
      const conflict = inbox.element.getByRole("group", { name: "Owner was set twice" }).first();
      await conflict.waitFor();
      assert.match(await conflict.innerText(), /Ana Duarte/);
      assert.match(await conflict.innerText(), /Joost van Dam/);
    }
    assert.equal(await shown(ana), await shown(ben));
    await screenshot(ben.page, "story-together-again");

    // One click settles the owner for both.
    await ana.element
      .getByRole("group", { name: "Owner was set twice" })
      .first()
      .getByRole("button", { name: /Joost van Dam/ })
      .click();
    await until(
      "the conflict is settled for Ben",
      async () =>
        (await ben.element.getByRole("group", { name: "Owner was set twice" }).count()) === 0,
    );
    assert.deepEqual([...ana.failures, ...ben.failures], []);
  },
);

/** What the timeline says, without what depends on who looks and when. */
async function shown(inbox) {
  const texts = await inbox.timeline.getByRole("article").allInnerTexts();
  return texts
    .map((text) => text.replace(/\d+ (min|sec)\S* ago|now/g, "").replace(/\s+/g, " "))
    .join("\n");
}
