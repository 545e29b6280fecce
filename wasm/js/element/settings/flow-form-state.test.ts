import { expect, test } from "vitest";
import type { Flow, FlowAction, FlowCondition } from "../common/types.js";
import {
  type FlowForm,
  TAGS,
  added,
  draftOf,
  formOf,
  moved,
  newAction,
  typedInto,
} from "./flow-form-state.js";

const FLOW: Flow = {
  id: "0198f3a0-0000-7000-8000-000000000001",
  name: "First answer",
  active: false,
  trigger: { type: "topic_logged", purpose: "issue" },
  conditions: [
    { type: "value", name: "message.channel", test: "is", text: "email" },
    { type: "tag", tag: "vip", present: true },
  ],
  actions: [
    {
      type: "create_task",
      task: {
        title: "Answer {{sender.name}}",
        description: "At once",
        channel: "call",
        taskType: "follow_up",
        priority: "high",
        assignee: "member:ana",
        due: { amount: 2, unit: "business_days" },
      },
    },
    { type: "log_topic", topic: { subject: "Order", purpose: "issue", summary: "" } },
    { type: "add_note", text: "Hello" },
    { type: "add_tag", tag: "new" },
    { type: "set_owner", owner: null },
    { type: "set_team", team: "shipping" },
    { type: "set_priority", priority: "low" },
    { type: "close" },
  ],
};

/** What the fields of a form say that nobody has touched. */
function fieldsOf({ name, trigger, conditions, actions }: FlowForm): Map<string, string> {
  const fields = new Map([
    ["name", name],
    ["trigger", trigger.type],
  ]);
  const { type: _, ...choice } = trigger;
  fields.set("choice", Object.values<string | null>(choice)[0] ?? "");
  const put = (prefix: string, values: object): void => {
    for (const [key, value] of Object.entries(values)) {
      if (value !== null) fields.set(`${prefix}/${key}`, String(value));
    }
  };
  conditions.forEach(({ it }, at) =>
    put(
      `conditions/${at}`,
      it.type === "tag" ? { name: TAGS, test: it.present ? "has" : "has_not", text: it.tag } : it,
    ),
  );
  actions.forEach(({ it }, at) => {
    put(
      `actions/${at}`,
      it.type === "create_task" ? it.task : it.type === "log_topic" ? it.topic : it,
    );
    if (it.type === "create_task") {
      put(`actions/${at}`, { due: it.task.due?.amount ?? "", unit: it.task.due?.unit ?? "days" });
    }
  });
  return fields;
}

/** What a choice begins with: channels have one, texts have none. */
const first = (value: string): string | undefined =>
  value === "message.channel" ? "email" : undefined;

/** The form after something was typed into its fields. */
function typing(form: FlowForm, typed: Record<string, string> = {}): FlowForm {
  const fields = new Map([...fieldsOf(form), ...Object.entries(typed)]);
  return typedInto(form, (name) => fields.get(name) ?? "", first);
}

test("a flow that is opened and saved is the same flow", () => {
  expect(draftOf(typing(formOf(FLOW)), FLOW)).toEqual(FLOW);
});

test("a new flow runs at once, under a name without spaces around it", () => {
  const form = typing(formOf(undefined), { name: " First answer " });
  expect(draftOf(form, undefined)).toEqual({
    name: "First answer",
    active: true,
    trigger: { type: "first_message" },
    conditions: [],
    actions: [],
  });
});

test("what another trigger asks for does not stay", () => {
  const { trigger } = typing(formOf(FLOW), { trigger: "task_done" });
  expect(trigger).toEqual({ type: "task_done", taskType: undefined });
});

test.each<[string, FlowCondition, Record<string, string>, FlowCondition]>([
  [
    "typed text stays for another typed value",
    { type: "value", name: "message.text", test: "contains", text: "late" },
    { name: "message.subject" },
    { type: "value", name: "message.subject", test: "contains", text: "late" },
  ],
  [
    "a value of a few choices begins with the first, and does not contain",
    { type: "value", name: "message.text", test: "contains", text: "late" },
    { name: "message.channel" },
    { type: "value", name: "message.channel", test: "is", text: "email" },
  ],
  [
    "what was chosen does not become text",
    { type: "value", name: "message.channel", test: "is_not", text: "email" },
    { name: "message.text" },
    { type: "value", name: "message.text", test: "is_not", text: "" },
  ],
  [
    "a text becomes a tag",
    { type: "value", name: "message.text", test: "is", text: "vip" },
    { name: TAGS },
    { type: "tag", tag: "vip", present: true },
  ],
  [
    "a tag becomes a text",
    { type: "tag", tag: "vip", present: false },
    { name: "message.text" },
    { type: "value", name: "message.text", test: "is", text: "vip" },
  ],
])("%s", (_, before, typed, after) => {
  const form = formOf({ ...FLOW, conditions: [before] });
  const named = Object.entries(typed).map(([name, value]) => [`conditions/0/${name}`, value]);
  const { conditions } = typing(form, Object.fromEntries(named) as Record<string, string>);
  expect(conditions.map(({ it }) => it)).toEqual([after]);
});

test("without an amount there is no due date", () => {
  const { actions } = typing(formOf(FLOW), { "actions/0/due": "" });
  expect(actions[0]?.it).toMatchObject({
    task: { due: undefined, title: "Answer {{sender.name}}" },
  });
});

test("an action that moves keeps its key, and one that is added gets a new one", () => {
  const actions = ["close", "reopen", "add_note"].map((type) =>
    newAction(type as FlowAction["type"], "follow_up", "issue"),
  );
  const rows = formOf({ ...FLOW, actions }).actions;
  const keys = (all: readonly { key: number }[]): number[] => all.map(({ key }) => key);
  expect(keys(moved(rows, 2, -1))).toEqual([0, 2, 1]);
  expect(keys(moved(rows, 0, 1))).toEqual([1, 0, 2]);
  expect(keys(added(moved(rows, 0, 1).slice(1), { type: "close" }))).toEqual([0, 2, 3]);
});
