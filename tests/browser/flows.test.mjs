// Flows: an admin writes one in the settings, and the server does what it says.

import assert from "node:assert/strict";

import { agent } from "./support/inbox.mjs";
import { mail } from "./support/mail.mjs";
import { story } from "./support/story.mjs";
import { until } from "./support/wait.mjs";

/** Opens the flows in the settings, as a host's page and a person do. */
async function openFlows(inbox) {
  await inbox.turnTo();
  await inbox.element.evaluate((element) => element.setAttribute("view", "settings"));
  await inbox.element
    .getByRole("navigation", { name: "Settings" })
    .getByRole("button", { name: "Flows", exact: true })
    .click();
}

/** Adds an action to the flow in the form, and gives its part of it. */
async function addAction({ element }, name, number) {
  await element.getByRole("button", { name: "Add action" }).click();
  await element.getByRole("menuitem", { name, exact: true }).click();
  return element.getByRole("group", { name: `${number}. ${name}` });
}

story("a flow that an admin writes plans a task for a first mail", async ({ browser, server }) => {
  const { inbox } = await agent(browser, server.origin, "ana");
  const { element } = inbox;
  await openFlows(inbox);
  await element.getByText("No flows yet").waitFor();
  await element.getByRole("button", { name: "New flow" }).press("Enter");
  await element.getByLabel("Name", { exact: true }).fill("First answer");
  await element.getByLabel("When", { exact: true }).selectOption("first_message");
  await element.getByRole("button", { name: "Add condition" }).click();
  await element.getByLabel("Value", { exact: true }).fill("RIBBON");

  await addAction(inbox, "Add a tag", 1);
  const task = await addAction(inbox, "Create a task", 2);
  await element.getByRole("button", { name: "Save", exact: true }).click();
  // The core refuses an empty tag and says so beside it.
  await element
    .getByLabel("Tag", { exact: true })
    .and(element.locator("[aria-invalid=true]"))
    .waitFor();
  await element.getByText("This must not be empty.").waitFor();
  await element.getByLabel("Tag", { exact: true }).fill("new");

  const title = task.getByLabel("What is to be done");
  await title.fill("Answer: ");
  await task.getByRole("button", { name: "Insert a value" }).click();
  await element.getByRole("menuitem", { name: "Message subject" }).click();
  assert.equal(await title.inputValue(), "Answer: {{message.subject}}");
  await task.getByLabel("Assignee").selectOption("member:ana");
  await task.getByLabel("Due after").fill("2");
  await element.getByRole("button", { name: "Move up: 2. Create a task" }).click();
  await element.getByRole("group", { name: "1. Create a task" }).waitFor();
  await element.getByRole("button", { name: "Save", exact: true }).click();

  const sentence =
    "When a conversation’s first message comes in and the message subject contains “RIBBON” → " +
    "create the task “Answer: {{message.subject}}” and add the tag “new”";
  await element.getByText(sentence).waitFor();
  await inbox.synced();

  await server.receive(mail("first", "Do you sell blue ribbon?"));
  await element.evaluate((it) => it.setAttribute("view", "inbox"));
  await inbox.choose("Odile Fresh");
  const planned = inbox.timeline.getByRole("article", { name: "Task: Answer: Blue ribbon" });
  assert.equal(await planned.getByLabel("Assignee").inputValue(), "member:ana");
  // The trail says why, folded up with what else was changed at once.
  await until("the flow's run is told, and who made the task", async () => {
    const told = await inbox.timeline.textContent();
    return ["Flow “First answer” ran", "Threadline created a task"].every((it) =>
      told.includes(it),
    );
  });

  await server.receive(mail("second", "Or green?", "In-Reply-To: <first@mail.example>\n"));
  await inbox.timeline.getByText("Or green?").waitFor();
  assert.equal(await planned.count(), 1);
  assert.deepEqual(inbox.failures, []);
});

story("a flow is changed offline, switched off, deleted and brought back", async (stage) => {
  const { browser, server } = stage;
  const { context, inbox: ana } = await agent(browser, server.origin, "ana");
  const { inbox: ben } = await agent(browser, server.origin, "ben");
  await openFlows(ana);
  await openFlows(ben);
  await ana.element.getByRole("button", { name: "New flow" }).click();
  await ana.element.getByLabel("Name", { exact: true }).fill("Thanks");
  await ana.element.getByLabel("When", { exact: true }).selectOption("task_done");
  await addAction(ana, "Close the conversation", 1);
  await ana.element.getByRole("button", { name: "Save", exact: true }).click();
  await ben.element.getByText("When a task is done → close the conversation").waitFor();
  const switched = ({ element }) => element.getByRole("switch", { name: "Run Thanks" });
  assert.equal(await switched(ben).isDisabled(), true);

  await context.setOffline(true);
  await ana.turnTo();
  await ana.element.getByRole("button", { name: "Edit Thanks" }).click();
  await ana.element.getByLabel("Of type").selectOption("follow_up");
  await ana.element.getByRole("button", { name: "Save", exact: true }).click();
  const sentence = "When a task of type Follow-up is done → close the conversation";
  await ana.element.getByText(sentence).waitFor();
  await switched(ana).uncheck();
  await context.setOffline(false);
  await ben.element.getByText(sentence).waitFor();
  await until("Ben sees that it is off", async () => !(await switched(ben).isChecked()));

  await ana.synced();
  await ana.page.reload();
  await ana.element.getByRole("button", { name: /^Sync state/ }).waitFor();
  await openFlows(ana);
  await ana.element.getByText(sentence).waitFor();
  await ana.element.getByRole("button", { name: "Delete Thanks" }).click();
  await ana.element.getByText("No flows yet").waitFor();
  await ana.element.getByRole("button", { name: "Undo", exact: true }).click();
  await ana.element.getByText(sentence).waitFor();
  assert.equal(await switched(ana).isChecked(), false);
  assert.deepEqual([...ana.failures, ...ben.failures], []);
});
