/** What can be done with a message, as the lines of its menu. */
import { copy } from "../common/copy.js";
import type { Desk } from "../common/desk.js";
import type { MenuItem } from "../common/menu.js";
import type { Interaction, MessageFlag } from "../common/types.js";
import { strings } from "../common/strings.js";
import { conversation as words } from "../strings/en/conversation.js";

/** What the composer or a form is asked to do with a message. */
export type Ask = "reply" | "forward" | "topic" | "edit";

/** A message's wish for the composer or a form; bubbles up to the thread. */
export class MessageAsk extends Event {
  constructor(
    readonly ask: Ask,
    readonly message: Interaction,
  ) {
    super("message-ask", { bubbles: true, composed: true });
  }
}

/** The lines of a message's menu. `ask` passes a wish on to the thread. */
export function messageActions(
  desk: Desk,
  conversation: string,
  message: Interaction,
  ask: (ask: Ask) => void,
): MenuItem[] {
  const text = words().message;
  const interaction = message.id;
  if (message.deleted) {
    const run = (): void => void desk.run({ conversation, type: "restore_message", interaction });
    return [{ text: text.restore, icon: "reopen", run }];
  }
  const flag = (flag: MessageFlag, on: boolean) => (): void =>
    void desk.run({ conversation, type: "set_message_flag", interaction, flag, on });
  const { important, spam, direction } = message;
  const incoming = direction === "in";
  return [
    ...(incoming && !message.call
      ? [{ text: text.reply, icon: "reply", run: () => ask("reply") } as const]
      : []),
    { text: text.forward, icon: "forward", run: () => ask("forward") },
    { text: text.logTopic, icon: "topic", run: () => ask("topic") },
    {
      text: text.copy,
      icon: "note",
      run: () => void copy(message.text, desk),
    },
    { text: "" },
    {
      text: important ? text.notImportant : text.important,
      icon: "flag",
      run: flag("important", !important),
    },
    ...(incoming
      ? [{ text: spam ? text.notSpam : text.spam, icon: "ban", run: flag("spam", !spam) } as const]
      : []),
    { text: text.remove, icon: "trash", run: () => remove(desk, conversation, interaction) },
  ];
}

/** Deletes a message, which stays as a tombstone and can be brought back. */
function remove(desk: Desk, conversation: string, interaction: string): void {
  if (!desk.run({ conversation, type: "delete_message", interaction })) return;
  const run = (): void => void desk.run({ conversation, type: "restore_message", interaction });
  desk.notify({
    text: words().message.deleted(desk.nameOf(desk.me)),
    action: { label: strings.undo, run },
  });
}

/** Takes a reply back before it leaves. True when it was still here. */
export function withdraw(desk: Desk, conversation: string, interaction: string): boolean {
  return desk.run({ conversation, type: "withdraw_message", interaction });
}

/** A message as the beginning of a topic: what it says, and where it came from. */
export function topicDraft(message: Interaction): Record<string, string> {
  const words = message.text.slice(0, message.visible ?? undefined).trim();
  return {
    subject: message.subject || firstLine(words),
    summary: words,
    firstMessage: message.id,
    lastMessage: message.id,
    ...(message.channel === "email" && { origin: "email" }),
  };
}

function firstLine(text: string): string {
  return text.split("\n", 1)[0]?.slice(0, 120) ?? "";
}
