/**
 * What was typed and not yet sent, for each conversation. Kept in this tab only:
 * unlike a change, a draft belongs to nobody else, and it ends with the session.
 */

import type { FormName } from "../thread/forms.js";

/** What a conversation's composer holds. */
export type DraftKind = "reply" | "files" | "note" | FormName | `note-reply:${string}`;

const PREFIX = "threadline-draft:";

export class Drafts {
  private readonly memory = new Map<string, string>();

  /** `scope`, read at each use, keeps two workspaces or members on one page apart. */
  constructor(private readonly scope: () => string) {}

  get(conversation: string, kind: DraftKind): string {
    const key = this.key(conversation, kind);
    const kept = this.memory.get(key);
    if (kept !== undefined) return kept;
    try {
      return sessionStorage.getItem(key) ?? "";
    } catch {
      return "";
    }
  }

  /** Keeps the draft; an empty one is forgotten. */
  set(conversation: string, kind: DraftKind, draft: string): void {
    const key = this.key(conversation, kind);
    this.memory.set(key, draft);
    try {
      if (draft === "") sessionStorage.removeItem(key);
      else sessionStorage.setItem(key, draft);
    } catch {
      // Storage that is full or refused keeps no draft over a reload; memory still has it.
    }
  }

  /** Forgets everything of this scope, at logout. */
  clear(): void {
    this.memory.clear();
    try {
      for (const key of Object.keys(sessionStorage)) {
        if (key.startsWith(`${PREFIX}${this.scope()}:`)) sessionStorage.removeItem(key);
      }
    } catch {
      // Nothing was kept there.
    }
  }

  private key(conversation: string, kind: DraftKind): string {
    return `${PREFIX}${this.scope()}:${conversation}:${kind}`;
  }
}
