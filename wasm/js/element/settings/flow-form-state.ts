/** What the form of a flow holds, and how it changes while somebody fills it in. */
import type {
  Channel,
  DueUnit,
  Flow,
  FlowAction,
  FlowCondition,
  FlowDraft,
  FlowTrigger,
  Priority,
} from "../common/types.js";

/** An entry of a list in the form. Its key stays when it moves, so that its fields move along. */
export interface Row<T> {
  readonly key: number;
  readonly it: T;
}

/** The form of a flow as it is filled in. */
export interface FlowForm {
  readonly name: string;
  readonly trigger: FlowTrigger;
  readonly conditions: readonly Row<FlowCondition>[];
  readonly actions: readonly Row<FlowAction>[];
}

/** What stands for the conversation's tags where else a placeholder's name stands. */
export const TAGS = "tags";

const ALWAYS = [
  "message.subject",
  "message.text",
  "message.channel",
  "sender.name",
  "sender.first_name",
  "sender.address",
  "conversation.subject",
  "conversation.status",
  "conversation.priority",
  "conversation.owner",
  "conversation.team",
] as const;
const TOPIC = ["topic.subject", "topic.purpose", "topic.summary"] as const;
const TASK = ["task.title", "task.type"] as const;
const TAG = ["tag"] as const;

/** The name of a value that a flow knows, as placeholders and conditions name it. */
export type ValueName = (typeof ALWAYS | typeof TOPIC | typeof TASK | typeof TAG)[number];

/** The values that a flow with this trigger knows. The core fills them in when it runs. */
export function valuesOf({ type }: FlowTrigger): readonly ValueName[] {
  switch (type) {
    case "topic_logged":
      return [...TOPIC, ...ALWAYS];
    case "task_done":
      return [...TASK, ...ALWAYS];
    case "tag_added":
      return [...TAG, ...ALWAYS];
    default:
      return ALWAYS;
  }
}

/** The form of a flow, or of a new one. */
export function formOf(flow: Flow | undefined): FlowForm {
  const rows = <T>(all: T[]): Row<T>[] => all.map((it, key) => ({ key, it }));
  return {
    name: flow?.name ?? "",
    trigger: flow?.trigger ?? { type: "first_message" },
    conditions: rows(flow?.conditions ?? []),
    actions: rows(flow?.actions ?? []),
  };
}

/** The flow that a form says. A new one runs at once; another stays on or off. */
export function draftOf(form: FlowForm, flow: Flow | undefined): FlowDraft {
  return {
    ...(flow && { id: flow.id }),
    name: form.name.trim(),
    active: flow?.active ?? true,
    trigger: form.trigger,
    conditions: form.conditions.map(({ it }) => it),
    actions: form.actions.map(({ it }) => it),
  };
}

/** The rows and one more. */
export function added<T>(rows: readonly Row<T>[], it: T): Row<T>[] {
  return [...rows, { key: Math.max(-1, ...rows.map(({ key }) => key)) + 1, it }];
}

/** The rows with one on the place of its neighbour. */
export function moved<T>(rows: readonly Row<T>[], at: number, by: 1 | -1): Row<T>[] {
  const order = [...rows];
  order.splice(at + by, 0, ...order.splice(at, 1));
  return order;
}

/** An action that is yet to be filled in. */
export function newAction(type: FlowAction["type"], taskType: string, purpose: string): FlowAction {
  switch (type) {
    case "create_task":
      return { type, task: { title: "", taskType, priority: "medium" } };
    case "log_topic":
      return { type, topic: { subject: "", purpose } };
    case "add_note":
      return { type, text: "" };
    case "add_tag":
    case "remove_tag":
      return { type, tag: "" };
    case "set_owner":
      return { type, owner: null };
    case "set_team":
      return { type, team: null };
    case "set_priority":
      return { type, priority: "high" };
    case "close":
    case "reopen":
      return { type };
  }
}

/** What a trigger asks for beyond its type: a channel, a purpose; empty for all. */
export function choiceOf(trigger: FlowTrigger): string {
  switch (trigger.type) {
    case "message_received":
      return trigger.channel ?? "";
    case "topic_logged":
      return trigger.purpose ?? "";
    case "task_done":
      return trigger.taskType ?? "";
    case "tag_added":
      return trigger.tag ?? "";
    default:
      return "";
  }
}

function triggerOf(type: FlowTrigger["type"], choice: string): FlowTrigger {
  switch (type) {
    case "message_received":
      return { type, channel: (choice || undefined) as Channel | undefined };
    case "topic_logged":
      return { type, purpose: choice || undefined };
    case "task_done":
      return { type, taskType: choice || undefined };
    case "tag_added":
      return { type, tag: choice.trim() || undefined };
    default:
      return { type };
  }
}

/**
 * The form as its fields say it now.
 * @param field what stands in a field; those of a list are named by their place, `actions/0/title`
 * @param first the value that a choice begins with; undefined for what is typed
 */
export function typedInto(
  form: FlowForm,
  field: (name: string) => string,
  first: (value: string) => string | undefined,
): FlowForm {
  const type = field("trigger") as FlowTrigger["type"];
  // The choice in the form belongs to the trigger that was there before.
  const choice = type === form.trigger.type ? field("choice") : "";
  return {
    name: field("name"),
    trigger: triggerOf(type, choice),
    conditions: form.conditions.map(({ key, it }, at) => ({
      key,
      it: conditionOf(it, (name) => field(`conditions/${at}/${name}`), first),
    })),
    actions: form.actions.map(({ key, it }, at) => ({
      key,
      it: actionOf(it, (name) => field(`actions/${at}/${name}`)),
    })),
  };
}

/** What a condition is about. */
export function subjectOf(condition: FlowCondition): string {
  return condition.type === "tag" ? TAGS : condition.name;
}

function conditionOf(
  old: FlowCondition,
  field: (name: string) => string,
  first: (value: string) => string | undefined,
): FlowCondition {
  const [name, test] = [field("name"), field("test")];
  const before = subjectOf(old);
  // What was typed stays when it is compared with something else; what was chosen does not.
  const typed = name === before || first(before) === undefined ? field("text") : "";
  const text = name === before ? typed : (first(name) ?? typed);
  if (name === TAGS) return { type: "tag", tag: text, present: test !== "has_not" };
  const fits = test === "is_not" || (test === "contains" && first(name) === undefined);
  return { type: "value", name, test: fits ? test : "is", text };
}

function actionOf(action: FlowAction, field: (name: string) => string): FlowAction {
  switch (action.type) {
    case "create_task": {
      const amount = field("due");
      return {
        type: action.type,
        task: {
          ...action.task,
          title: field("title"),
          description: field("description"),
          taskType: field("taskType"),
          priority: field("priority"),
          assignee: field("assignee"),
          due: amount ? { amount: Number(amount), unit: field("unit") as DueUnit } : undefined,
        },
      };
    }
    case "log_topic":
      return {
        type: action.type,
        topic: {
          subject: field("subject"),
          purpose: field("purpose"),
          summary: field("summary"),
        },
      };
    case "add_note":
      return { type: action.type, text: field("text") };
    case "add_tag":
    case "remove_tag":
      return { type: action.type, tag: field("tag") };
    case "set_owner":
      return { type: action.type, owner: field("owner") || null };
    case "set_team":
      return { type: action.type, team: field("team") || null };
    case "set_priority":
      return { type: action.type, priority: field("priority") as Priority };
    case "close":
    case "reopen":
      return action;
  }
}
