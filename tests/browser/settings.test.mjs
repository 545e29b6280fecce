// What admins set up and what agents make of it: a policy, a field and a template; a deal on its way
// through the pipeline; two contacts that turn out to be one.

import assert from "node:assert/strict";

import { HANNAH, agent } from "./support/inbox.mjs";
import { story } from "./support/story.mjs";
import { until } from "./support/wait.mjs";

/** Goes to a view, as a host's page does. */
async function show(inbox, view) {
  await inbox.turnTo();
  await inbox.element.evaluate((element, to) => element.setAttribute("view", to), view);
  await inbox.element.getByRole("heading", { level: 2 }).first().waitFor();
}

/** Opens a section of the settings. */
async function section(inbox, name) {
  await show(inbox, "settings");
  await inbox.element
    .getByRole("navigation", { name: "Settings" })
    .getByRole("button", { name })
    .click();
}

story("an admin's policy, field and template reach the agents", async ({ browser, server }) => {
  const { inbox: ana } = await agent(browser, server.origin, "ana");
  const { inbox: ben } = await agent(browser, server.origin, "ben");

  await section(ana, "Policies");
  await ana.element.getByLabel("Require a topic to close").check();
  await section(ben, "Policies");
  const required = ben.element.getByLabel("Require a topic to close");
  await until("Ben sees that a topic is required", () => required.isChecked());
  assert.equal(await required.isDisabled(), true);

  await section(ana, "Custom fields");
  await ana.element.getByRole("button", { name: "New field" }).click();
  await ana.element.getByLabel("Name", { exact: true }).fill("Favourite paper");
  await ana.element.getByRole("button", { name: "Save", exact: true }).click();
  await section(ana, "Templates");
  await ana.element.getByRole("button", { name: "New template" }).click();
  await ana.element.getByLabel("Name", { exact: true }).fill("Thank you");
  await ana.element
    .getByLabel("Text", { exact: true })
    .fill("Dear {{contact.first_name}}, thanks!");
  await ana.element.getByText("Dear Hannah, thanks!").waitFor();
  await ana.element.getByRole("button", { name: "Save", exact: true }).click();
  await section(ben, "Templates");
  await ben.element.getByText("Dear {{contact.first_name}}, thanks!").waitFor();
  await section(ben, "Changes");
  await ben.element.getByText("Topic before closing").waitFor();

  await show(ben, "inbox");
  await ben.choose(HANNAH.name);
  await ben.element.getByRole("button", { name: "Show contact details" }).click();
  // Typed, because Firefox tells of no change in what a script has filled in.
  await ben.element.getByLabel("Favourite paper").pressSequentially("laid");
  await ben.element.getByLabel("Favourite paper").press("Tab");
  await show(ana, "inbox");
  await ana.choose(HANNAH.name);
  await ana.element.getByRole("button", { name: "Show contact details" }).click();
  const paper = ana.element.getByLabel("Favourite paper");
  await until("Ana sees the field's value", async () => (await paper.inputValue()) === "laid");
  assert.deepEqual([...ana.failures, ...ben.failures], []);
});

story("a deal is made, moved by keyboard and won", async ({ browser, server }) => {
  const { inbox: ana } = await agent(browser, server.origin, "ana");
  const { inbox: ben } = await agent(browser, server.origin, "ben");
  await show(ana, "contacts");
  await ana.element.getByRole("option", { name: HANNAH.name }).first().click();
  await ana.element.getByRole("button", { name: "New opportunity" }).click();
  const form = ana.element.getByRole("form", { name: "New opportunity" });
  await form.getByLabel("Title").fill("Two hundred notebooks");
  await form.getByLabel("Value").fill("1299.50");
  await form.getByRole("button", { name: "Create opportunity" }).click();

  await show(ben, "pipeline");
  const deal = ben.element.getByRole("article", { name: "Two hundred notebooks" });
  await deal.getByText("€1,299.50").waitFor();
  await deal.getByRole("button", { name: "Actions for Two hundred notebooks" }).press("ArrowDown");
  await ben.element.getByRole("menuitemradio", { name: "Move to Offer" }).press("Enter");
  await ben.element
    .getByRole("region", { name: "Offer" })
    .getByRole("article", { name: "Two hundred notebooks" })
    .waitFor();

  await show(ana, "pipeline");
  await ana.element
    .getByRole("region", { name: "Offer" })
    .getByRole("button", { name: "Two hundred notebooks", exact: true })
    .click();
  await ana.element.getByRole("button", { name: "Won", exact: true }).click();
  await ana.element.getByRole("button", { name: "Mark as won" }).click();
  await until("the deal left the open ones for Ben", async () => (await deal.count()) === 0);
  await ben.element.getByLabel("Status").selectOption("won");
  await deal.waitFor();
  assert.deepEqual([...ana.failures, ...ben.failures], []);
});

story("two contacts become one, and two again", async ({ browser, server }) => {
  const { inbox: ana } = await agent(browser, server.origin, "ana");
  await show(ana, "contacts");
  await ana.element.getByRole("button", { name: "New contact" }).click();
  const form = ana.element.getByRole("form", { name: "New contact" });
  await form.getByLabel("Name").fill("Hannah B.");
  await form.getByLabel("E-mail").fill("hannah.brandt@example.com");
  await form.getByRole("button", { name: "Create contact" }).click();
  await ana.element.getByRole("option", { name: "Hannah B.", selected: true }).waitFor();

  // The new one is the same person: the old one offers to take it in.
  await ana.element.getByRole("option", { name: HANNAH.name }).first().click();
  await ana.element.getByRole("button", { name: "Merge Hannah B. into this contact" }).click();
  const other = ana.element.getByRole("option", { name: "Hannah B." });
  await until("the alias left the list", async () => (await other.count()) === 0);
  await ana.element.getByRole("button", { name: "Undo", exact: true }).click();
  await other.waitFor();
  assert.deepEqual(ana.failures, []);
});
