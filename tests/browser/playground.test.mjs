// The demo's second page: every view alone, and the element with all that a host can change.

import assert from "node:assert/strict";

import { complaints, person, screenshot } from "./support/browser.mjs";
import { story } from "./support/story.mjs";

const VIEWS = ["tasks", "log", "contacts", "calendar", "pipeline", "settings", "conversation"];

story("the playground shows every view alone and what is changed", async ({ browser, server }) => {
  const page = await (await person(browser, { width: 1500 })).newPage();
  const failures = complaints(page);
  const element = page.locator("threadline-inbox");
  await page.goto(`${server.origin}/playground.html?as=ana`);
  await element.getByRole("option").first().click();
  await page.locator("#log").getByText("conversation-select").waitFor();
  for (const view of VIEWS) {
    await page.locator(`#views a[href="#${view}"]`).click();
    await element.getByRole("heading").first().waitFor();
    await screenshot(page, `playground-${view}`);
  }

  await page.getByLabel("theme").selectOption("dark");
  await page.getByLabel("radius").fill("2");
  const shown = await page.locator("#code").innerText();
  assert.match(shown, /theme="dark"/);
  assert.match(shown, /--threadline-radius: 2px;/);
  const radius = await element.evaluate((inbox) =>
    getComputedStyle(inbox).getPropertyValue("--threadline-radius"),
  );
  assert.equal(radius, "2px");
  await page.getByRole("button", { name: "As they were" }).click();
  assert.equal(await page.getByLabel("radius").inputValue(), "8");
  assert.deepEqual(failures, []);
});
