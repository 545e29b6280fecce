import { expect, test } from "vitest";
import type { Item } from "../common/types.js";
import { ItemsWindow } from "./items-window.js";
import { entriesOf } from "./timeline.js";

const NOON = new Date(2026, 10, 22, 12).getTime();
const MINUTE = 60_000;

function message(id: string, minute: number, direction: "in" | "out" = "in"): Item {
  return {
    kind: "interaction",
    value: {
      id,
      channel: "email",
      direction,
      at: NOON + minute * MINUTE,
      to: [],
      cc: [],
      subject: "",
      text: id,
      attachments: [],
      important: false,
      spam: false,
      held: false,
    },
  };
}

function activity(id: string, minute: number): Item {
  return {
    kind: "activity",
    value: { id, by: "ana", at: NOON + minute * MINUTE, action: "set_owner" },
  };
}

function note(id: string, minute: number, parent?: string): Item {
  return {
    kind: "note",
    value: { id, by: "ana", at: NOON + minute * MINUTE, spans: [], ...(parent && { parent }) },
  };
}

/** Entries as short words: `|day`, `|unread`, `id`, `+id` for a grouped one, `a,b` for activities. */
function drawn(items: Item[], readUpTo?: number): string[] {
  return entriesOf(items, readUpTo).map((entry) => {
    if (entry.type === "activities") return entry.activities.map(({ id }) => id).join(",");
    if (entry.type === "item") return (entry.grouped ? "+" : "") + entry.item.value.id;
    return `|${entry.type}`;
  });
}

test("a new day begins with a separator", () => {
  expect(drawn([message("a", 0), message("b", 24 * 60)])).toEqual(["|day", "a", "|day", "b"]);
});

test("messages of one sender within ten minutes are grouped", () => {
  const items = [
    message("a", 0),
    message("b", 9),
    message("c", 10, "out"),
    message("d", 30, "out"),
  ];
  expect(drawn(items)).toEqual(["|day", "a", "+b", "c", "d"]);
});

test("activities in a row collapse", () => {
  const items = [activity("a", 0), activity("b", 1), message("c", 2), activity("d", 3)];
  expect(drawn(items)).toEqual(["|day", "a,b", "c", "d"]);
});

test("the unread divider stands before the customer's first new message", () => {
  const items = [message("a", 0), message("b", 1, "out"), message("c", 2), message("d", 3)];
  expect(drawn(items, NOON)).toEqual(["|day", "a", "b", "|unread", "c", "+d"]);
});

test("nothing is new to somebody who has read to the end", () => {
  expect(drawn([message("a", 0)], NOON)).toEqual(["|day", "a"]);
});

test("a reply to a note is drawn under it, and by itself while the note is out of sight", () => {
  expect(drawn([note("a", 0), note("b", 1, "a"), note("c", 2, "z")])).toEqual(["|day", "a", "c"]);
});

/** A client that holds `count` messages, one a minute. */
function clientWith(count: number): Pick<ConstructorParameters<typeof ItemsWindow>[0], "items"> {
  const all = Array.from({ length: count }, (_, i) => message(String(i).padStart(4, "0"), i));
  return {
    items: (_conversation, { before, limit }) =>
      all.filter((item) => !before || item.value.at < before.at).slice(-limit),
  };
}

test("scrolling up reaches the first item", () => {
  const window = new ItemsWindow(clientWith(150), "conversation");
  expect(window.items.length).toBe(60);
  while (window.more) window.older();
  expect(window.items.map((item) => item.value.id)).toEqual(
    Array.from({ length: 150 }, (_, i) => String(i).padStart(4, "0")),
  );
});

test("a changed item replaces the old one, and an item before the window waits", () => {
  const window = new ItemsWindow(clientWith(150), "conversation");
  const changed = { ...message("0149", 149), changed: true };
  window.merge([changed, message("early", 1), message("late", 200)]);
  expect(window.items.length).toBe(61);
  expect(window.items[59]).toBe(changed);
  expect(window.items[60]?.value.id).toBe("late");
});
