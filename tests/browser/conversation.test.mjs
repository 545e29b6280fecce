// The plain work in one conversation, seen by the one who does it and by a teammate.

import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { HANNAH, agent } from "./support/inbox.mjs";
import { WORKSPACE, threadline } from "./support/server.mjs";
import { story } from "./support/story.mjs";
import { until } from "./support/wait.mjs";

/** Ana and Ben, both with Hannah's conversation open. */
async function anaAndBen(browser, server) {
  const people = [];
  for (const member of ["ana", "ben"]) {
    const { inbox } = await agent(browser, server.origin, member);
    await inbox.choose(HANNAH.name);
    people.push(inbox);
  }
  return people;
}

story(
  "a task for a team is made with one key, claimed by a teammate, done and reopened",
  async ({ browser, server }) => {
    const [ana, ben] = await anaAndBen(browser, server);
    await ana.turnTo();
    await ana.timeline.focus();
    await ana.page.keyboard.press("t");
    const form = ana.element.getByRole("form", { name: "New task" });
    await form.getByLabel("What is to be done").fill("Weigh the parcel");
    await form.getByLabel("Details").fill("For the claim form.");
    await form.getByLabel("Priority").selectOption("high");
    await form.getByLabel("Channel").selectOption("call");
    await form.getByLabel("Assignee").selectOption({ label: "Support team" });
    await form.getByRole("button", { name: "Suggestions" }).click();
    await ana.element.getByRole("menuitem", { name: "In 2 business days" }).click();
    const due = new Date(await form.getByLabel("Due", { exact: true }).inputValue());
    assert.ok(![0, 6].includes(due.getUTCDay()), `${due.toISOString()} is no business day`);
    const days = (due - new Date().setUTCHours(0, 0, 0, 0)) / 86_400_000;
    // A weekend may lie between, or the shop's day may have begun already.
    assert.ok(days >= 2 && days <= 5, `${days} days from now`);
    await form.getByRole("button", { name: "Create task" }).click();

    const task = (inbox) => inbox.timeline.getByRole("article", { name: "Task: Weigh the parcel" });
    await ben.turnTo();
    await task(ben).getByText("For the claim form.").waitFor();
    await task(ben).getByRole("button", { name: "Claim" }).click();
    await until("Ana sees who has it", async () => {
      const assignee = task(ana).getByRole("combobox", { name: "Assignee" });
      return (await assignee.locator("option:checked").innerText()).trim() === "Ben Okafor";
    });
    await task(ben).getByRole("button", { name: "Done", exact: true }).click();
    await task(ben).getByRole("button", { name: "Done without log" }).click();
    await task(ana).getByRole("button", { name: "Reopen" }).click();
    await task(ben).getByText("To do").waitFor();
    assert.deepEqual([...ana.failures, ...ben.failures], []);
  },
);

story("a topic is logged in the conversation, reopened and closed", async ({ browser, server }) => {
  const [ana, ben] = await anaAndBen(browser, server);
  await ana.turnTo();
  await ana.timeline.focus();
  await ana.page.keyboard.press("c");
  const form = ana.element.getByRole("form", { name: "New topic" });
  await form.getByLabel("Subject").fill("Lost guest book");
  await form.getByLabel("Purpose").selectOption("issue");
  await form.getByLabel("Summary").fill("The courier has lost it.");
  await form.getByRole("button", { name: "Log topic" }).click();
  const topic = (inbox) => inbox.timeline.getByRole("article", { name: "Topic: Lost guest book" });
  await topic(ben).getByText("The courier has lost it.").waitFor();
  await topic(ben).getByText("Issue").waitFor();
  await ben.turnTo();
  await topic(ben).getByRole("button", { name: "Reopen topic" }).click();
  await topic(ana).getByRole("button", { name: "Close topic" }).waitFor();
  await topic(ben).getByRole("button", { name: "Close topic" }).click();
  await topic(ana).getByRole("button", { name: "Reopen topic" }).waitFor();
  assert.deepEqual([...ana.failures, ...ben.failures], []);
});

story(
  "a closed conversation leaves the inbox, stays readable and opens again",
  async ({ browser, server }) => {
    const [ana, ben] = await anaAndBen(browser, server);
    await ana.turnTo();
    await ana.timeline.focus();
    await ana.page.keyboard.press("e");
    await ana.element.getByRole("option", { name: HANNAH.name }).waitFor({ state: "detached" });
    await ben.turnTo();
    await ben.element.getByRole("option", { name: HANNAH.name }).waitFor({ state: "detached" });
    await ben.timeline.getByText("I ordered a linen guest book").waitFor();
    await ben.element.getByRole("button", { name: "Reopen" }).first().click();
    await ana.element.getByRole("option", { name: HANNAH.name }).waitFor();
    assert.deepEqual([...ana.failures, ...ben.failures], []);
  },
);

story("every change is in the trail, with who made it", async ({ browser, server }) => {
  const [ana, ben] = await anaAndBen(browser, server);
  await ana.turnTo();
  const owner = ana.element.getByRole("combobox", { name: "Owner" });
  await owner.selectOption({ label: "Joost van Dam" });
  await ana.element.getByRole("combobox", { name: "Priority" }).first().selectOption("low");
  await ana.synced();
  const trail = ben.timeline.locator("details", { hasText: "changes" }).last();
  await until("Ben reads what Ana changed", async () => {
    const text = await trail.evaluate((details) => {
      details.open = true;
      return details.innerText;
    });
    return /Ana Duarte.*Joost van Dam/.test(text) && /Ana Duarte.*Low/.test(text);
  });
  assert.deepEqual([...ana.failures, ...ben.failures], []);
});

story("a note in rich text names a teammate", async ({ browser, server }) => {
  const [ana, ben] = await anaAndBen(browser, server);
  await ana.turnTo();
  await ana.timeline.focus();
  await ana.page.keyboard.press("n");
  await ana.element.locator(".ProseMirror:focus").waitFor();
  await ana.page.keyboard.press("Control+b");
  await ana.page.keyboard.type("Bold");
  await ana.page.keyboard.press("Control+b");
  await ana.page.keyboard.type(" for @Be");
  await ana.page.keyboard.press("Enter");
  await ana.page.keyboard.type("please look");
  await ana.page.keyboard.press("Control+Enter");
  const note = (inbox) =>
    inbox.timeline.getByRole("article", { name: "Private note by Ana Duarte" }).last();
  await note(ben).getByText("please look").waitFor();
  await note(ben).locator("strong", { hasText: "Bold" }).waitFor();
  await note(ben).getByText("@Ben").waitFor();
  assert.deepEqual([...ana.failures, ...ben.failures], []);
});

story(
  "a long text that is pasted into a note comes to a teammate",
  async ({ browser, server }) => {
    const [ana, ben] = await anaAndBen(browser, server);
    await ana.editNote();
    // Three times as much as one change may hold, in one line and in many.
    const text = ["word ".repeat(3_000), ...Array(1_000).fill("a short line"), "the end"].join(
      "\n\n",
    );
    await ana.noteField.evaluate((field, text) => {
      const clipboardData = new DataTransfer();
      clipboardData.setData("text/plain", text);
      field.dispatchEvent(
        new ClipboardEvent("paste", { clipboardData, bubbles: true, cancelable: true }),
      );
    }, text);
    await ana.page.keyboard.type(" of it");
    await ana.synced();
    await until("Ben reads all of it", async () => {
      const read = await ben.note.innerText();
      return read.split("a short line").length === 1_001 && read.includes("the end of it");
    });
    assert.equal((await ben.note.innerText()).split("word ").length, 3_001);
    assert.doesNotMatch((await ana.syncState.getAttribute("aria-label")) ?? "", /refused/i);
    assert.deepEqual([...ana.failures, ...ben.failures], []);
  },
  // Firefox gives a paste that a test makes up no data.
  { only: ["chromium"] },
);

story(
  "a conversation is saved as a file that another server takes in",
  async ({ browser, server }) => {
    const { inbox } = await agent(browser, server.origin, "ana");
    await inbox.choose(HANNAH.name);
    const download = inbox.page.waitForEvent("download");
    await inbox.element.getByRole("button", { name: "More actions" }).first().click();
    await inbox.element.getByRole("menuitem", { name: "Save as a file, with its history" }).click();
    const folder = await mkdtemp(join(tmpdir(), "threadline-"));
    const file = join(folder, (await download).suggestedFilename());
    await (await download).saveAs(file);
    assert.match(file, /\.threadline$/);
    const into = ["--data", join(folder, "data"), "--workspace", WORKSPACE];
    const told = await threadline("import", ...into, file);
    assert.match(told, /^new: \d+ changes in 2 documents/);
    await rm(folder, { recursive: true });
    assert.deepEqual(inbox.failures, []);
  },
  // Firefox tells its driver of no download.
  { only: ["chromium"] },
);
