// The frame around the views: how one gets from view to view, in which language, and what the host's
// page can ask of it.

import assert from "node:assert/strict";

import { complaints, person } from "./support/browser.mjs";
import { HANNAH, Inbox, agent } from "./support/inbox.mjs";
import { WORKSPACE } from "./support/server.mjs";
import { PAGE, WIDGET, siteStory } from "./support/site.mjs";
import { story } from "./support/story.mjs";
import { until } from "./support/wait.mjs";

const heading = (inbox, name) => inbox.element.getByRole("heading", { name, exact: true });
const taskForm = (inbox) => inbox.element.getByRole("form", { name: "New task" });
const title = (inbox) => taskForm(inbox).getByLabel("What is to be done");

story(
  "every view is reached by keys, by the palette and by the rail",
  async ({ browser, server }) => {
    const { inbox } = await agent(browser, server.origin, "ana");
    const { keyboard } = inbox.page;
    await inbox.choose(HANNAH.name);

    const views = {
      t: "Tasks",
      l: "Log",
      c: "Contacts",
      d: "Calendar",
      p: "Pipeline",
      s: "Settings",
    };
    for (const [key, name] of Object.entries(views)) {
      await keyboard.press("g");
      await keyboard.press(key);
      await heading(inbox, name).waitFor();
    }
    await keyboard.press("Escape");
    await inbox.timeline.waitFor();

    await keyboard.press("Control+k");
    const palette = inbox.element.getByRole("combobox", { name: "Commands" });
    await palette.waitFor();
    await keyboard.type("calendar");
    await keyboard.press("Enter");
    await heading(inbox, "Calendar").waitFor();

    // The palette gave the focus back, or the next keys would be lost.
    await keyboard.press("Control+k");
    await palette.waitFor();
    await keyboard.press("Escape");
    await palette.waitFor({ state: "detached" });
    await keyboard.press("g");
    await keyboard.press("t");
    await heading(inbox, "Tasks").waitFor();

    await inbox.element.getByRole("button", { name: "Inbox", exact: true }).click();
    await inbox.timeline.waitFor();
    assert.deepEqual(inbox.failures, []);
  },
);

story("agents read the settings and do not change them", async ({ browser, server }) => {
  const { inbox } = await agent(browser, server.origin, "ben");
  const rail = inbox.element.getByRole("navigation", { name: "Views" });
  await rail.getByRole("button", { name: "Settings" }).click();
  await heading(inbox, "Settings").waitFor();
  await inbox.element.getByText("Only admins change the settings.").waitFor();
  assert.equal(await inbox.element.getByLabel("Require a topic to close").isDisabled(), true);
});

story("where there is no room, a menu leads to the views", async ({ browser, server }) => {
  const { inbox } = await agent(browser, server.origin, "ana", { width: 420 });
  const { keyboard } = inbox.page;
  await inbox.element.getByRole("button", { name: "Menu" }).click();
  await until("the view that is shown has the focus", () =>
    inbox.element
      .getByRole("menuitemradio", { name: "Inbox" })
      .evaluate((line) => line.matches(":focus")),
  );
  await keyboard.press("ArrowDown");
  await keyboard.press("Enter");
  await heading(inbox, "Tasks").waitFor();
});

story("a form keeps its text while one looks elsewhere", async ({ browser, server }) => {
  const { inbox } = await agent(browser, server.origin, "ana");
  await inbox.choose(HANNAH.name);
  await inbox.timeline.focus();
  await inbox.page.keyboard.press("t");
  await title(inbox).fill("Ring the depot");
  await inbox.choose("Tolu Adeyemi");
  assert.equal(await taskForm(inbox).count(), 0);
  await inbox.choose(HANNAH.name);
  assert.equal(await title(inbox).inputValue(), "Ring the depot");

  // Given up, it is forgotten.
  await taskForm(inbox).getByRole("button", { name: "Cancel" }).click();
  await inbox.choose("Tolu Adeyemi");
  await inbox.choose(HANNAH.name);
  assert.equal(await taskForm(inbox).count(), 0);
});

story("another language changes every word and loses none", async ({ browser, server }) => {
  const { inbox } = await agent(browser, server.origin, "ana");
  const speak = (locale) =>
    inbox.element.evaluate((element, locale) => element.setAttribute("locale", locale), locale);
  await inbox.choose(HANNAH.name);
  await inbox.timeline.focus();
  await inbox.page.keyboard.press("t");
  await title(inbox).fill("Ring the depot");

  await speak("de-AT");
  await heading(inbox, "Posteingang").waitFor();
  const form = inbox.element.getByRole("form", { name: "Neue Aufgabe" });
  assert.equal(await form.getByLabel("Was zu tun ist").inputValue(), "Ring the depot");

  await speak("ar");
  await heading(inbox, "صندوق الوارد").waitFor();
  const list = inbox.element.getByRole("listbox");
  const timeline = inbox.element.getByRole("region", { name: "التسلسل الزمني" });
  const [right, left] = [await list.boundingBox(), await timeline.boundingBox()];
  assert.ok(right.x > left.x, "the list is on the right");
  assert.deepEqual(inbox.failures, []);
});

story("a view that was never opened works without a network", async ({ browser, server }) => {
  const { context, inbox } = await agent(browser, server.origin, "ana");
  await until("all of the program is here", () =>
    inbox.page.evaluate(() => {
      const loaded = performance.getEntriesByType("resource").map(({ name }) => name);
      return ["settings-view", "palette", "editor"].every((part) =>
        loaded.some((name) => name.includes(part)),
      );
    }),
  );
  await context.setOffline(true);
  await inbox.element.getByRole("button", { name: "Pipeline" }).click();
  await heading(inbox, "Pipeline").waitFor();
});

story("the network's switch is the same in every tab", async ({ browser, server }) => {
  const { context, inbox: first } = await agent(browser, server.origin, "ana");
  const cut = (inbox, offline) =>
    inbox.element.evaluate((element, offline) => (element.offline = offline), offline);
  const isCut = (inbox) => inbox.element.evaluate((element) => element.offline);
  await cut(first, true);
  const second = await Inbox.open(context, server.origin, "ana");
  await until("the second tab shows the switch", () => isCut(second));
  await cut(second, false);
  await until("the first tab shows the switch", async () => !(await isCut(first)));
  for (const inbox of [first, second]) await inbox.synced();
});

siteStory(
  "a view that cannot be loaded says so, and is tried again",
  async ({ browser, server, site }) => {
    const { page, inbox } = await visit(browser, server, site, { without: /tasks-view/ });
    await inbox.element.evaluate((element) => element.setAttribute("view", "tasks"));
    await inbox.element.getByRole("alert").filter({ hasText: "could not be loaded" }).waitFor();
    await page.unroute(/tasks-view/);
    await inbox.element.getByRole("button", { name: "Retry" }).click();
    await heading(inbox, "Tasks").waitFor();
  },
  // Firefox does not ask for a module again once it could not be loaded; there a reload helps.
  { only: ["chromium"] },
);

siteStory(
  "the page can keep a reply from leaving, show a conversation elsewhere, and begin work",
  async ({ browser, server, site }) => {
    const { inbox } = await visit(browser, server, site);
    const { element } = inbox;
    await inbox.choose(HANNAH.name);

    await element.evaluate((element) => element.compose({ text: "From the order's page." }));
    const reply = element.getByRole("textbox", { name: "Reply to the customer" });
    assert.equal(await reply.inputValue(), "From the order's page.");
    await element.evaluate((element) => {
      const keep = (event) => {
        event.preventDefault();
        element.kept = event.detail.text;
      };
      element.addEventListener("threadline-before-send", keep, { once: true });
    });
    await element.getByRole("button", { name: "Send", exact: true }).click();
    assert.equal(await element.evaluate((element) => element.kept), "From the order's page.");
    assert.equal(await reply.inputValue(), "From the order's page.");
    await element.getByRole("button", { name: "Send", exact: true }).click();
    await inbox.timeline.getByText("From the order's page.").waitFor();

    await element.evaluate((element) => element.createTask({ title: "Check the order" }));
    assert.equal(await title(inbox).inputValue(), "Check the order");
    await taskForm(inbox).getByRole("button", { name: "Cancel" }).click();

    const open = await element.evaluate((element) => {
      const elsewhere = (event) => event.preventDefault();
      element.addEventListener("threadline-conversation-select", elsewhere, { once: true });
      return element.conversation;
    });
    await element.getByRole("option", { name: "Tolu Adeyemi" }).click();
    assert.equal(await element.evaluate((element) => element.conversation), open);

    await element.evaluate((element) => element.search("Tolu"));
    await until("the list shows what matches", async () => {
      const names = await element.getByRole("listbox").getByRole("option").allInnerTexts();
      return names.length > 0 && names.every((name) => name.includes("Tolu"));
    });
  },
);

siteStory(
  "the ways to other views and the keys can be left out",
  async ({ browser, server, site }) => {
    const { page, inbox } = await visit(browser, server, site);
    const rail = inbox.element.getByRole("navigation", { name: "Views" });
    await rail.waitFor();
    await inbox.element.evaluate((element) => {
      element.setAttribute("navigation", "off");
      element.setAttribute("shortcuts", "off");
    });
    await rail.waitFor({ state: "detached" });
    await inbox.choose(HANNAH.name);
    await inbox.timeline.focus();
    await page.keyboard.press("t");
    assert.equal(await taskForm(inbox).count(), 0);
  },
);

/**
 * The site with the widget on it, for Ana.
 *
 * @param {object} [options]
 * @param {RegExp} [options.without] - what cannot be loaded until it is unrouted
 */
async function visit(browser, server, site, { without } = {}) {
  const context = await person(browser);
  const page = await context.newPage();
  const inbox = new Inbox(
    page,
    complaints(page, (text) => /Failed to load/.test(text)),
  );
  if (without) await page.route(without, (route) => route.abort());
  site.folders = { "/": PAGE, "/threadline/": WIDGET };
  await page.goto(site.origin);
  await page.waitForFunction(() => customElements.get("threadline-inbox"));
  const endpoint = `ws://127.0.0.1:${server.port}/sync`;
  await page.evaluate(async (attributes) => void (await host.open(attributes)), {
    endpoint,
    workspace: WORKSPACE,
  });
  await inbox.element.getByRole("option").first().waitFor();
  return { page, inbox };
}
