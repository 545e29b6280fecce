/** One thing done to many conversations, and taken back as one. */
import { problemOf, type Desk, type Problem } from "../common/desk.js";
import type { Command } from "../common/types.js";
import { inConversation, type Plan } from "../thread/plans.js";

/** What became of it. */
export interface Done {
  /** The commands that take it back, by conversation. */
  undo: Map<string, Command>;
  /** What was refused, each with its reason. */
  refused: Problem[];
}

/**
 * Carries a plan out in every conversation. Where one refuses, the others are still done: what was
 * not is told, and stays selected by whoever asked.
 */
export async function runBulk(
  desk: Desk,
  conversations: Iterable<string>,
  plan: (conversation: string) => Plan,
): Promise<Done> {
  const done: Done = { undo: new Map(), refused: [] };
  for (const conversation of conversations) {
    try {
      await inConversation(desk, conversation, () => {
        const header = desk.client.header(conversation);
        const step = header && plan(conversation)(header, desk.me);
        if (!step) return;
        desk.client.apply(step.run);
        done.undo.set(conversation, step.undo);
      });
    } catch (error) {
      done.refused.push(problemOf(error));
    }
  }
  return done;
}

/** Takes back what {@link runBulk} did. */
export async function undoBulk(desk: Desk, { undo }: Done): Promise<void> {
  for (const [conversation, command] of undo) {
    await inConversation(desk, conversation, () => desk.run(command));
  }
}
