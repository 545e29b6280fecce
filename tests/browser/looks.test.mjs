// What a person sees: every view light and dark, wide and narrow, as pictures to be looked at, and
// without a finding of axe.

import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { readFile } from "node:fs/promises";
import { after, before, test } from "node:test";

import { launch, screenshot, widths } from "./support/browser.mjs";
import { HANNAH, agent } from "./support/inbox.mjs";
import { Server } from "./support/server.mjs";

const axe = await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

let browser;
let server;

before(async () => {
  server = await Server.start({ command: "demo" });
  browser = await launch();
});

after(async () => {
  await browser?.close();
  await server?.stop();
});

for (const colorScheme of ["light", "dark"]) {
  for (const [size, width] of Object.entries(widths)) {
    test(`the inbox, ${colorScheme} and ${size}`, async () => {
      const look = `${colorScheme}-${size}`;
      const { context, inbox } = await agent(browser, server.origin, "ana", { colorScheme, width });
      await picture(inbox, `inbox-${look}`);

      await inbox.choose(HANNAH.name);
      await picture(inbox, `conversation-${look}`);

      await inbox.editNote();
      await picture(inbox, `note-${look}`);
      await inbox.note.getByRole("button", { name: "Done editing" }).click();

      await inbox.task.getByRole("button", { name: "Done", exact: true }).click();
      await inbox.task.getByRole("form", { name: "Log an outcome" }).waitFor();
      await picture(inbox, `outcome-${look}`);
      await inbox.task.getByRole("button", { name: "Cancel", exact: true }).click();

      await inbox.element.getByRole("button", { name: "Show contact details" }).click();
      await inbox.element.getByRole("complementary", { name: "Contact details" }).waitFor();
      await picture(inbox, `contact-${look}`);

      assert.deepEqual(inbox.failures, []);
      await context.close();
    });
  }
}

/** The other views, by the keys that lead to them. */
const views = {
  t: "tasks",
  l: "log",
  c: "contacts",
  d: "calendar",
  p: "pipeline",
  s: "settings",
};

for (const [look, { locale = "en", ...options }] of Object.entries({
  "light-wide": { colorScheme: "light", width: widths.wide },
  "dark-wide": { colorScheme: "dark", width: widths.wide },
  "light-narrow": { colorScheme: "light", width: widths.narrow },
  "dark-narrow": { colorScheme: "dark", width: widths.narrow },
  "arabic-wide": { colorScheme: "light", width: widths.wide, locale: "ar" },
  "arabic-narrow": { colorScheme: "dark", width: widths.narrow, locale: "ar" },
})) {
  test(`every view, ${look}`, async () => {
    const { context, inbox } = await agent(browser, server.origin, "ana", options);
    await inbox.choose(HANNAH.name);
    await inbox.element.evaluate((element, locale) => (element.locale = locale), locale);
    // The words come by the network; until then all of it is English.
    await inbox.element.locator(`.root[lang^="${locale}"]`).waitFor();
    await picture(inbox, `conversation-${look}`);
    for (const [key, view] of Object.entries(views)) {
      await inbox.page.keyboard.press("g");
      await inbox.page.keyboard.press(key);
      await inbox.element.locator(`threadline-${view}`).getByRole("heading").first().waitFor();
      await picture(inbox, `${view}-${look}`);
      if (view === "contacts") await pictureImport(inbox, `import-${look}`);
    }
    assert.deepEqual(inbox.failures, []);
    await context.close();
  });
}

/** A flow with something of everything that its form draws differently. */
const FLOW = {
  name: "First answer",
  active: true,
  trigger: { type: "message_received", channel: "email" },
  conditions: [
    { type: "value", name: "message.subject", test: "contains", text: "order" },
    { type: "value", name: "conversation.owner", test: "is", text: "" },
    { type: "tag", tag: "spam", present: false },
  ],
  actions: [
    {
      type: "create_task",
      task: {
        title: "Answer {{sender.first_name}}: {{message.subject}}",
        taskType: "follow_up",
        priority: "high",
        assignee: "team:{{conversation.team}}",
        due: { amount: 2, unit: "business_hours" },
      },
    },
    { type: "add_tag", tag: "new" },
  ],
};

const arabic = { locale: "ar", section: "الأتمتة" };
for (const [look, { locale = "en", section = "Flows", ...options }] of Object.entries({
  "light-wide": { colorScheme: "light", width: widths.wide },
  "dark-narrow": { colorScheme: "dark", width: widths.narrow },
  "arabic-wide": { colorScheme: "dark", width: widths.wide, ...arabic },
  "arabic-narrow": { colorScheme: "light", width: widths.narrow, ...arabic },
})) {
  test(`the flows, ${look}`, async () => {
    // High enough for the whole form.
    const { context, inbox } = await agent(browser, server.origin, "ana", {
      height: 1500,
      ...options,
    });
    await inbox.element.evaluate((element, locale) => {
      element.locale = locale;
      element.setAttribute("view", "settings");
    }, locale);
    await inbox.element.locator(`.root[lang^="${locale}"]`).waitFor();
    await inbox.element.locator("threadline-settings nav").getByText(section).click();
    const flows = inbox.element.locator("threadline-settings-flows");
    await flows.getByRole("button").first().waitFor();
    await picture(inbox, `flows-none-${look}`);

    const made = await inbox.element.evaluate(({ desk }, flow) => {
      const make = (flow) => desk.client.apply({ type: "put_flow", flow }).created;
      const off = { trigger: { type: "task_done" }, conditions: [], actions: [{ type: "close" }] };
      return [make(flow), make({ name: "Done and closed", active: false, ...off })];
    }, FLOW);
    await flows.getByRole("switch").nth(1).waitFor();
    await picture(inbox, `flows-${look}`);
    await flows.locator(`[id="edit-${made[0]}"]`).click();
    await flows.locator("threadline-flow-form").getByRole("textbox").first().waitFor();
    await picture(inbox, `flow-${look}`);

    await inbox.element.evaluate((element, made) => {
      for (const flow of made) element.desk.client.apply({ type: "remove_flow", flow });
      element.locale = "en";
    }, made);
    await inbox.synced();
    assert.deepEqual(inbox.failures, []);
    await context.close();
  });
}

/** Looks at what a file of contacts would do, in whichever language. */
async function pictureImport(inbox, name) {
  const contacts = inbox.element.locator("threadline-contacts");
  await contacts.locator("header.head > threadline-menu .opener").click();
  await contacts.getByRole("menuitem").first().click();
  const rows = "Name,Email,Shoe size\nInes Prado,ines@prado.example,38\nNoor,noor at haddad,\n";
  const buffer = Buffer.from(rows);
  await contacts
    .locator("input[type=file]")
    .setInputFiles({ name: "contacts.csv", mimeType: "text/csv", buffer });
  await contacts.locator("threadline-contact-import li").first().waitFor();
  await picture(inbox, name);
  await contacts.locator("threadline-contact-import button.plain").last().click();
  await inbox.element.evaluate((element) => element.focus());
}

/** Takes a picture and lets axe look, too. */
async function picture(inbox, name) {
  await screenshot(inbox.page, name);
  // Evaluated rather than added as a script, because the page's policy forbids foreign scripts.
  await inbox.page.evaluate(axe);
  const { violations } = await inbox.page.evaluate(() => globalThis.axe.run("threadline-inbox"));
  const findings = violations.map(
    ({ id, nodes }) => `${id}: ${nodes.map((node) => node.html).join(" ")}`,
  );
  assert.deepEqual(findings, [], name);
}
