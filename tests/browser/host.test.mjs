// What a site that embeds the widget may count on: its policy is kept, its page is left alone, and
// what is taken away leaves nothing behind.

import assert from "node:assert/strict";

import { complaints, person } from "./support/browser.mjs";
import { docs } from "./support/docs.mjs";
import { HANNAH, Inbox } from "./support/inbox.mjs";
import { WORKSPACE } from "./support/server.mjs";
import { PAGE, WIDGET, siteStory } from "./support/site.mjs";
import { until } from "./support/wait.mjs";

/** A mail with everything a policy may frown at. */
const FORMATTED_MAIL = `From: Nadia Formato <nadia@mail.example>
To: shop@foldwell.example
Subject: In colour
Message-ID: <colour@mail.example>
MIME-Version: 1.0
Content-Type: text/html; charset=utf-8

<style>p { color: red }</style>
<p style="color: red" onclick="alert(1)">Please send it <b>in colour</b>.</p>
<img src="https://tracker.example/pixel.gif"><script>alert(1)</script>
`;

/** What the element can show, as `view` says it. */
const VIEWS = [
  "inbox",
  "conversation",
  "tasks",
  "log",
  "contacts",
  "calendar",
  "pipeline",
  "settings",
];

siteStory(
  "no view violates the strictest policy of the documentation, and the page around stays as it was",
  async ({ browser, server, site }) => {
    const { page, failures } = await visit(browser, server, site);
    const before = await page.evaluate(look);

    await open(page, server);
    const { element } = new Inbox(page, failures);
    await element.getByRole("option").first().click();
    await element.getByRole("button", { name: "Edit note" }).first().click();
    await element.locator(".ProseMirror").click();
    await page.keyboard.type("Typed under a strict policy.");

    await server.receive(FORMATTED_MAIL);
    await element.getByRole("option", { name: "Nadia Formato" }).click();
    await element.getByRole("button", { name: "Show formatted" }).first().click();
    await element.frameLocator("iframe").getByText("in colour").waitFor();

    for (const view of VIEWS) {
      await element.evaluate((inbox, view) => inbox.setAttribute("view", view), view);
      await element.getByRole("heading").first().waitFor();
    }

    assert.deepEqual(await page.evaluate(() => host.violations), []);
    assert.deepEqual(failures, []);
    assert.deepEqual(await page.evaluate(look), before);
    const known = await page.evaluate(() => host.names);
    const names = await page.evaluate(() => Object.getOwnPropertyNames(window));
    const added = names.filter((name) => !known.includes(name) && name !== "host");
    // Lit notes there which versions of it there are, and Playwright what it steers with.
    assert.deepEqual(
      added.filter((name) => !/^(lit|reactiveElement|__pw)/.test(name)),
      [],
    );
  },
);

siteStory(
  "the page keeps its keys, and what is typed into the widget is no shortcut of the page",
  async ({ browser, server, site }) => {
    const { page, failures } = await visit(browser, server, site);
    await open(page, server);
    const { element } = new Inbox(page, failures);
    const pressed = () => page.evaluate(() => host.keys.splice(0));

    await page.getByLabel("Order").click();
    await page.keyboard.type("je");
    await page.getByRole("button", { name: "a button" }).focus();
    await page.keyboard.press("j");
    assert.deepEqual(await pressed(), ["j", "e", "j"]);
    assert.equal(await element.getByRole("option", { selected: true }).count(), 0);

    await element.getByRole("option").first().click();
    await element.getByRole("textbox", { name: "Reply to the customer" }).click();
    await page.keyboard.type("je?");
    await page.keyboard.press("Control+s");
    await page.keyboard.press("F8");
    assert.deepEqual(await pressed(), ["Control", "s", "F8"]);
  },
);

siteStory(
  "a hundred mounts leave nothing behind",
  async ({ browser, server, site }) => {
    const { page, failures } = await visit(browser, server, site);
    await open(page, server);
    const { element } = new Inbox(page, failures);
    await element.getByRole("option").first().click();
    await element.getByRole("article").first().waitFor();
    const conversation = await element.evaluate((inbox) => inbox.conversation);
    const mount = (times) =>
      page.evaluate(
        async ({ times, attributes }) => {
          for (let n = 0; n < times; n += 1) {
            const inbox = await host.open(attributes);
            await inbox.updateComplete;
            inbox.remove();
          }
        },
        { times, attributes: { ...attributes(server), conversation } },
      );

    // What is kept for good, such as style sheets, is there after the first few.
    await mount(10);
    const before = await count(page);
    await mount(100);
    await until("all but a little is gone", async () => {
      const after = await count(page);
      const more = (what) => after[what] - before[what];
      assert.ok(more("nodes") <= 100, `${more("nodes")} more nodes`);
      assert.ok(more("listeners") <= 100, `${more("listeners")} more listeners`);
      assert.ok(more("heap") <= 2 ** 20, `${more("heap")} more bytes of JavaScript`);
      assert.ok(more("wasm") <= 2 ** 20, `${more("wasm")} more bytes of WebAssembly`);
      return true;
    });
    // They were taken away in the middle of whatever they did.
    assert.deepEqual(failures, []);
  },
  // Only Chromium lets itself be counted.
  { only: ["chromium"] },
);

siteStory(
  "a sign-in that has ended is told to the page, and work goes on until there is another",
  async ({ browser, server, site }) => {
    const { page, failures } = await visit(browser, server, site);
    await open(page, server);
    const inbox = new Inbox(page, failures);
    await inbox.choose(HANNAH.name);
    await inbox.synced();

    // The same person comes back with a token whose time is over.
    const signedIn = site.token;
    const ended = await server.token({
      workspace: WORKSPACE,
      member: "ana",
      role: "admin",
      ttl: 0,
    });
    site.token = () => ended;
    await page.evaluate(() => {
      document.querySelector("threadline-inbox").remove();
      host.expired = 0;
      document.addEventListener("threadline-auth-expired", () => (host.expired += 1));
    });
    await open(page, server);
    await until("the page is told", () => page.evaluate(() => host.expired > 0));
    await inbox.element.getByText("Your session has ended").waitFor();
    await inbox.choose(HANNAH.name);
    await inbox.element
      .getByRole("combobox", { name: "Priority" })
      .first()
      .selectOption("critical");
    await until("the work is kept", async () =>
      /\d waiting/.test((await inbox.syncState.getAttribute("aria-label")) ?? ""),
    );

    site.token = signedIn;
    await inbox.element.evaluate((element) => element.sync());
    await inbox.synced();
    assert.equal(await inbox.element.getByText("Your session has ended").count(), 0);
    assert.deepEqual(failures, []);
  },
);

siteStory(
  "a sign-in that has ended before the first start is told to the page, and can be tried again",
  async ({ browser, server, site }) => {
    const signedIn = site.token;
    const ana = { workspace: WORKSPACE, member: "ana", role: "admin" };
    const ended = await server.token({ ...ana, ttl: 0 });
    site.token = () => ended;
    const { page, failures } = await visit(browser, server, site);
    await page.evaluate((attributes) => {
      host.expired = 0;
      document.addEventListener("threadline-auth-expired", () => (host.expired += 1));
      void host.open(attributes);
    }, attributes(server));
    const inbox = new Inbox(page, failures);
    await inbox.element.getByText("Your session has ended").waitFor();
    assert.equal(await page.evaluate(() => host.expired), 1);

    site.token = signedIn;
    await inbox.element.getByRole("button", { name: "Retry" }).click();
    await inbox.choose(HANNAH.name);
    await inbox.synced();
    assert.deepEqual(failures, []);
  },
);

siteStory(
  "who signs out in one tab is signed out in the other, and may sign in again there",
  async ({ browser, server, site }) => {
    const { page, failures } = await visit(browser, server, site);
    await open(page, server);
    const inbox = new Inbox(page, failures);
    await inbox.choose(HANNAH.name);
    await inbox.synced();

    const other = await page.context().newPage();
    await other.goto(site.origin);
    await open(other, server);
    await other.evaluate(() => document.querySelector("threadline-inbox").reset());
    await inbox.element.getByText("Your session has ended").waitFor();
    await inbox.element.getByRole("button", { name: "Retry" }).click();
    await inbox.choose(HANNAH.name);
    await inbox.synced();
    assert.deepEqual(failures, []);
  },
);

siteStory(
  "a token is renewed in the session that is open, before it ends",
  async ({ browser, server, site }) => {
    const ana = { workspace: WORKSPACE, member: "ana", role: "admin" };
    const { page, failures } = await visit(browser, server, site);
    const sockets = [];
    page.on("websocket", (socket) => sockets.push(socket));
    // So short a token is renewed when half of what is left is over, ten seconds from the start at the
    // earliest: the page's own start must leave time for that. The short one is made last, because its
    // time begins there.
    const SECONDS = 40;
    const next = await server.token(ana);
    const first = await server.token({ ...ana, ttl: SECONDS });
    const ends = Date.now() + SECONDS * 1_000;
    site.token = () => first;
    await open(page, server);
    const inbox = new Inbox(page, failures);
    await inbox.synced();
    site.token = () => next;

    await until("the first token has ended", () => Date.now() > ends + 1_000);
    await inbox.choose(HANNAH.name);
    await inbox.element
      .getByRole("combobox", { name: "Priority" })
      .first()
      .selectOption("critical");
    await inbox.synced();
    assert.equal(sockets.length, 1);
    assert.equal(sockets[0].isClosed(), false);
    assert.deepEqual(failures, []);
  },
  // Firefox does not tell of sockets.
  { only: ["chromium"] },
);

/** What is in memory once the garbage is collected: nodes, listeners, bytes. */
async function count(page) {
  const session = await page.context().newCDPSession(page);
  await session.send("HeapProfiler.collectGarbage");
  const { nodes, jsEventListeners: listeners } = await session.send("Memory.getDOMCounters");
  const { usedSize: heap } = await session.send("Runtime.getHeapUsage");
  const { result } = await session.send("Runtime.evaluate", {
    expression: "WebAssembly.Memory.prototype",
  });
  const { objects } = await session.send("Runtime.queryObjects", {
    prototypeObjectId: result.objectId,
  });
  const sum = await session.send("Runtime.callFunctionOn", {
    objectId: objects.objectId,
    functionDeclaration: "function() { return this.reduce((n, m) => n + m.buffer.byteLength, 0) }",
  });
  await session.detach();
  return { nodes, listeners, heap, wasm: sum.result.value };
}

/** How the page looks outside of the widget. Runs in the page. */
function look() {
  const styles = [...document.querySelectorAll("html, body, body > :not(#inbox), p *")].map(
    (element) => {
      const style = getComputedStyle(element);
      return [...style].map((name) => `${name}: ${style.getPropertyValue(name)}`);
    },
  );
  return {
    styles,
    title: document.title,
    sheets: [...document.styleSheets, ...document.adoptedStyleSheets].length,
    head: document.head.innerHTML,
    body: [...document.body.children].map(({ tagName }) => tagName),
  };
}

const attributes = (server) => ({
  endpoint: `ws://127.0.0.1:${server.port}/sync`,
  workspace: WORKSPACE,
});

/** A person on the site's page, without the widget yet. */
async function visit(browser, server, site) {
  const context = await person(browser);
  const page = await context.newPage();
  site.folders = { "/": PAGE, "/threadline/": WIDGET };
  site.policy = docs.file("policy", { server: `127.0.0.1:${server.port}` }).replaceAll("\n", " ");
  // The pixel of the mail is stopped by the policy of the frame it is shown in, in every host.
  const failures = complaints(page, (text) => text.includes("tracker.example"));
  await page.goto(site.origin);
  await page.waitForFunction(() => customElements.get("threadline-inbox"));
  return { page, failures };
}

/** The widget appears. */
async function open(page, server) {
  await page.evaluate(async (attributes) => void (await host.open(attributes)), attributes(server));
}
