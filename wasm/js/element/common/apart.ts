/** Commands to conversations that are not on the screen. */
import { problemOf, type Desk } from "./desk.js";
import type { Command } from "./types.js";

/** A command to a conversation. */
export type ConversationOrder = Extract<Command, { conversation: string }>;

/**
 * Applies commands from a list, one after the other, each to a conversation that is opened for it and
 * let go again. A refusal is shown as a notice, once for all of the same sentence, and the others go on.
 * @returns how many were accepted
 */
export async function runApart(desk: Desk, commands: ConversationOrder[]): Promise<number> {
  const refusals = new Set<string>();
  let accepted = 0;
  for (const command of commands) {
    try {
      await desk.client.open(command.conversation);
      try {
        desk.client.apply(command);
        accepted += 1;
      } finally {
        desk.client.close(command.conversation);
      }
    } catch (error) {
      refusals.add(problemOf(error).message);
    }
  }
  for (const text of refusals) desk.notify({ text, alert: true });
  return accepted;
}
