// Looking back: a conversation as it was, and what happened since.

import assert from "node:assert/strict";

import { screenshot } from "./support/browser.mjs";
import { HANNAH, agent } from "./support/inbox.mjs";
import { story } from "./support/story.mjs";
import { until } from "./support/wait.mjs";

story(
  "a slider leads back to how a conversation was, and says who changed what",
  async ({ browser, server }) => {
    const { inbox } = await agent(browser, server.origin, "ana");
    await inbox.choose(HANNAH.name);
    await inbox.element
      .getByRole("combobox", { name: "Owner" })
      .selectOption({ label: "Joost van Dam" });

    const { keyboard } = inbox.page;
    await keyboard.press("Control+k");
    await inbox.element.getByRole("combobox", { name: "Commands" }).waitFor();
    await keyboard.type("history");
    await keyboard.press("Enter");

    const panel = inbox.element.getByRole("dialog", { name: /history/i });
    const slider = panel.getByRole("slider", { name: "Moment" });
    const past = panel.getByRole("region", { name: "As it was" });
    await slider.waitFor();
    assert.match(await past.innerText(), /Owner: Joost van Dam/);
    const changes = await panel.getByRole("region", { name: "What changed" }).innerText();
    assert.match(changes, /Ana Duarte/);
    assert.match(changes, /Joost van Dam/);
    await screenshot(inbox.page, "story-history");

    // At its beginning there was nothing of what stands there now.
    await slider.focus();
    await keyboard.press("Home");
    await until("the past is as it was", async () => /Owner: Nobody/.test(await past.innerText()));
    assert.doesNotMatch(await past.innerText(), /Call the courier/);
    await keyboard.press("Escape");
    await slider.waitFor({ state: "detached" });
    assert.deepEqual(inbox.failures, []);
  },
);
