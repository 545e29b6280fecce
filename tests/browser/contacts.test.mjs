// Contacts from a file and into one: what it would do is shown first, a bad row says why it is bad,
// and the same file a second time adds nothing.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";

import { agent } from "./support/inbox.mjs";
import { story } from "./support/story.mjs";
import { until } from "./support/wait.mjs";

const CSV = `\ufeffName;E-Mail;Telefon;Firma;Tags;Shoe size
Ines Prado;ines@prado.example;+351 912 000 111;Prado Lda;vip;38
Noor Haddad;noor at haddad;;;;
Ines P.;INES@prado.example;;;;
"=cmd|' /C calc'!A0";pedro@prado.example;;;;
`;

async function toContacts(inbox) {
  await inbox.turnTo();
  await inbox.element.evaluate((element) => element.setAttribute("view", "contacts"));
  await inbox.element.getByRole("heading", { name: "Contacts", level: 2 }).waitFor();
}

async function fromMenu(inbox, line) {
  await inbox.element.getByRole("button", { name: "Import and export" }).click();
  await inbox.element.getByRole("menuitem", { name: line }).click();
}

/** Chooses a file in the import and gives what it says of it. */
async function choose(inbox, name, text) {
  const buffer = Buffer.from(text);
  await inbox.element
    .getByLabel("A file of contacts")
    .setInputFiles({ name, mimeType: "text/csv", buffer });
  return inbox.element.getByRole("region", { name: "Import contacts" });
}

story(
  "contacts come from a file once, offline too, and go into one",
  async ({ browser, server }) => {
    const { context, inbox } = await agent(browser, server.origin, "ana");
    const { inbox: ben } = await agent(browser, server.origin, "ben");
    await toContacts(inbox);
    await inbox.synced();
    await context.setOffline(true);

    await fromMenu(inbox, "Import contacts");
    const region = await choose(inbox, "contacts.csv", CSV);
    await region.getByText("2 new", { exact: true }).waitFor();
    await region.getByText("2 refused", { exact: true }).waitFor();
    await region.getByText("Nothing is taken from: Shoe size").waitFor();
    const rows = region.getByRole("list", { name: "Rows of the file" }).getByRole("listitem");
    const bad = rows.filter({ hasText: "Line 3" });
    await bad.getByText("E-Mail: This is not an e-mail address.").waitFor();
    await rows.filter({ hasText: "Line 4" }).getByText("The same contact as on line 2.").waitFor();
    await region.getByRole("button", { name: "Import 2 contacts" }).click();
    await region.getByText("2 contacts imported.").waitFor();
    const list = inbox.element.getByRole("listbox", { name: "Contacts" });
    await list.getByRole("option", { name: "Ines Prado" }).waitFor();

    await context.setOffline(false);
    await toContacts(ben);
    await ben.element
      .getByRole("listbox", { name: "Contacts" })
      .getByRole("option", { name: "Ines Prado" })
      .waitFor();
    await choose(inbox, "again.csv", CSV);
    await region.getByText("Nothing to add: all of it is here already.").waitFor();
    await region.getByText("2 known already", { exact: true }).waitFor();

    // Firefox tells its driver of no download.
    if (browser.browserType().name() === "chromium") {
      const saved = async (line) => {
        const download = inbox.page.waitForEvent("download");
        await fromMenu(inbox, line);
        return readFile(await (await download).path(), "utf8");
      };
      const csv = await saved("Export as CSV");
      assert.match(csv, /,Ines Prado,ines@prado.example,,\+351912000111,.*,Prado Lda,.*,vip/);
      assert.match(csv, /,'=cmd\|' \/C calc'!A0,pedro@prado.example,/);
      const vcard = await saved("Export as vCard");
      assert.match(vcard, /FN:Ines Prado\r\nEMAIL;PREF=1:ines@prado.example\r\n/);
      for (const [name, file] of Object.entries({ "all.csv": csv, "all.vcf": vcard })) {
        await choose(inbox, name, file);
        await until(`${name} adds nothing`, async () =>
          /Nothing to add/.test(await region.getByRole("status").first().innerText()),
        );
      }
    }
    assert.deepEqual([...inbox.failures, ...ben.failures], []);
  },
);
