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
    case "start_conversation":
    case "start_unlinked":
    case "set_conversation_subject":
      return command.subject;
    case "log_call":
      return command.draft.text ?? "";
    case "add_note":
      return plainText(command.spans);
    case "edit_note":
      return plainText(command.edits.flatMap(typed));
    case "create_task":
      return lines(command.draft.title, command.draft.description);
    case "create_topic":
      return lines(command.draft.subject, command.draft.summary);
    case "finish_task":
      return lines(command.outcome?.subject, command.outcome?.summary);
    case "book_appointment":
      return lines(command.draft.title, command.draft.agenda);
    case "create_opportunity":
      return command.draft.title;
    case "create_contact":
    case "import_contact":
      return lines(command.draft.name, command.draft.email);
    case "add_identity":
    case "remove_identity":
      return command.identity.address;
    case "set_task_status":
      return strings.taskStatus[command.status];
    case "set_owner":
      return command.owner ? desk.nameOf(command.owner) : strings.nobody;
    case "set_conversation_priority":
      return strings.priorities[command.priority];
    case "add_tag":
    case "remove_tag":
    case "add_contact_tag":
    case "remove_contact_tag":
      return command.tag;
    case "put_template":
      return lines(command.template.name, command.template.text);
    case "put_flow":
      return command.flow.name;
    case "set_task_field":
    case "set_topic_field":
    case "set_appointment_field":
    case "set_opportunity_field":
    case "set_contact_field": {
      const { field, value } = command.set;
      const text = typeof value === "object" ? "" : valueText(desk, field, String(value ?? ""));
      return [word(strings.fields, field), text].filter(Boolean).join(": ");
    }
    default:
      return "";
  }
}

function lines(...texts: (string | undefined)[]): string {
  return texts.filter(Boolean).join("\n");
}

/** The text an edit brought. */
function typed(edit: Extract<Command, { type: "edit_note" }>["edits"][number]): Span[] {
  if (edit.op === "splice") return [{ type: "text", value: edit.insert }];
  return edit.op === "update_spans" ? edit.spans : [];
}
