/**
 * How a conflict's values read, and which command sets the field to one of them.
 * The core gives every value as text; commands take them as it does.
 */
import { parseSpan, spanText } from "../appointment/when.js";
import { dueText, parseDue } from "../task/due.js";
import { choiceText } from "./choices.js";
import type { Desk } from "./desk.js";
import { momentText } from "./format.js";
import { strings, word } from "./strings.js";
import { exactText } from "./format.js";
import type {
  Appointment,
  AppointmentStatus,
  Assignee,
  Command,
  ContactField,
  Priority,
  TaskChannel,
  TaskField,
  TaskStatus,
  Topic,
  TopicField,
} from "./types.js";

/** A conflict's value in words. */
export function valueText(desk: Desk, field: string, value: string): string {
  if (value === "") return "";
  const table = (words: Record<string, string>): string => word(words, value);
  switch (field) {
    case "owner":
    case "organiser":
      return desk.nameOf(value);
    case "team":
      return desk.teamName(value);
    case "assignee":
      return desk.assigneeName(value);
    case "priority":
      return table(strings.priorities);
    case "channel":
      return table(strings.channels);
    case "taskType":
      return choiceText(desk.settings.taskTypes, value, strings.taskTypes);
    case "type":
      return table(strings.contactTypes);
    case "purpose":
      return choiceText(desk.settings.purposes, value, strings.purposes);
    case "status":
      return table({
        ...strings.taskStatus,
        ...strings.conversationStatus,
        ...strings.contactStatus,
      });
    case "important":
    case "spam":
      return table(strings.flags);
    case "snoozed":
      return momentText(Number(value));
    case "due": {
      const due = parseDue(value);
      return due ? dueText(due, Date.now()) : value;
    }
    case "when": {
      const span = parseSpan(value);
      return span ? spanText(span, Date.now()) : value;
    }
    case "start":
    case "end":
      return exactText(momentOf(value));
    default:
      return value;
  }
}

/** A moment as the core writes it in a conflict or an activity: in milliseconds. */
const momentOf = (value: string): number => Number(value);

/** Sets a conversation's field; `undefined` for one that no command sets. */
export function settleConversation(
  conversation: string,
  field: string,
  value: string,
): Command | undefined {
  switch (field) {
    case "owner":
      return { conversation, type: "set_owner", owner: value || null };
    case "team":
      return { conversation, type: "set_team", team: value || null };
    case "priority":
      return { conversation, type: "set_conversation_priority", priority: value as Priority };
    case "subject":
      return { conversation, type: "set_conversation_subject", subject: value };
    case "status":
      return {
        conversation,
        type: value === "closed" ? "close_conversation" : "reopen_conversation",
      };
    default:
      return undefined;
  }
}

/** Sets a task's field. */
export function settleTask(
  conversation: string,
  task: string,
  field: string,
  value: string,
): Command | undefined {
  if (field === "status") {
    return { conversation, type: "set_task_status", task, status: value as TaskStatus };
  }
  const set = taskField(field, value);
  return set && { conversation, type: "set_task_field", task, set };
}

function taskField(field: string, value: string): TaskField | undefined {
  switch (field) {
    case "title":
    case "description":
    case "taskType":
      return { field, value };
    case "channel":
      return { field, value: (value || null) as TaskChannel | null };
    case "priority":
      return { field, value: value as Priority };
    case "assignee":
      return { field, value: (value || null) as Assignee | null };
    case "due":
      return { field, value: parseDue(value) };
    default:
      return undefined;
  }
}

/** Sets a topic's field; `undefined` for one that no command sets. */
export function settleTopic(
  conversation: string,
  { id: topic }: Topic,
  field: string,
  value: string,
): Command | undefined {
  if (field === "status") {
    const status = value === "open" ? "open" : "closed";
    return { conversation, type: "set_topic_status", topic, status };
  }
  const set = topicField(field, value);
  return set && { conversation, type: "set_topic_field", topic, set };
}

function topicField(field: string, value: string): TopicField | undefined {
  switch (field) {
    case "subject":
    case "purpose":
    case "summary":
    case "reference":
      return { field, value };
    case "owner":
    case "firstMessage":
    case "lastMessage":
      return { field, value: value || null };
    case "start":
      return { field, value: momentOf(value) };
    case "end":
      return { field, value: value ? momentOf(value) : null };
    default:
      return undefined;
  }
}

/** Sets an appointment's field; `undefined` for one that no command sets. */
export function settleAppointment(
  conversation: string,
  { id: appointment }: Appointment,
  field: string,
  value: string,
): Command | undefined {
  switch (field) {
    case "status": {
      const status = value as AppointmentStatus;
      return { conversation, type: "set_appointment_status", appointment, status };
    }
    case "when": {
      const span = parseSpan(value);
      const set = span && ({ field, value: span } as const);
      return set && { conversation, type: "set_appointment_field", appointment, set };
    }
    case "title":
    case "organiser":
    case "place":
    case "link":
    case "agenda":
    case "notes": {
      const set = { field, value };
      return { conversation, type: "set_appointment_field", appointment, set };
    }
    default:
      return undefined;
  }
}

/** Sets a contact's field. */
export function settleContact(contact: string, field: string, value: string): Command {
  const set = (
    field === "saved" ? { field, value: value === "true" } : { field, value }
  ) as ContactField;
  return { contact, type: "set_contact_field", set };
}
