/** What a change on this device is, in words: what was to be done, and the text that came with it. */
import { plainText } from "../note/note-text.js";
import { valueText } from "../common/settle.js";
import type { Desk } from "../common/desk.js";
import { changes } from "../strings/en/changes.js";
import { strings, word } from "../common/strings.js";
import type { Command, Span } from "../common/types.js";

export function commandText(command: Command, desk: Desk): { title: string; detail: string } {
  const title = word(changes(), command.type);
  return { title, detail: detailOf(command, desk) };
}

function detailOf(command: Command, desk: Desk): string {
  switch (command.type) {
    case "send_message":
      return command.text;
    case "add_note":
      return plainText(command.spans);
    case "edit_note":
      return plainText(command.edits.flatMap(typed));
    case "create_task":
      return command.draft.title;
    case "create_topic":
      return command.draft.subject;
    case "finish_task":
      return command.outcome ? `${command.outcome.subject}: ${command.outcome.summary}` : "";
    case "set_task_status":
      return strings.taskStatus[command.status];
    case "set_owner":
      return command.owner ? desk.nameOf(command.owner) : strings.nobody;
    case "set_conversation_priority":
      return strings.priorities[command.priority];
    case "add_tag":
    case "remove_tag":
      return command.tag;
    case "set_task_field":
    case "set_contact_field": {
      const { field, value } = command.set;
      const text = typeof value === "object" ? "" : valueText(desk, field, String(value ?? ""));
      return [word(strings.fields, field), text].filter(Boolean).join(": ");
    }
    default:
      return "";
  }
}

/** The text an edit brought. */
function typed(edit: Extract<Command, { type: "edit_note" }>["edits"][number]): Span[] {
  if (edit.op === "splice") return [{ type: "text", value: edit.insert }];
  return edit.op === "update_spans" ? edit.spans : [];
}
