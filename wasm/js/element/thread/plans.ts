/**
 * What can be done to a conversation and taken back, for one that is open as for many at once: each
 * plan looks at a conversation and says which command to give, and which one undoes it.
 */
import { problemOf, type Desk } from "../common/desk.js";
import { strings } from "../common/strings.js";
import type { Command, ConversationHeader } from "../common/types.js";

/** A command and the one that takes it back. */
export interface Step {
  run: Command;
  undo: Command;
}

/** The step for one conversation as the member `me` sees it; `undefined` where nothing is to be done. */
export type Plan = (header: ConversationHeader, me: string) => Step | undefined;

export const close: Plan = ({ id: conversation, status }) =>
  status === "open"
    ? {
        run: { conversation, type: "close_conversation" },
        undo: { conversation, type: "reopen_conversation" },
      }
    : undefined;

export const reopen: Plan = ({ id: conversation, status }) =>
  status === "closed"
    ? {
        run: { conversation, type: "reopen_conversation" },
        undo: { conversation, type: "close_conversation" },
      }
    : undefined;

export function assign(owner: string | null): Plan {
  return ({ id: conversation, owner: before = null }) =>
    owner === before
      ? undefined
      : {
          run: { conversation, type: "set_owner", owner },
          undo: { conversation, type: "set_owner", owner: before },
        };
}

export function handToTeam(team: string | null): Plan {
  return ({ id: conversation, team: before = null }) =>
    team === before
      ? undefined
      : {
          run: { conversation, type: "set_team", team },
          undo: { conversation, type: "set_team", team: before },
        };
}

export function tag(name: string, on: boolean): Plan {
  return ({ id: conversation, tags }) => {
    if (tags.includes(name) === on) return undefined;
    const add: Command = { conversation, type: "add_tag", tag: name };
    const remove: Command = { conversation, type: "remove_tag", tag: name };
    return on ? { run: add, undo: remove } : { run: remove, undo: add };
  };
}

/** `until` in milliseconds since 1970. */
export function snooze(until: number): Plan {
  return ({ id: conversation, snoozed }) => ({
    run: { conversation, type: "snooze_conversation", until },
    undo: snoozed
      ? { conversation, type: "snooze_conversation", until: snoozed.until }
      : { conversation, type: "unsnooze_conversation" },
  });
}

export const wake: Plan = ({ id: conversation, snoozed }) =>
  snoozed && {
    run: { conversation, type: "unsnooze_conversation" },
    undo: { conversation, type: "snooze_conversation", until: snoozed.until },
  };

export function star(starred: boolean): Plan {
  return ({ id: conversation, starred: by }, me) =>
    by.includes(me) === starred
      ? undefined
      : {
          run: { conversation, type: "star_conversation", starred },
          undo: { conversation, type: "star_conversation", starred: !starred },
        };
}

/** Moves the member's read marker, also back. `upTo` in milliseconds since 1970. */
export function read(upTo: number): Plan {
  return ({ id: conversation, read: marks }, me) => {
    const before = marks[me] ?? 0;
    if (before === upTo) return undefined;
    return {
      run: { conversation, type: "mark_read", upTo },
      undo: { conversation, type: "mark_read", upTo: before },
    };
  };
}

/** Does it in an open conversation, and offers to take it back. True when something was done. */
export function perform(desk: Desk, header: ConversationHeader, plan: Plan, text: string): boolean {
  const step = plan(header, desk.me);
  if (!step || !desk.run(step.run)) return false;
  offerUndo(desk, header.id, step, text);
  return true;
}

/** Says what was done in a conversation, with a way to take it back also after leaving it. */
export function offerUndo(desk: Desk, conversation: string, { undo }: Step, text: string): void {
  const run = (): void => {
    inConversation(desk, conversation, () => desk.run(undo)).catch((error: unknown) =>
      desk.notify({ text: problemOf(error).message, alert: true }),
    );
  };
  desk.notify({ text, action: { label: strings.undo, run } });
}

/** Does something in a conversation that may not be open, or no longer. Rejects where it cannot be. */
export async function inConversation<T>(
  { client }: Desk,
  conversation: string,
  act: () => T,
): Promise<T> {
  await client.open(conversation);
  try {
    return act();
  } finally {
    client.close(conversation);
  }
}
