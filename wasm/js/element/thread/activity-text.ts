/** What an entry of the audit trail says: who did what, from what to what. */
import { type Desk, refusalText } from "../common/desk.js";
import { valueText } from "../common/settle.js";
import { strings, word } from "../common/strings.js";
import type { Activity } from "../common/types.js";

export function activityText({ by, action, change }: Activity, desk: Desk): string {
  // What a customer's message began was recorded by the server, which is nobody to name.
  if (action === "start_conversation" && !desk.people.some(({ id }) => id === by)) {
    return strings.thread.began;
  }
  if (action === "run_flow" && change) {
    const why = desk.client.reads.flowRefusal(change.to);
    return strings.thread.flow(change.from, why ? refusalText(why.code, why.text) : "");
  }
  const did = `${desk.nameOf(by)} ${word(strings.actions, action)}`;
  if (!change) return did;
  const from = valueText(desk, change.field, change.from);
  const to = valueText(desk, change.field, change.to);
  const field = word(strings.fields, change.field);
  return `${did} · ${field}: ${from ? `${from} → ` : ""}${to || strings.none}`;
}
