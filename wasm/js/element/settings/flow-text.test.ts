import { afterEach, expect, test } from "vitest";
import type { Desk } from "../common/desk.js";
import { speak } from "../common/strings.js";
import type { Flow } from "../common/types.js";
import { flowText } from "./flow-text.js";
import { settingText } from "./setting-key.js";

const desk = {
  people: [{ id: "ana", name: "Ana Duarte" }],
  teams: ["shipping"],
  settings: {
    purposes: [{ id: "issue", name: "", position: 0, archived: false }],
    taskTypes: [{ id: "callback", name: "Call back", position: 0, archived: false }],
  },
  nameOf: (id: string) => (id === "ana" ? "Ana Duarte" : id),
  teamName: (id: string) => (id === "shipping" ? "Shipping" : id),
} as unknown as Desk;

const flow = (parts: Partial<Flow>): Pick<Flow, "trigger" | "conditions" | "actions"> => ({
  trigger: { type: "first_message" },
  conditions: [],
  actions: [{ type: "close" }],
  ...parts,
});

afterEach(() => speak("en"));

test.each<[Partial<Flow>, string]>([
  [
    { actions: [{ type: "create_task", task: { title: "Answer", taskType: "follow_up" } }] },
    "When a conversation’s first message comes in → create the task “Answer”",
  ],
  [
    { trigger: { type: "message_received", channel: "sms" } },
    "When a message comes in by SMS → close the conversation",
  ],
  [
    { trigger: { type: "topic_logged", purpose: "issue" } },
    "When a topic is logged as Issue → close the conversation",
  ],
  [
    { trigger: { type: "task_done", taskType: "callback" } },
    "When a task of type Call back is done → close the conversation",
  ],
  [
    {
      conditions: [
        { type: "value", name: "message.subject", test: "contains", text: "late" },
        { type: "value", name: "conversation.owner", test: "is", text: "ana" },
        { type: "value", name: "conversation.team", test: "is_not", text: "" },
        { type: "tag", tag: "vip", present: false },
      ],
    },
    "When a conversation’s first message comes in and the message subject contains “late”, " +
      "the owner is “Ana Duarte”, the team is not “None” and the conversation does not have the tag “vip” " +
      "→ close the conversation",
  ],
  [
    {
      trigger: { type: "tag_added", tag: "vip" },
      actions: [
        { type: "set_owner", owner: "ana" },
        { type: "set_team", team: "shipping" },
        { type: "set_priority", priority: "high" },
      ],
    },
    "When the tag “vip” is added → give it to Ana Duarte, give it to the team Shipping and " +
      "set the priority to high",
  ],
])("%j reads %s", (parts, text) => {
  expect(flowText(flow(parts), desk)).toBe(text);
});

test("a flow reads as one sentence in every language", async () => {
  const tagged = flow({ trigger: { type: "tag_added" } });
  await speak("de");
  expect(flowText(tagged, desk)).toBe(
    "Wenn ein Schlagwort hinzukommt → die Unterhaltung schließen",
  );
  await speak("ar");
  expect(flowText(tagged, desk)).toBe("عندما يُضاف وسم ← إغلاق المحادثة");
});

test.each([
  ["flow/1/name", "First answer", "First answer"],
  ["flow/1/active", "true", "yes"],
  ["flow/1/trigger", '{"type":"task_done","taskType":null}', "a task is done"],
  ["flow/1/actions", '[{"type":"add_tag","tag":"new"}]', "add the tag “new”"],
  // What another program wrote is shown as it is.
  ["flow/1/trigger", '{"type":"moon_full"}', '{"type":"moon_full"}'],
  ["flow/1/conditions", "{", "{"],
])("the setting %s = %s reads %s", (key, value, text) => {
  expect(settingText(key, value, desk)).toBe(text);
});
