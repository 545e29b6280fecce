// A reply that somebody overtook waits for its author.

import assert from "node:assert/strict";

import { screenshot } from "./support/browser.mjs";
import { agent } from "./support/inbox.mjs";
import { mail } from "./support/mail.mjs";
import { story } from "./support/story.mjs";

story(
  "a reply is held when the customer wrote meanwhile, and its author lets it go",
  async ({ browser, server }) => {
    await server.receive(mail("first", "Do you sell blue ribbon?"));
    const { context, inbox } = await agent(browser, server.origin, "ana");
    await inbox.choose("Odile Fresh");
    await inbox.timeline.getByText("Do you sell blue ribbon?").waitFor();
    await inbox.synced();

    // Ana answers without a network, while the customer writes again.
    await context.setOffline(true);
    await inbox.element
      .getByRole("textbox", { name: "Reply to the customer" })
      .fill("Yes, in two widths.");
    await inbox.element.getByRole("button", { name: "Send" }).click();
    await inbox.timeline.getByText("Yes, in two widths.").waitFor();
    await server.receive(mail("second", "Never mind.", "In-Reply-To: <first@mail.example>\n"));
    await context.setOffline(false);
    await inbox.timeline.getByText("Never mind.", { exact: true }).waitFor();

    const held = inbox.timeline.getByText("Not sent yet: somebody wrote while you did");
    await held.waitFor();
    await screenshot(inbox.page, "story-held-reply");
    await inbox.timeline.getByRole("button", { name: "Send anyway" }).click();
    await held.waitFor({ state: "detached" });
    await inbox.synced();
    assert.deepEqual(inbox.failures, []);
  },
);
