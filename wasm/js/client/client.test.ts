import "fake-indexeddb/auto";
import { IDBFactory } from "fake-indexeddb";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { ThreadlineClient } from "./client.js";
import { Storage } from "./storage.js";
import { eventually, FakeLocks, FakeReplica, FakeWebSocket, jwt } from "./testing/fakes.js";
import { frames } from "./testing/frames.js";
import { Tokens } from "./token.js";
import type { Command, Effect, PendingEntry, StoredRow } from "./wasm.js";

const DOC = "conversation:1";
const command = { type: "reopen_conversation", conversation: "1" } as Command;
const refused = {
  id: "r1",
  doc: DOC as typeof DOC,
  at: 1,
  command,
  refusal: { code: "forbidden" as const, text: "no" },
};
let clients: ThreadlineClient[];

beforeEach(() => {
  vi.stubGlobal("indexedDB", new IDBFactory());
  vi.stubGlobal("WebSocket", FakeWebSocket);
  vi.stubGlobal("navigator", { locks: new FakeLocks() });
  FakeWebSocket.made = [];
  clients = [];
});

afterEach(async () => {
  await Promise.all(clients.map((client) => client.stop()));
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
});

/** A tab of the member, with a replica that says hello as `[1]`. */
async function tab(actor: string, prepare: (replica: FakeReplica) => void = () => undefined) {
  const replica = new FakeReplica();
  replica.answers.connected = () => [{ type: "send", frame: new Uint8Array([1]) }];
  prepare(replica);
  const client = new ThreadlineClient({
    replica: replica.asReplica,
    actor,
    workspace: "w",
    member: "ana",
    address: new URL("ws://host/sync"),
    tokens: new Tokens(() => Promise.resolve(jwt({ sub: "ana" })), "ana"),
    offline: false,
  });
  clients.push(client);
  await client.start(actor);
  return { client, replica };
}

type Tab = Awaited<ReturnType<typeof tab>>;

async function connected(): Promise<FakeWebSocket> {
  const before = FakeWebSocket.made.length;
  await eventually(() => FakeWebSocket.made.length > 0);
  const socket = FakeWebSocket.made[Math.max(before - 1, 0)] as FakeWebSocket;
  socket.open();
  return socket;
}

/** Lets a tab's replica ask for something. */
function ask({ client, replica }: Tab, ...effects: Effect[]): void {
  replica.effects.push(...effects);
  client.flush();
}

function send(frame: number[]): Effect {
  return { type: "send", frame: new Uint8Array(frame) };
}

function pending(hash: string, actor: string): PendingEntry {
  return { hash, doc: DOC, actor, at: 1, command, order: 1 };
}

function store(hash: string, actor: string): Effect {
  const chunks = [{ hash, bytes: new Uint8Array([7]) }];
  return {
    type: "store",
    doc: DOC,
    chunks,
    pending: [pending(hash, actor)],
    local: true,
  };
}

function hashes(call = ""): string[] {
  return [...call.matchAll(/"hash":"(\w+)"/g)].map(([, hash]) => hash as string).sort();
}

function adopted({ replica }: Tab): string[] {
  return hashes(replica.calls.find((call) => call.startsWith("adopt")));
}

const called = ({ replica }: Tab, call: string) => replica.calls.includes(call);

test("the second tab talks through the first one's socket, and hears what it hears", async () => {
  const one = await tab("a1");
  const socket = await connected();
  const two = await tab("a2");
  ask(two, { type: "send", frame: new Uint8Array([2]) });
  await eventually(() => socket.sent.length === 2);
  expect(socket.sent).toEqual([[1], [2]]);
  socket.receive(5);
  await eventually(() => called(two, "receive([5], now)"));
  expect(called(one, "receive([5], now)")).toBe(true);
  expect(called(two, 'connected("…")')).toBe(false);
  expect(FakeWebSocket.made).toHaveLength(1);
});

test("a tab that comes later hears how the session began, and only once", async () => {
  await tab("a1");
  const socket = await connected();
  const frame = (type: string, body: number) =>
    [0x83, 1, 0x60 | type.length, ...Buffer.from(type), body] as const;
  socket.receive(...frame("welcome", 1));
  socket.receive(...frame("rows", 2));
  socket.receive(...frame("changes", 3));
  socket.receive(...frame("rows", 4));
  const two = await tab("a2");
  socket.receive(...frame("ack", 5));
  await eventually(() => called(two, `receive([${frame("ack", 5).join()}], now)`));
  const heard = two.replica.calls.filter((call) => call.startsWith("receive"));
  const session = [frame("welcome", 1), frame("rows", 4), frame("ack", 5)];
  expect(heard).toEqual(session.map((bytes) => `receive([${bytes.join()}], now)`));
});

test("when the tab with the socket goes, another one takes over", async () => {
  const one = await tab("a1");
  await connected();
  const two = await tab("a2");
  await one.client.stop();
  await eventually(() => FakeWebSocket.made.length === 2);
  expect(called(two, "disconnected()")).toBe(true);
  FakeWebSocket.last.open();
  expect(FakeWebSocket.last.sent).toEqual([[1]]);
});

test("a lost connection is lost for every tab", async () => {
  await tab("a1");
  const socket = await connected();
  const two = await tab("a2");
  two.replica.calls.length = 0;
  socket.lose();
  await eventually(() => called(two, "disconnected()"));
});

test("offline by hand in one tab is offline in all, also in one that comes later", async () => {
  await tab("a1");
  const socket = await connected();
  const two = await tab("a2");
  two.client.setOffline(true);
  await eventually(() => socket.readyState === 3);
  const three = await tab("a3");
  await expect(three.client.open("1")).rejects.toMatchObject({ code: "unavailable" });
  three.client.setOffline(false);
  await eventually(() => FakeWebSocket.made.length === 2);
});

test("work of a tab that is gone is adopted; work of a living one is not", async () => {
  const one = await tab("a1");
  ask(one, store("h1", "a1"));
  await one.client.stop();
  const two = await tab("a2");
  await eventually(() => adopted(two).length === 1);
  ask(two, store("h2", "a2"));
  const three = await tab("a3");
  // Everything is shown in every tab.
  const restored = three.replica.calls.find((call) => call.startsWith("restore"));
  expect(hashes(restored)).toEqual(["h1", "h2"]);
  expect(adopted(three)).toEqual([]);
  await two.client.stop();
  await eventually(() => adopted(three).length === 2);
  expect(adopted(two)).toEqual(["h1"]);
  expect(adopted(three)).toEqual(["h1", "h2"]);
});

test("what one tab does shows in the others, once they would find it stored", async () => {
  const one = await tab("a1");
  const two = await tab("a2");
  ask(one, store("h1", "a1"));
  await eventually(() => two.replica.calls.some((call) => call.startsWith(`merge("${DOC}"`)));
  ask(one, { type: "remove", doc: DOC, hashes: ["h1"] });
  await eventually(() => called(two, `retract("${DOC}", ["h1"])`));
});

test("what another tab says of a document that is being loaded waits until it is loaded", async () => {
  const one = await tab("a1");
  const two = await tab("a2", ({ answers }) => {
    answers.open = (doc: never) => [{ type: "load", doc }];
  });
  two.replica.headers.set("1", { id: "1", contact: "7" });
  const opened = two.client.open("1");
  ask(one, { type: "remove", doc: DOC, hashes: ["h1"] });
  await opened;
  await eventually(() => called(two, `retract("${DOC}", ["h1"])`));
  const order = two.replica.calls.map((call) => call.split("(")[0]);
  expect(order.indexOf("load")).toBeLessThan(order.indexOf("retract"));
});

test("a tab that closes a document does not end the session's interest while another has it", async () => {
  const follow = ({ answers, headers }: FakeReplica) => {
    headers.set("1", { id: "1", contact: "7" });
    answers.open = (doc: string) => [send(frames.open(doc))];
    answers.close = (doc: string) => [send(frames.close(doc))];
  };
  const one = await tab("a1", follow);
  const socket = await connected();
  const two = await tab("a2", follow);
  const both = [DOC, "contact:7"];
  await one.client.open("1");
  await two.client.open("1");
  await eventually(() => socket.sent.length === 5);
  two.client.close("1");
  // What it says after it has come, so the close has.
  ask(two, send([2]));
  await eventually(() => socket.sent.at(-1)?.[0] === 2);
  expect(socket.sent.slice(5)).toEqual([[2]]);
  one.client.close("1");
  expect(socket.sent.slice(6)).toEqual(both.map(frames.close));
});

test("what a replica closes by itself another tab goes on with, until the session ends", async () => {
  const one = await tab("a1");
  const socket = await connected();
  const two = await tab("a2");
  // Both bring it to a server that was restored; nobody looks at it.
  ask(two, send(frames.open(DOC)));
  await eventually(() => socket.sent.length === 2);
  ask(one, send(frames.open(DOC)), send(frames.close(DOC)));
  expect(socket.sent.slice(2)).toEqual([frames.open(DOC)]);
  // In the next session it opens nothing.
  socket.receive(0x83, 1, 0x67, ...Buffer.from("welcome"), 1);
  ask(one, send(frames.open(DOC)), send(frames.close(DOC)));
  expect(socket.sent.slice(3)).toEqual([frames.open(DOC), frames.close(DOC)]);
});

test("a conversation brings its contact, and both go when it is closed as often as opened", async () => {
  const { client, replica } = await tab("a1");
  replica.headers.set("1", { id: "1", contact: "7" });
  await client.open("1");
  await client.open("1");
  client.close("1");
  expect(replica.calls.filter((call) => call.startsWith("close"))).toEqual([]);
  client.close("1");
  const calls = replica.calls.filter((call) => /^(open|close)/.test(call));
  expect(calls).toEqual([
    `open("${DOC}")`,
    'open("contact:7")',
    `close("${DOC}")`,
    'close("contact:7")',
  ]);
});

test("a document whose work waits leaves memory when the server has confirmed it", async () => {
  const one = await tab("a1");
  one.replica.headers.set("1", { id: "1", contact: "7" });
  await one.client.open("1");
  one.client.close("1");
  one.replica.calls.length = 0;
  ask(one, { type: "acked", doc: DOC, hashes: ["h1"] });
  await eventually(() => called(one, `close("${DOC}")`));
});

test("a conversation that the server does not have is not found", async () => {
  const one = await tab("a1", ({ headers }) => {
    headers.set("1", { id: "1", contact: null });
  });
  const opening = one.client.open("1");
  ask(one, { type: "complete", doc: DOC });
  await expect(opening).rejects.toMatchObject({ code: "not_found" });
});

test("opening what never was on this device is refused while the network is cut", async () => {
  const { client, replica } = await tab("a1");
  client.setOffline(true);
  await expect(client.open("1")).rejects.toMatchObject({ code: "unavailable" });
  expect(replica.calls).toContain(`close("${DOC}")`);
  await expect(client.sync()).rejects.toMatchObject({ code: "unavailable" });
});

test("a refused command is settled in any tab, for all of them", async () => {
  const one = await tab("a1");
  const two = await tab("a2");
  ask(one, { type: "refused", refused });
  await eventually(() => two.client.refused().length === 1);
  expect(two.client.syncState.refused).toBe(1);
  two.client.retry("r1");
  expect(two.replica.calls).toContain(`apply(${JSON.stringify(command)}, now)`);
  expect(two.client.refused()).toEqual([]);
});

test("a burst is one event of each kind, with the latest of each thing", async () => {
  const one = await tab("a1");
  const seen: unknown[] = [];
  for (const type of ["rows", "changed", "sync-state"]) {
    one.client.addEventListener(type, (event) => seen.push([type, (event as CustomEvent).detail]));
  }
  const item = (text: string) => ({ kind: "note", value: { id: "n1", text } });
  const change = { type: "changed", doc: DOC, header: null, contact: null, reset: false };
  const changed = (text: string) => ({ ...change, items: [item(text)] }) as unknown as Effect;
  const contact = { id: "7" };
  ask(one, { type: "rowsChanged" }, changed("a"), { type: "syncState" }, { type: "rowsChanged" }, {
    ...changed("b"),
    contact,
  } as Effect);
  expect(seen).toEqual([]);
  await eventually(() => seen.length > 0);
  const detail = { doc: DOC, items: [item("b")], header: null, contact, reset: false };
  expect(seen).toEqual([
    ["rows", null],
    ["changed", detail],
    ["sync-state", null],
  ]);
});

test("a reset empties what was gathered before it", async () => {
  const one = await tab("a1");
  let detail: unknown;
  one.client.addEventListener("changed", (event) => (detail = event.detail));
  const change = { type: "changed", doc: DOC, header: null, contact: null };
  const item = { kind: "note", value: { id: "n1" } };
  ask(
    one,
    { ...change, items: [item], reset: false } as unknown as Effect,
    { ...change, items: [], reset: true } as Effect,
  );
  await eventually(() => detail !== undefined);
  expect(detail).toEqual({ doc: DOC, items: [], header: null, contact: null, reset: true });
});

test("a frame that the replica cannot read is reported, and the client goes on", async () => {
  const one = await tab("a1", ({ answers }) => {
    answers.receive = () => {
      throw Object.assign(new Error("bad"), { name: "ThreadlineError", code: "bad_frame" });
    };
  });
  let code: unknown;
  one.client.addEventListener("error", (event) => (code = event.detail.code));
  (await connected()).receive(1);
  await eventually(() => code === "bad_frame");
  expect(one.client.apply(command)).toBe(undefined);
});

test("logging out in one tab ends all, and nothing is left on the device", async () => {
  const one = await tab("a1");
  const two = await tab("a2");
  ask(one, store("h1", "a1"));
  const told: string[] = [];
  two.client.addEventListener("auth-expired", () => told.push("auth-expired"));
  // What its end still gathers is not told: whoever heard it would ask a client that answers nothing.
  two.client.addEventListener("rows", () => told.push("rows"));
  two.replica.answers.commit = () => [{ type: "rowsChanged" }];
  await one.client.reset();
  await eventually(() => told.length > 0);
  expect(told).toEqual(["auth-expired"]);
  expect(two.client.stopped).toBe(true);
  expect(await indexedDB.databases()).toEqual([]);
  expect(() => two.client.apply(command)).toThrow(expect.objectContaining({ code: "wrong_state" }));
});

test("without locks and channels a tab works alone", async () => {
  vi.stubGlobal("navigator", {});
  const one = await tab("a1");
  const socket = await connected();
  ask(one, store("h1", "a1"), { type: "send", frame: new Uint8Array([2]) });
  expect(socket.sent).toEqual([[1], [2]]);
  await one.client.stop();
  const two = await tab("a2");
  await eventually(() => adopted(two).length === 1);
});

test("rows that were dropped are asked for by every start, until a tab that leads has them all", async () => {
  const stored = async (): Promise<{ storage: Storage; cursor: number | undefined }> => {
    const storage = new Storage(
      "threadline:w:ana",
      () => undefined,
      () => Promise.resolve(false),
    );
    return { storage, cursor: (await storage.read()).cursor };
  };
  const row = { doc: DOC, seq: 1 } as unknown as StoredRow;
  const { storage } = await stored();
  storage.put({ type: "rows", rows: [row], cursor: 9, epoch: "e1" });
  await storage.settled();
  await storage.dropRows([DOC]);
  await storage.close();

  const one = await tab("a1");
  const two = await tab("a2");
  two.replica.state = "synced";
  ask(two, { type: "syncState" });
  await two.client.stop();
  expect((await stored()).cursor).toBe(0);
  ask(one, { type: "syncState" });
  one.replica.state = "synced";
  ask(one, { type: "syncState" });
  await one.client.stop();
  expect((await stored()).cursor).toBe(9);
});
