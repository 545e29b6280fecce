// Planned work and what came of it: appointments, a team's task, topics; in the conversation and in the
// views of the whole workspace.

import assert from "node:assert/strict";

import { HANNAH, agent } from "./support/inbox.mjs";
import { story } from "./support/story.mjs";
import { until } from "./support/wait.mjs";

/** Goes to a view by its place in the navigation. */
async function go(inbox, view) {
  await inbox.turnTo();
  await inbox.element.getByRole("button", { name: view, exact: true }).click();
  await inbox.element.getByRole("heading", { name: view, level: 2 }).waitFor();
}

story(
  "an appointment is booked, moved, answered, held and seen in the calendar",
  async ({ browser, server }) => {
    const { inbox: ana } = await agent(browser, server.origin, "ana");
    const { inbox: ben } = await agent(browser, server.origin, "ben");
    for (const inbox of [ben, ana]) await inbox.choose(HANNAH.name);
    const seen = (inbox) =>
      inbox.timeline.getByRole("article", { name: "Appointment: Settle the refund" });

    await ana.turnTo();
    await ana.timeline.focus();
    await ana.page.keyboard.press("m");
    const form = ana.element.getByRole("form", { name: "New appointment" });
    await form.getByLabel("What it is about").fill("Settle the refund");
    await form.getByLabel("Day").fill("2031-05-06");
    await form.getByLabel("From").fill("10:00");
    await form.getByLabel("To", { exact: true }).fill("09:00");
    await form.getByLabel("Ben Okafor").check();
    await form.getByLabel("Video link").fill("https://meet.example.com/refund");
    await form.getByRole("button", { name: "Book" }).click();
    // What the core refuses stands beside its field, and nothing that was typed is lost.
    await form.getByRole("alert").waitFor();
    await form.getByLabel("To", { exact: true }).fill("11:00");
    await form.getByRole("button", { name: "Book" }).click();
    await seen(ana).waitFor();

    await seen(ben).getByText("10:00–11:00").waitFor();
    await ben.turnTo();
    await seen(ben)
      .getByRole("combobox", { name: "Answer of Ben Okafor" })
      .selectOption({ label: "Accepted" });
    const answer = seen(ana).getByRole("combobox", { name: "Answer of Ben Okafor" });
    await until("Ana sees the answer", async () => (await answer.inputValue()) === "accepted");

    // Who moves it asks everybody again.
    await ana.turnTo();
    await seen(ana).getByRole("button", { name: "Reschedule" }).click();
    const change = seen(ana).getByRole("form", { name: "Edit the appointment" });
    await change.getByLabel("From").fill("14:00");
    await change.getByLabel("To", { exact: true }).fill("15:00");
    await change.getByRole("button", { name: "Save" }).click();
    await seen(ben).getByText("14:00–15:00").waitFor();
    await until("nobody has answered yet", async () => (await answer.inputValue()) !== "accepted");

    await seen(ana).getByRole("button", { name: "Add meeting notes" }).click();
    await seen(ana).getByLabel("Meeting notes").fill("We pay for the second book.");
    await seen(ana).getByRole("button", { name: "Save" }).click();
    await seen(ana).getByRole("button", { name: "Took place" }).click();
    await seen(ben).getByText("We pay for the second book.").waitFor();
    await seen(ben).getByText("Took place").waitFor();
    await seen(ben).getByText("History").click();
    await seen(ben)
      .getByText(/Ana Duarte booked an appointment/)
      .waitFor();

    await go(ben, "Calendar");
    const entry = ben.element.getByRole("button", { name: /Scheduled|Took place|Nobody came/ });
    await ben.element.getByRole("button", { name: "Earlier" }).click();
    await entry.first().waitFor();
    await entry.first().click();
    await ben.timeline.waitFor();
    assert.deepEqual([...ana.failures, ...ben.failures], []);
  },
);

story(
  "a team's task is claimed in the list and finished with its log and what follows",
  async ({ browser, server }) => {
    const { inbox: ana } = await agent(browser, server.origin, "ana");
    const title = "Pack grey desk pad for Noor Visser with a return label";
    await go(ana, "Tasks");
    await ana.element.getByRole("button", { name: /^My teams/ }).click();
    const row = ana.element.getByRole("listitem").filter({ hasText: title });
    await row.getByRole("button", { name: "Claim" }).click();
    await ana.element.getByText("The task is yours now").waitFor();
    await row.waitFor({ state: "detached" });

    // It is hers now, and leads to its conversation.
    await ana.element.getByRole("button", { name: /^Mine/ }).click();
    await row.getByText(title).click();
    const task = ana.timeline.getByRole("article", { name: `Task: ${title}` });
    await task.getByRole("button", { name: "Done", exact: true }).click();
    const outcome = task.getByRole("form", { name: "Log an outcome" });
    await outcome.getByLabel("Subject").fill("The grey pad is packed");
    await outcome.getByLabel("Summary").fill("The label is in the parcel.");
    await outcome.getByLabel("Plan a follow-up task").check();
    await outcome.getByLabel("What is to be done").fill("Ask whether the grey pad came");
    await outcome.getByRole("button", { name: "Suggestions" }).click();
    await ana.element.getByRole("menuitem", { name: "In 2 business days" }).click();
    await outcome.getByRole("button", { name: "Log and finish" }).click();
    const topic = ana.timeline.getByRole("article", { name: "Topic: The grey pad is packed" });
    await topic.getByText("Outcome of a task").waitFor();
    const next = "Ask whether the grey pad came";
    await ana.timeline.getByRole("article", { name: `Task: ${next}` }).waitFor();
    await task.getByText("History").click();
    await task.getByText(/Ana Duarte claimed a task/).waitFor();

    // The log of the workspace has it, and finds it by what it was logged from.
    await go(ana, "Log");
    await ana.element.getByRole("searchbox", { name: "Search the log" }).fill("grey pad packed");
    await ana.element.getByRole("combobox", { name: "Logged from" }).selectOption("Task");
    await ana.element.getByRole("listitem").filter({ hasText: "The grey pad is packed" }).waitFor();
    await ana.element.getByRole("combobox", { name: "Logged from" }).selectOption("E-mail");
    await ana.element.getByText("No topic is like that").waitFor();

    // Completed in the list by the keyboard alone, and taken back.
    await go(ana, "Tasks");
    await ana.element.getByRole("searchbox", { name: "Search tasks" }).fill("whether the grey pad");
    const follow = ana.element.getByRole("listitem").filter({ hasText: next });
    await follow.getByRole("button", { name: `Complete: ${next}` }).focus();
    await ana.page.keyboard.press("j");
    await ana.page.keyboard.press("e");
    await follow.waitFor({ state: "detached" });
    await ana.element.getByRole("button", { name: "Undo" }).click();
    await follow.waitFor();
    assert.deepEqual(ana.failures, []);
  },
);

story(
  "a topic takes its span from the timeline and brings a task along",
  async ({ browser, server }) => {
    const { inbox: ana } = await agent(browser, server.origin, "ana");
    await ana.choose(HANNAH.name);
    await ana.timeline.focus();
    await ana.page.keyboard.press("c");
    const form = ana.element.getByRole("form", { name: "New topic" });
    await form.getByLabel("Subject").fill("Where the book is");
    await ana.timeline.getByRole("button", { name: "From here" }).last().click();
    await ana.timeline.getByRole("button", { name: "To here" }).last().click();
    for (const name of ["First message", "Last message"]) {
      assert.notEqual(await form.getByLabel(name).inputValue(), "");
    }
    await form.getByLabel("Plan a follow-up task").check();
    await form.getByLabel("What is to be done").fill("Write to the depot");
    await form.getByRole("button", { name: "Log topic" }).click();
    const topic = ana.timeline.getByRole("article", { name: "Topic: Where the book is" });
    await topic.waitFor();
    await ana.timeline.getByRole("article", { name: "Task: Write to the depot" }).waitFor();

    // Every field can be changed afterwards, in place.
    await topic.getByRole("button", { name: "Edit" }).click();
    const change = topic.getByRole("form", { name: "Edit topic" });
    await change.getByLabel("Purpose").selectOption("Issue");
    await change.getByLabel("Ticket or reference").fill("T-4711");
    await change.getByLabel("Owner").selectOption("Ben Okafor");
    await change.getByRole("button", { name: "Save" }).click();
    for (const text of ["Issue", "T-4711", "Ben Okafor"]) {
      await topic.getByText(text, { exact: true }).first().waitFor();
    }
    assert.deepEqual(ana.failures, []);
  },
);
