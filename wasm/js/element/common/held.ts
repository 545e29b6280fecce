/** Commands to documents that nothing on the screen keeps in memory. */
import { problemOf, type Desk } from "./desk.js";
import type { ContactCommand, ConversationCommand } from "./types.js";

/** Does something to a contact; a refusal is shown as a notice. True when it was done. */
export function withContact(
  desk: Desk,
  contact: string,
  command: ContactCommand,
): Promise<boolean> {
  const { contacts } = desk.client;
  return held(
    desk,
    () => contacts.open(contact),
    () => desk.run({ contact, ...command }),
    () => contacts.close(contact),
  );
}

/** The same with a conversation. */
export function withConversation(
  desk: Desk,
  conversation: string,
  command: ConversationCommand,
): Promise<boolean> {
  const { client } = desk;
  return held(
    desk,
    () => client.open(conversation),
    () => desk.run({ conversation, ...command }),
    () => client.close(conversation),
  );
}

async function held(
  desk: Desk,
  open: () => Promise<void>,
  work: () => boolean,
  close: () => void,
): Promise<boolean> {
  try {
    await open();
  } catch (error) {
    desk.notify({ text: problemOf(error).message, alert: true });
    return false;
  }
  const done = work();
  close();
  return done;
}
