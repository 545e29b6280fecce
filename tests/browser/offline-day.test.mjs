// An offline day: two agents work apart with every kind of thing there is, and meet again.

import assert from "node:assert/strict";

import { screenshot } from "./support/browser.mjs";
import { HANNAH, agent } from "./support/inbox.mjs";
import { story } from "./support/story.mjs";
import { until } from "./support/wait.mjs";

const DAY = 86_400_000;

/** Gives commands to the open conversation, and to its contact, as the widget's parts do. */
function give(inbox, commands) {
  return inbox.element.evaluate((element, commands) => {
    const { client } = element.desk;
    const conversation = element.conversation;
    const { contact } = client.header(conversation);
    for (const { on, ...command } of commands) {
      client.apply(on === "contact" ? { contact, ...command } : { conversation, ...command });
    }
  }, commands);
}

/** All that an inbox knows of the open conversation and its contact, as data. */
function known(inbox) {
  return inbox.element.evaluate((element) => {
    const { client } = element.desk;
    const header = client.header(element.conversation);
    return {
      header,
      items: client.items(element.conversation, { limit: 1_000 }),
      contact: client.contact(header.contact),
    };
  });
}

const paragraph = {
  type: "block",
  value: { type: "paragraph", parents: [], attrs: {}, isEmbed: false },
};
const task = (title) => ({ title, taskType: "follow_up", priority: "high" });
const topic = (subject) => ({ subject, purpose: "issue", summary: "Said by phone." });

story(
  "two agents work apart for a day with everything there is, and it all meets",
  async (stage) => {
    const { browser, server } = stage;
    const { context: anasBrowser, inbox: ana } = await agent(browser, server.origin, "ana");
    const { context: bensBrowser, inbox: ben } = await agent(browser, server.origin, "ben");
    for (const inbox of [ana, ben]) {
      await inbox.choose(HANNAH.name);
      await inbox.synced();
    }
    await Promise.all([anasBrowser.setOffline(true), bensBrowser.setOffline(true)]);

    const start = Date.now() + DAY;
    await give(ana, [
      { type: "add_note", spans: [paragraph, { type: "text", value: "Ana's note of the day" }] },
      {
        type: "send_message",
        channel: "email",
        to: [{ address: "hannah@example.com" }],
        subject: "",
        text: "Ana's answer of the day",
      },
      { type: "create_task", draft: task("Ana's task of the day") },
      {
        type: "book_appointment",
        draft: {
          title: "Ana's appointment of the day",
          when: { start, end: start + 1_800_000, zone: "Europe/Lisbon" },
          attendees: ["member:ben"],
        },
      },
      { type: "add_tag", tag: "ana-was-here" },
      { type: "star_conversation", starred: true },
      { type: "set_owner", owner: "ana" },
      {
        on: "contact",
        type: "set_contact_field",
        set: { field: "company", value: "Brandt & Ana" },
      },
      {
        on: "contact",
        type: "create_opportunity",
        draft: {
          title: "Ana's deal of the day",
          stage: { pipeline: "sales", stage: "offer" },
          value: { amount: 12_345, currency: "EUR" },
        },
      },
    ]);
    await give(ben, [
      {
        type: "create_topic",
        draft: topic("Ben's topic of the day"),
        followUp: task("Ben's follow-up of the day"),
      },
      {
        type: "log_call",
        draft: {
          direction: "in",
          call: { outcome: "answered", duration: 90, recording: "" },
          text: "Ben's call of the day",
        },
      },
      { type: "set_conversation_priority", priority: "critical" },
      { type: "add_tag", tag: "ben-was-here" },
      { type: "set_owner", owner: "mira" },
      { on: "contact", type: "add_contact_tag", tag: "collector" },
      {
        on: "contact",
        type: "set_contact_field",
        set: { field: "company", value: "Brandt & Ben" },
      },
      { type: "snooze_conversation", until: start },
    ]);
    await until("the work of both waits visibly", async () =>
      (
        await Promise.all([ana, ben].map(({ syncState }) => syncState.getAttribute("aria-label")))
      ).every((label) => /Offline.*waiting/.test(label ?? "")),
    );
    await screenshot(ana.page, "story-offline-day");

    await Promise.all([anasBrowser.setOffline(false), bensBrowser.setOffline(false)]);
    for (const inbox of [ana, ben]) await inbox.synced();
    await until("both know the same", async () => {
      const [one, other] = await Promise.all([known(ana), known(ben)]);
      return JSON.stringify(one) === JSON.stringify(other);
    });

    // What both see is all that either did.
    for (const inbox of [ana, ben]) {
      await inbox.turnTo();
      for (const words of [
        "Ana's note of the day",
        "Ana's answer of the day",
        "Ana's task of the day",
        "Ana's appointment of the day",
        "Ben's topic of the day",
        "Ben's follow-up of the day",
        "Ben's call of the day",
      ]) {
        await inbox.timeline.getByText(words).first().waitFor();
      }
    }
    const { header, contact } = await known(ana);
    assert.deepEqual(
      { priority: header.priority, starred: header.starred, snoozed: header.snoozed?.until },
      { priority: "critical", starred: ["ana", "ben"], snoozed: start },
    );
    assert.ok(["ana-was-here", "ben-was-here"].every((tag) => header.tags.includes(tag)));
    assert.deepEqual(
      header.conflicts.map(({ field, values }) => [field, values.map(({ value }) => value).sort()]),
      [["owner", ["ana", "mira"]]],
    );
    assert.ok(contact.tags.includes("collector"));
    assert.ok(contact.opportunities.some(({ title }) => title === "Ana's deal of the day"));
    const company = contact.conflicts.find(({ field }) => field === "company");
    assert.deepEqual(company?.values.map(({ value }) => value).sort(), [
      "Brandt & Ana",
      "Brandt & Ben",
    ]);

    // A browser that was never there that day sees it as well.
    const { inbox: later } = await agent(browser, server.origin, "ben");
    // It is put off, so no list leads to it.
    const conversation = await ana.element.evaluate((element) => element.conversation);
    await later.element.evaluate((element, id) => (element.conversation = id), conversation);
    await later.timeline.getByText("Ben's call of the day").first().waitFor();
    await screenshot(ben.page, "story-offline-day-after");
    assert.deepEqual([...ana.failures, ...ben.failures], []);
  },
);
