import type { Client, InboxRow } from "./common/types.js";

/** Conversations looked at: news comes to the top of the list. */
const LOOKED_AT = 50;

/** Something the person may want to be called for. */
export interface Notification {
  kind: "message";
  conversation: string;
  /** Who it is from. */
  name: string;
  subject: string;
  /** Its beginning, as the list shows it. */
  text: string;
  /** Milliseconds since 1970. */
  at: number;
}

/**
 * Finds what is new for the person since the last look: messages from customers in conversations that
 * are theirs or nobody's. Times are compared with those of other rows, never with this device's clock.
 */
export class Notifications {
  /** Up to when everything has been told, by the newest row. */
  private told: number | undefined;

  /** What is new; nothing before the first complete list, which is not news. */
  look(client: Client): Notification[] {
    const ask = { filter: "open", search: "", offset: 0, limit: LOOKED_AT } as const;
    const { rows } = client.rows(ask);
    const since = this.told;
    if (since === undefined && client.syncState.state !== "synced") return [];
    this.told = Math.max(since ?? 0, ...rows.map(newest));
    if (since === undefined) return [];
    const me = client.member?.id;
    return rows
      .filter((row) => row.unread > 0 && newest(row) > since && (row.owner ?? me) === me)
      .map((row) => ({
        kind: "message",
        conversation: row.id,
        name: row.name,
        subject: row.subject,
        text: row.last?.text ?? "",
        at: newest(row),
      }));
  }
}

/** When the customer wrote last. */
function newest({ inbound }: InboxRow): number {
  return Math.max(0, ...inbound);
}
