// One person with two tabs: one connection for both, work shown in both, and nobody is cut off when
// the tab that holds the connection is closed.

import assert from "node:assert/strict";

import { watchSockets } from "./support/browser.mjs";
import { HANNAH, Inbox, agent } from "./support/inbox.mjs";
import { story } from "./support/story.mjs";
import { until } from "./support/wait.mjs";

const owner = (inbox) => inbox.element.getByRole("combobox", { name: "Owner" });

/** Waits until a tab shows this owner. */
async function shows(inbox, label) {
  await until(`the owner is ${label}`, async () => {
    const chosen = owner(inbox).locator("option:checked");
    return (await chosen.innerText()).trim() === label;
  });
}

story(
  "two tabs share one connection, and the second goes on when the first is closed",
  async ({ browser, server }) => {
    const { context, inbox: first } = await agent(browser, server.origin, "ana");
    const { inbox: ben } = await agent(browser, server.origin, "ben");
    const connections = await watchSockets(context);
    const second = await Inbox.open(context, server.origin, "ana");
    await second.synced();
    assert.deepEqual(await connections(second.page), []);

    // What is done in one tab shows in the other, and reaches the colleague.
    for (const inbox of [first, second, ben]) await inbox.choose(HANNAH.name);
    await owner(second).selectOption({ label: "Joost van Dam" });
    await shows(first, "Joost van Dam");
    await shows(ben, "Joost van Dam");
    await second.synced();

    // The second tab takes the connection over, and misses nothing.
    await first.page.close();
    await until("the second tab connects", async () => (await connections(second.page)).length > 0);
    await second.synced();
    await owner(ben).selectOption({ label: "Mira Lindqvist" });
    await shows(second, "Mira Lindqvist");
    assert.deepEqual([...second.failures, ...ben.failures], []);
  },
);
