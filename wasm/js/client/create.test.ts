import "fake-indexeddb/auto";
import { readFileSync } from "node:fs";
import { IDBFactory } from "fake-indexeddb";
import { afterEach, beforeAll, beforeEach, expect, test, vi } from "vitest";
import { paragraph } from "../editor/memory-text.js";
import type { ThreadlineClient } from "./client.js";
import { createClient, type ClientOptions } from "./create.js";
import { frameType } from "./link.js";
import { eventually, FakeLocks, FakeWebSocket, jwt } from "./testing/fakes.js";
import { frames } from "./testing/frames.js";
import { CONTACT, CONVERSATION, Peer, startWasm } from "./testing/replicas.js";
import type { Command } from "./wasm.js";

const DOC = `conversation:${CONVERSATION}`;
const wasm = readFileSync(new URL("../../pkg/threadline_bg.wasm", import.meta.url));
let clients: ThreadlineClient[];
/** What a teammate wrote before. */
let server: Peer;
let note: string;

beforeAll(startWasm);

beforeEach(() => {
  vi.stubGlobal("indexedDB", new IDBFactory());
  vi.stubGlobal("WebSocket", FakeWebSocket);
  vi.stubGlobal("navigator", { locks: new FakeLocks() });
  const items = new Map<string, string>();
  vi.stubGlobal("localStorage", {
    getItem: (key: string) => items.get(key) ?? null,
    setItem: (key: string, value: string) => items.set(key, value),
  });
  FakeWebSocket.made = [];
  clients = [];
  server = new Peer("ben", "b".repeat(32));
  note = server.begin(paragraph("Hello"));
});

afterEach(async () => {
  await Promise.all(clients.map((client) => client.stop()));
  server.free();
  vi.unstubAllGlobals();
});

async function start(options: Partial<ClientOptions> = {}): Promise<ThreadlineClient> {
  const tokenProvider = () => Promise.resolve(jwt({ sub: "ana" }));
  const endpoint = "ws://host/sync";
  const defaults = { endpoint, workspace: "acme", tokenProvider, wasm };
  const client = await createClient({ ...defaults, ...options });
  clients.push(client);
  return client;
}

/** The server welcomes the newest socket. */
async function welcome(sockets: number): Promise<FakeWebSocket> {
  await eventually(() => FakeWebSocket.made.length === sockets);
  const socket = FakeWebSocket.last;
  socket.open();
  for (const frame of frames.welcome("ana")) socket.receive(...frame);
  return socket;
}

/** A client that has the conversation open, from the server. */
async function opened() {
  const client = await start();
  const socket = await welcome(1);
  const opening = client.open(CONVERSATION);
  await eventually(() => socket.sent.some((frame) => asksFor(frame, DOC)));
  socket.receive(...frames.changes(DOC, server.changes));
  await opening;
  return { client, socket };
}

/** Whether a frame asks the server for a document. */
function asksFor(sent: number[], doc: string): boolean {
  const frame = new Uint8Array(sent);
  return frameType(frame) === "open" && Buffer.from(frame).includes(doc);
}

function textOf(client: ThreadlineClient): string {
  const spans = client.richText(CONVERSATION, note).spans();
  return spans.map((span) => (span.type === "text" ? span.value : "")).join("");
}

const rename = (subject: string): Command => ({
  conversation: CONVERSATION,
  type: "set_conversation_subject",
  subject,
});

const pushes = (socket: FakeWebSocket) =>
  socket.sent.filter((frame) => frameType(new Uint8Array(frame)) === "push").length;

test("a conversation is fetched, stored, and there at the next start without a network", async () => {
  const { client } = await opened();
  expect(textOf(client)).toBe("Hello");
  await client.stop();
  const again = await start({ offline: true });
  expect(again.member?.id).toBe("ana");
  await again.open(CONVERSATION);
  expect(textOf(again)).toBe("Hello");
  // The contact comes along, even one that is not stored.
  expect(again.contact(CONTACT)?.id).toBe(CONTACT);
  const bundle = Buffer.from(await again.exportBundle(CONVERSATION));
  for (const id of [CONVERSATION, CONTACT]) expect(bundle.includes(id)).toBe(true);
  expect(FakeWebSocket.made).toHaveLength(1);
});

test("what was never here is refused offline, and a first start offline too", async () => {
  await expect(start({ offline: true })).rejects.toMatchObject({ code: "unavailable" });
  await (await start()).stop();
  const client = await start({ offline: true });
  await expect(client.open(CONVERSATION)).rejects.toMatchObject({ code: "unavailable" });
});

test("work done offline survives the tab, is sent by the next one, and leaves the outbox", async () => {
  const { client } = await opened();
  client.setOffline(true);
  client.apply(rename("Offline"));
  client.richText(CONVERSATION, note).edit([{ op: "splice", at: 1, delete: 0, insert: "Well, " }]);
  // The open draft is closed on the way out.
  await client.stop();

  const again = await start({ offline: true });
  await again.open(CONVERSATION);
  expect(textOf(again)).toBe("Well, Hello");
  expect(again.header(CONVERSATION)?.subject).toBe("Offline");
  expect(again.syncState).toMatchObject({ state: "offline", waiting: 2 });

  again.setOffline(false);
  const socket = await welcome(2);
  await eventually(() => pushes(socket) > 0);
  const hashes = again.waiting().map(({ hash }) => hash);
  const synced = again.sync();
  socket.receive(...frames.ack(DOC, hashes));
  await synced;
  expect(again.syncState).toEqual({ state: "synced", waiting: 0, refused: 0 });
  await again.stop();
  expect((await start({ offline: true })).waiting()).toEqual([]);
});

test("a refused command is taken out, shown until it is settled, and survives a restart", async () => {
  const { client, socket } = await opened();
  client.apply(rename("Mine"));
  const [waiting] = client.waiting();
  const told = new Promise<string>((resolve) => {
    client.addEventListener("refused", (event) => resolve(event.detail.refused.refusal.code));
  });
  socket.receive(...frames.nack(DOC, waiting?.hash ?? "", "forbidden"));
  expect(await told).toBe("forbidden");
  expect(client.header(CONVERSATION)?.subject).toBe("Test");
  await client.stop();

  const again = await start({ offline: true });
  expect(again.waiting()).toEqual([]);
  const [refused] = again.refused();
  expect(refused?.command).toMatchObject({ subject: "Mine" });
  again.discard(refused?.id ?? "");
  await again.stop();
  expect((await start({ offline: true })).refused()).toEqual([]);
});

test("what one tab writes shows in the other, and is pushed once", async () => {
  const { client, socket } = await opened();
  const other = await start();
  await eventually(() => other.syncState.state === "synced");
  await other.open(CONVERSATION);
  client.apply(rename("Seen"));
  await eventually(() => other.header(CONVERSATION)?.subject === "Seen");
  other.apply(rename("Seen twice"));
  await eventually(() => client.header(CONVERSATION)?.subject === "Seen twice");
  expect(pushes(socket)).toBe(2);
  expect(FakeWebSocket.made).toHaveLength(1);
});

test("a command that may not pass throws with a stable code, and nothing happened", async () => {
  const { client } = await opened();
  const reopen: Command = { conversation: CONVERSATION, type: "reopen_conversation" };
  expect(() => client.apply(reopen)).toThrow(expect.objectContaining({ code: "wrong_state" }));
  expect(client.waiting()).toEqual([]);
});
