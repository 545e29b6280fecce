import type { Client, InboxRow, RowPage } from "./common/types.js";

/** Conversations to look at: news comes to the top of the list. */
export const LOOKED_AT = 50;

/** Something the person may want to be called for. */
export interface Notification {
  kind: "message" | "mention";
  conversation: string;
  /** Who it is from. */
  name: string;
  subject: string;
  /** Its beginning, as the list shows it. */
  text: string;
  /** When it came, in milliseconds since 1970. */
  at: number;
}

/**
 * Finds what is new for the person since the last look: messages from customers in conversations that
 * are theirs or nobody's, and notes that mention them. Times are compared with those of other rows,
 * never with this device's clock.
 */
export class Notifications {
  /** Up to when messages have been told, by the newest row. */
  private told: number | undefined;
  /** The mentions that have been told, by conversation: a note written offline comes with an old time. */
  private readonly mentions = new Map<string, number>();

  /**
   * What is new; nothing before the first complete list, which is not news.
   *
   * @param open the newest open conversations
   */
  look(client: Client, open: RowPage): Notification[] {
    const first = this.told === undefined;
    if (first && client.syncState.state !== "synced") return [];
    const me = client.member?.id ?? "";
    const mentions = open.counts.mentioned > 0 ? this.mentioned(client, me) : [];
    const news = [...this.messages(open, me), ...mentions];
    return first ? [] : news;
  }

  private messages({ rows }: RowPage, me: string): Notification[] {
    const since = this.told ?? 0;
    this.told = Math.max(since, ...rows.map(newest));
    return rows
      .filter((row) => row.unread > 0 && newest(row) > since && (row.owner ?? me) === me)
      .map((row) => notification("message", row, newest(row)));
  }

  private mentioned(client: Client, me: string): Notification[] {
    const { rows } = client.rows({ filter: "mentioned", limit: LOOKED_AT });
    return rows.flatMap((row) => {
      const at = row.mentions[me] ?? 0;
      if (at <= (this.mentions.get(row.id) ?? 0)) return [];
      this.mentions.set(row.id, at);
      return [notification("mention", row, at)];
    });
  }
}

function notification(kind: Notification["kind"], row: InboxRow, at: number): Notification {
  const { id: conversation, name, subject, last } = row;
  return { kind, conversation, name, subject, text: last?.text ?? "", at };
}

/** When the customer wrote last. */
function newest({ inbound }: InboxRow): number {
  return Math.max(0, ...inbound);
}
