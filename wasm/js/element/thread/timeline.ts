/** Orders what is on a conversation's timeline and decides what is drawn together. Pure: no DOM, no clock. */
import { dayOf } from "../common/format.js";
import type { Activity, Interaction, Item } from "../common/types.js";

/** Messages of one sender this close together (in milliseconds) are one group. */
const GROUP_GAP = 10 * 60_000;

/** One thing to draw. */
export type Entry =
  | { type: "day"; key: string; at: number }
  | { type: "unread"; key: string }
  | { type: "item"; key: string; item: Exclude<Item, { kind: "activity" }>; grouped: boolean }
  | { type: "activities"; key: string; activities: Activity[] };

/** The place of an item in the timeline's order: by time, then by id. */
export function compareItems(a: Item, b: Item): number {
  return (
    a.value.at - b.value.at || (a.value.id < b.value.id ? -1 : a.value.id > b.value.id ? 1 : 0)
  );
}

/**
 * The entries for items that are in order. `readUpTo` is how far the person had
 * read when they opened the conversation: the divider stands before the first
 * message of the customer after it.
 *
 * Replies to notes are left out, because they are drawn under their note.
 */
export function entriesOf(items: Item[], readUpTo: number | undefined): Entry[] {
  const entries: Entry[] = [];
  const notes = new Set(items.flatMap((item) => (item.kind === "note" ? [item.value.id] : [])));
  let day: number | undefined;
  let divided = false;
  for (const item of items) {
    if (item.kind === "note" && item.value.parent && notes.has(item.value.parent)) continue;
    const { at, id } = item.value;
    if (dayOf(at) !== day) {
      day = dayOf(at);
      entries.push({ type: "day", key: `day-${day}`, at: day });
    }
    if (!divided && readUpTo !== undefined && isInbound(item) && at > readUpTo) {
      divided = true;
      entries.push({ type: "unread", key: "unread" });
    }
    const before = entries[entries.length - 1];
    if (item.kind === "activity") {
      if (before?.type === "activities") before.activities.push(item.value);
      else entries.push({ type: "activities", key: id, activities: [item.value] });
    } else {
      const grouped = before?.type === "item" && continues(before.item, item);
      entries.push({ type: "item", key: id, item, grouped });
    }
  }
  return entries;
}

/** Whether a message belongs to the same breath of the same sender. */
function continues(before: Item, item: Item): boolean {
  return (
    before.kind === "interaction" &&
    item.kind === "interaction" &&
    before.value.direction === item.value.direction &&
    before.value.by === item.value.by &&
    before.value.from?.address === item.value.from?.address &&
    item.value.at - before.value.at < GROUP_GAP
  );
}

/** The message that another one answers, unless it is the customer's last before it. */
export function answered(items: Item[], { id, inReplyTo }: Interaction): Interaction | undefined {
  if (!inReplyTo) return undefined;
  let last: Interaction | undefined;
  let found: Interaction | undefined;
  for (const item of items) {
    if (item.kind !== "interaction") continue;
    if (item.value.id === id) break;
    if (item.value.id === inReplyTo) found = item.value;
    if (item.value.direction === "in") last = item.value;
  }
  return found === last ? undefined : found;
}

/** A message or call by its id, where it is among the items. */
export function messageOf(items: Item[], id: string): Interaction | undefined {
  for (const item of items) {
    if (item.kind === "interaction" && item.value.id === id) return item.value;
  }
  return undefined;
}

/** At most this many of the messages that held one up are shown with it. */
const SINCE = 3;

/** What others wrote after a message was: the newest of it, in order. */
export function writtenSince(items: Item[], { at, by }: Interaction): Interaction[] {
  return items
    .flatMap((item) => (item.kind === "interaction" ? [item.value] : []))
    .filter((each) => each.at >= at && (each.direction === "in" || each.by !== by))
    .slice(-SINCE);
}

/** Whether it is a message from the customer. */
export function isInbound(item: Item): boolean {
  return item.kind === "interaction" && item.value.direction === "in";
}
