import { beforeEach, expect, test } from "vitest";
import type { Client, InboxRow, RowPage } from "./common/types.js";
import { Notifications } from "./notifications.js";

let rows: InboxRow[];
let state: "synced" | "syncing" | "offline";
let notifications: Notifications;

beforeEach(() => {
  rows = [row("old", 100)];
  state = "synced";
  notifications = new Notifications();
});

/** A conversation in which the customer wrote last at `at`. */
function row(id: string, at: number, rest: Partial<InboxRow> = {}): InboxRow {
  const mentions = {};
  return { id, name: id, subject: "", unread: 1, inbound: [at], mentions, ...rest } as InboxRow;
}

/** The conversations that something is told of. */
function told(): string[] {
  const client = {
    member: { id: "ana" },
    syncState: { state },
    rows: () => ({ rows: rows.filter(({ mentioned }) => mentioned) }),
  };
  const open = { rows, counts: { mentioned: client.rows().rows.length } };
  return notifications
    .look(client as unknown as Client, open as unknown as RowPage)
    .map(({ kind, conversation }) => (kind === "mention" ? `@${conversation}` : conversation));
}

test("what was there at the start is no news", () => {
  expect(told()).toEqual([]);
  expect(told()).toEqual([]);
});

test("on a new device the first complete list is the start", () => {
  rows = [];
  state = "syncing";
  expect(told()).toEqual([]);
  rows = [row("old", 100)];
  state = "synced";
  expect(told()).toEqual([]);
});

test("a new message is told once", () => {
  told();
  rows = [row("new", 200), ...rows];
  expect(told()).toEqual(["new"]);
  expect(told()).toEqual([]);
});

test("what came while there was no network is told afterwards", () => {
  told();
  state = "offline";
  expect(told()).toEqual([]);
  rows = [row("old", 300)];
  state = "syncing";
  expect(told()).toEqual(["old"]);
});

test("a teammate's conversation, and what has been read, is not told", () => {
  told();
  rows = [
    row("hers", 200, { owner: "ben" }),
    row("mine", 201, { owner: "ana" }),
    row("read", 202, { unread: 0 }),
  ];
  expect(told()).toEqual(["mine"]);
});

test("a mention is told once, also one that was written long ago without a network", () => {
  told();
  rows = [row("old", 100, { mentioned: true, mentions: { ana: 50 } })];
  expect(told()).toEqual(["@old"]);
  expect(told()).toEqual([]);
  rows = [row("old", 100, { mentioned: true, mentions: { ana: 150 } })];
  expect(told()).toEqual(["@old"]);
});

test("a mention that was there at the start is no news", () => {
  rows = [row("old", 100, { mentioned: true, mentions: { ana: 50 } })];
  expect(told()).toEqual([]);
  expect(told()).toEqual([]);
});
