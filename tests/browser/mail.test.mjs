// What a customer writes: it begins a conversation by itself, joins it, and brings it back.

import assert from "node:assert/strict";

import { agent } from "./support/inbox.mjs";
import { mail } from "./support/mail.mjs";
import { story } from "./support/story.mjs";

story(
  "a first mail begins a conversation, and the next one joins it and brings it back",
  async ({ browser, server }) => {
    const { inbox } = await agent(browser, server.origin, "ana");
    const row = inbox.element.getByRole("option", { name: "Odile Fresh" });
    assert.equal(await row.count(), 0);

    await server.receive(mail("first", "Do you sell blue ribbon?"));
    await row.getByText("Blue ribbon", { exact: true }).waitFor();
    await inbox.choose("Odile Fresh");
    await inbox.timeline.getByText("Do you sell blue ribbon?").waitFor();

    await inbox.timeline.focus();
    await inbox.page.keyboard.press("e");
    await row.waitFor({ state: "detached" });
    await inbox.synced();

    await server.receive(mail("second", "Or green?", "In-Reply-To: <first@mail.example>\n"));
    await row.getByText("Or green?").waitFor();
    await inbox.timeline.getByText("Or green?").waitFor();
    await inbox.timeline.getByText("Do you sell blue ribbon?").waitFor();
    assert.equal(await row.count(), 1);
    assert.deepEqual(inbox.failures, []);
  },
);

story("a profile is edited in place and read by a teammate", async ({ browser, server }) => {
  await server.receive(mail("first", "Do you sell blue ribbon?"));
  // Wide enough for the details to stand beside the thread.
  const { inbox: ana } = await agent(browser, server.origin, "ana", { width: 1600 });
  const { inbox: ben } = await agent(browser, server.origin, "ben", { width: 1600 });
  const details = (inbox) => inbox.element.getByRole("complementary", { name: "Contact details" });
  for (const inbox of [ana, ben]) await inbox.choose("Odile Fresh");

  await ana.turnTo();
  await details(ana).getByRole("button", { name: "Add company" }).click();
  await details(ana).getByLabel("Company").fill("Fresh & Sons");
  await ana.page.keyboard.press("Enter");
  await details(ana).getByLabel("Add a tag").fill("ribbon");
  await ana.page.keyboard.press("Enter");

  await details(ben).getByText("Fresh & Sons").first().waitFor();
  await details(ben).getByText("ribbon", { exact: true }).first().waitFor();
  assert.deepEqual([...ana.failures, ...ben.failures], []);
});

story(
  "an address that nobody saved becomes a contact, and is taken back",
  async ({ browser, server }) => {
    const { inbox } = await agent(browser, server.origin, "ana", { width: 1600 });
    const { element } = inbox;
    await element.evaluate((it) => it.setAttribute("view", "settings"));
    await element.getByLabel("Conversations").selectOption("episodes");
    await inbox.synced();
    await server.receive(mail("first", "Do you sell blue ribbon?"));
    await element.evaluate((it) => it.setAttribute("view", "inbox"));
    await inbox.choose("odile@mail.example");
    const unsaved = element.getByText("odile@mail.example is not a saved contact");
    await unsaved.waitFor();

    await element.getByRole("button", { name: "Create contact" }).click();
    await unsaved.waitFor({ state: "detached" });
    await element.getByRole("complementary", { name: "Contact details" }).waitFor();
    await element.getByRole("button", { name: "Remove the link" }).click();
    await unsaved.waitFor();
    await inbox.synced();
    assert.deepEqual(inbox.failures, []);
  },
);
