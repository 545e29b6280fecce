import "fake-indexeddb/auto";
import { IDBFactory } from "fake-indexeddb";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Storage, type StorageState, type StoreEffect } from "./storage.js";
import { eventually, quota } from "./testing/fakes.js";
import type { Command, DocumentId, PendingEntry, StoredRow } from "./wasm.js";

const DOC = "conversation:1";
const command = { type: "close_conversation", conversation: "1" } as Command;
let open: Storage[];
let states: StorageState[];
let makeRoom: () => Promise<boolean>;

beforeEach(() => {
  vi.stubGlobal("indexedDB", new IDBFactory());
  open = [];
  states = [];
  makeRoom = () => Promise.resolve(false);
});

afterEach(async () => {
  vi.restoreAllMocks();
  await Promise.all(open.map((storage) => storage.close()));
  vi.unstubAllGlobals();
});

function start(): Storage {
  const storage = new Storage(
    "threadline:w:ana",
    (state) => states.push(state),
    () => makeRoom(),
  );
  open.push(storage);
  return storage;
}

async function opened(): Promise<Storage> {
  const storage = start();
  await storage.read();
  return storage;
}

/** What a new tab would find. */
async function found() {
  const storage = start();
  const saved = await storage.read();
  return { storage, saved };
}

function entry(hash: string, order = 1): PendingEntry {
  return { hash, doc: DOC, actor: "aa", at: 5, command, order };
}

function stored(hash: string, pending: PendingEntry[] = [], doc: DocumentId = DOC): StoreEffect {
  const chunks = [{ hash, bytes: new Uint8Array([hash.length]) }];
  return { type: "store", doc, chunks, pending, local: pending.length > 0 };
}

function row(doc: string): StoredRow {
  return { doc, seq: 1 } as unknown as StoredRow;
}

test("what was stored is there after a restart, with its outbox entry", async () => {
  const storage = await opened();
  storage.put(stored("h1", [entry("h1", 2)]));
  storage.put(stored("h0", [entry("h0", 1)]));
  await storage.close();
  const { storage: again, saved } = await found();
  expect(saved.outbox).toEqual([entry("h0", 1), entry("h1", 2)]);
  expect(await again.load(DOC)).toHaveLength(2);
  expect(await again.load("conversation:11")).toEqual([]);
});

test("a change and its outbox entry are one transaction, written strictly; the rest is relaxed", async () => {
  const transaction = vi.spyOn(IDBDatabase.prototype, "transaction");
  const storage = await opened();
  transaction.mockClear();
  storage.put(stored("h1", [entry("h1")]));
  await storage.settled();
  storage.put(stored("h2"));
  await storage.settled();
  expect(transaction.mock.calls.map(([, mode, options]) => [mode, options])).toEqual([
    ["readwrite", { durability: "strict" }],
    ["readwrite", { durability: "relaxed" }],
  ]);
});

test("an acknowledged change leaves the outbox and stays; a refused one leaves both", async () => {
  const storage = await opened();
  storage.put(stored("h1", [entry("h1")]));
  storage.put(stored("h2", [entry("h2")]));
  storage.put({ type: "acked", doc: DOC, hashes: ["h1"] });
  storage.put({ type: "remove", doc: DOC, hashes: ["h2"] });
  await storage.close();
  const { storage: again, saved } = await found();
  expect(saved.outbox).toEqual([]);
  expect(await again.load(DOC)).toEqual([new Uint8Array([2])]);
});

test("a cursor belongs to its epoch: another epoch begins at zero", async () => {
  const member = {
    id: "ana",
    name: "Ana",
    role: "agent",
    teams: [],
    availability: "available",
    channels: null,
    active: true,
  } as const;
  const storage = await opened();
  storage.put({ type: "session", member: { ...member, teams: [] }, members: [], epoch: "e1" });
  storage.put({ type: "rows", rows: [], cursor: 9, epoch: "e1" });
  await storage.close();
  const { storage: second, saved } = await found();
  expect(saved).toMatchObject({ epoch: "e1", cursor: 9, member });
  second.put({ type: "session", member: { ...member, teams: [] }, members: [], epoch: "e2" });
  await second.close();
  expect((await found()).saved).toMatchObject({ epoch: "e2", cursor: 0 });
});

test("up to where a document is whole is known after a restart, and not moved by later changes", async () => {
  const storage = await opened();
  storage.put(stored("h1"));
  storage.complete(DOC, ["h1"]);
  storage.put(stored("h2"));
  await storage.close();
  const { storage: again } = await found();
  expect([...again.documents]).toMatchObject([{ doc: DOC, heads: ["h1"] }]);
});

test("refused commands stay until they are discarded", async () => {
  const refusal = { code: "forbidden" as const, text: "no" };
  const storage = await opened();
  for (const id of ["r1", "r2"]) {
    storage.put({ type: "refused", refused: { id, doc: DOC, at: 1, command, refusal } });
  }
  storage.put({ type: "discarded", id: "r1" });
  await storage.close();
  expect((await found()).saved.refused.map(({ id }) => id)).toEqual(["r2"]);
});

test("a snapshot takes the place of what it was made from, and of nothing that came later", async () => {
  const storage = await opened();
  storage.put(stored("h1"));
  storage.put(stored("h2"));
  await storage.load(DOC);
  storage.put(stored("later"));
  await storage.compact(DOC, new Uint8Array([9, 9, 9]));
  await storage.close();
  const { storage: again } = await found();
  const chunks = (await again.load(DOC)).map((bytes) => bytes.length).sort();
  expect(chunks).toEqual([1, 3]);
});

test("nothing is put into a snapshot while something of the document waits", async () => {
  const storage = await opened();
  storage.put(stored("h1", [entry("h1")]));
  await storage.load(DOC);
  await storage.compact(DOC, new Uint8Array([9, 9, 9]));
  await storage.close();
  const { storage: again } = await found();
  expect(await again.load(DOC)).toEqual([new Uint8Array([2])]);
});

test("a read sees what is not written yet", async () => {
  const storage = await opened();
  storage.put(stored("h1", [entry("h1")]));
  expect(await storage.load(DOC)).toHaveLength(1);
  expect(await storage.outbox()).toHaveLength(1);
});

test("without room nothing is dropped: it is kept, said, and written when there is room", async () => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  let full = true;
  const storage = await opened();
  quota(() => full);
  storage.put(stored("h1", [entry("h1")]));
  await eventually(() => states.length === 1);
  expect(states[0]).toEqual({ ok: false, trouble: "full" });
  expect(await storage.load(DOC)).toHaveLength(1);
  expect(await storage.outbox()).toHaveLength(1);
  full = false;
  vi.advanceTimersByTime(5_000);
  vi.useRealTimers();
  await eventually(() => states.length === 2);
  expect(states[1]).toEqual({ ok: true });
  await storage.close();
  expect((await found()).saved.outbox).toHaveLength(1);
});

test("the bytes of a document are counted, and counted anew when it is loaded", async () => {
  const storage = await opened();
  storage.put(stored("h1"));
  storage.put(stored("h2"));
  expect([...storage.documents]).toMatchObject([{ doc: DOC, bytes: 2 }]);
  storage.put({ type: "remove", doc: DOC, hashes: ["h1"] });
  await storage.load(DOC);
  expect([...storage.documents]).toMatchObject([{ doc: DOC, bytes: 1 }]);
  await storage.compact(DOC, new Uint8Array(7));
  await storage.close();
  expect([...(await found()).storage.documents]).toMatchObject([{ doc: DOC, bytes: 7 }]);
});

test("what was dropped does not pass for stored, whoever uses it meanwhile", async () => {
  const storage = await opened();
  storage.put(stored("h1"));
  storage.complete(DOC, ["h1"]);
  await storage.settled();
  const { storage: other } = await found();
  const dropping = storage.drop([DOC]);
  storage.use(DOC);
  await dropping;
  await storage.settled();
  expect([...(await found()).storage.documents]).toEqual([]);

  // Another tab, which has not heard of it, opens it.
  other.use(DOC);
  expect(await other.load(DOC)).toEqual([]);
  await other.close();
  expect([...(await found()).storage.documents]).toMatchObject([{ doc: DOC, heads: [], bytes: 0 }]);
});

test("what could not be dropped is still counted, and its failure is told to who asked alone", async () => {
  const storage = await opened();
  storage.put({ type: "rows", rows: [row("contact:a")], cursor: 9, epoch: "e1" });
  storage.put(stored("h1"));
  await storage.settled();
  const { transaction } = IDBDatabase.prototype;
  // The browser aborts what writes, which each request of it learns: a page hears of those nobody awaits.
  vi.spyOn(IDBDatabase.prototype, "transaction").mockImplementation(function (
    this: IDBDatabase,
    ...args
  ) {
    const made = transaction.apply(this, args);
    if (args[1] === "readwrite") queueMicrotask(() => made.abort());
    return made;
  });
  await expect(storage.dropRows(["contact:a"])).rejects.toThrow();
  await expect(storage.drop([DOC])).rejects.toThrow();
  expect([...storage.documents]).toMatchObject([{ doc: DOC, bytes: 1 }]);
});

test("what is erased goes, whatever of it was under way or waits, on a full disk, too", async () => {
  const storage = await opened();
  storage.put(stored("on disk"));
  await storage.settled();
  await storage.load(DOC);
  quota(() => true);
  // One chunk is on its way and fails, one waits, and a snapshot is being made.
  storage.put(stored("under way"));
  storage.flush();
  storage.put(stored("waiting"));
  storage.put(stored("h1", [], "conversation:2"));
  const compacted = storage.compact(DOC, new Uint8Array(7));
  storage.put({ type: "forget", docs: [DOC] });
  await compacted;
  await eventually(() => states.length > 0);
  expect(await storage.load(DOC)).toEqual([]);
  await storage.settled();
  vi.restoreAllMocks();
  expect(await (await found()).storage.load(DOC)).toEqual([]);

  // Nor does it come back with what is written once there is room.
  await storage.close();
  const { storage: again } = await found();
  expect(await again.load(DOC)).toEqual([]);
  expect([...again.documents]).toMatchObject([{ doc: "conversation:2" }]);
});

test("what is erased where storage refuses goes when it comes back", async () => {
  const first = await opened();
  first.put(stored("h1"));
  await first.close();
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  const refuse = vi.spyOn(indexedDB, "open").mockImplementation(() => {
    throw new DOMException("private", "SecurityError");
  });
  const storage = start();
  await storage.read();
  storage.put({ type: "forget", docs: [DOC] });
  refuse.mockRestore();
  vi.advanceTimersByTime(5_000);
  vi.useRealTimers();
  await eventually(() => storage.state.ok);
  const { storage: again } = await found();
  expect(await again.load(DOC)).toEqual([]);
  expect([...again.documents]).toEqual([]);
});

test("what comes again after it was forgotten stays", async () => {
  const storage = await opened();
  storage.put(stored("h1"));
  storage.put({ type: "forget", docs: [DOC] });
  storage.put(stored("h22"));
  await storage.close();
  expect(await (await found()).storage.load(DOC)).toEqual([new Uint8Array([3])]);
});

test("only what the person does is a use of a document", async () => {
  const clock = vi.spyOn(Date, "now");
  const storage = await opened();
  const lastUsed = (): number[] => [...storage.documents].map((known) => known.lastUsed);
  clock.mockReturnValue(1);
  storage.put(stored("h1"));
  clock.mockReturnValue(2);
  storage.put(stored("h2"));
  storage.complete(DOC, ["h2"]);
  expect(lastUsed()).toEqual([1]);
  clock.mockReturnValue(3);
  storage.use(DOC);
  expect(lastUsed()).toEqual([3]);
  clock.mockReturnValue(4);
  storage.put(stored("h3", [entry("h3")]));
  expect(lastUsed()).toEqual([4]);
  await storage.close();
  clock.mockRestore();
});

test("rows that were dropped are asked for again at the next start, whatever came after them", async () => {
  const rows = ["contact:a", "contact:b"].map(row);
  const storage = await opened();
  storage.put({ type: "rows", rows, cursor: 9, epoch: "e1" });
  await storage.settled();
  expect(await storage.dropRows(["contact:a"])).toBe(true);
  expect(await storage.dropRows(["contact:a"])).toBe(false);
  storage.put({ type: "rows", rows: [], cursor: 10, epoch: "e1" });
  await storage.close();
  const { saved } = await found();
  expect(saved.rows.map(({ doc }) => doc)).toEqual(["contact:b"]);
  expect(saved).toMatchObject({ cursor: 0, epoch: "e1" });
});

test("rows that were dropped are asked for until all came, whatever cursor another tab stores", async () => {
  const rows = [row("contact:a")];
  const first = await opened();
  first.put({ type: "rows", rows, cursor: 9, epoch: "e1" });
  await first.settled();
  const { storage: other } = await found();
  await first.dropRows(["contact:a"]);
  // Both tabs hear the next rows.
  for (const tab of [first, other]) tab.put({ type: "rows", rows: [], cursor: 10, epoch: "e1" });
  await first.settled();
  await other.close();
  const { storage: next, saved } = await found();
  expect(saved).toMatchObject({ cursor: 0, rows: [] });
  // A part of the list is not all of it, and a tab that follows another asks for nothing.
  next.put({ type: "rows", rows, cursor: 5, epoch: "e1" });
  await next.settled();
  const follower = start();
  expect((await follower.read(false)).cursor).toBe(0);
  follower.listed();
  await follower.close();
  // What is dropped meanwhile is not in the list.
  await next.dropRows(["contact:a"]);
  next.listed();
  await next.settled();
  const { storage: last, saved: again } = await found();
  expect(again.cursor).toBe(0);
  last.put({ type: "rows", rows, cursor: 11, epoch: "e1" });
  last.listed();
  await last.close();
  expect((await found()).saved).toMatchObject({ cursor: 11, rows });
});

test("a file waits like a change: strictly on disk, read before it is written, gone when told", async () => {
  const file = { type: "text/plain", bytes: new ArrayBuffer(3) };
  const storage = await opened();
  storage.keepBlob("b1", file);
  storage.keepBlob("b2", file);
  expect([...(await storage.blobs()).keys()]).toEqual(["b1", "b2"]);
  storage.keepBlob("b1", undefined);
  await storage.close();
  expect([...(await (await found()).storage.blobs()).keys()]).toEqual(["b2"]);
});

test("a browser that refuses storage leaves a client that works from memory", async () => {
  vi.spyOn(indexedDB, "open").mockImplementation(() => {
    throw new DOMException("private", "SecurityError");
  });
  const storage = start();
  const saved = await storage.read();
  expect(saved).toMatchObject({ rows: [], outbox: [], cursor: 0 });
  expect(storage.state).toEqual({ ok: false, trouble: "refused" });
  storage.put(stored("h1", [entry("h1")]));
  await storage.settled();
  expect(await storage.load(DOC)).toEqual([new Uint8Array([2])]);
  expect(await storage.outbox()).toHaveLength(1);
});

test("storage that comes back takes everything that was kept", async () => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  const refuse = vi.spyOn(indexedDB, "open").mockImplementation(() => {
    throw new DOMException("private", "SecurityError");
  });
  const storage = start();
  await storage.read();
  storage.put(stored("h1", [entry("h1")]));
  refuse.mockRestore();
  vi.advanceTimersByTime(5_000);
  vi.useRealTimers();
  await eventually(() => storage.state.ok);
  await storage.close();
  expect((await found()).saved.outbox).toHaveLength(1);
});

test("a failure does not bring back what a later write deleted", async () => {
  let failures = 1;
  const storage = await opened();
  quota(() => failures-- > 0);
  storage.put(stored("h1", [entry("h1")]));
  storage.flush();
  storage.put({ type: "acked", doc: DOC, hashes: ["h1"] });
  storage.flush();
  await storage.settled();
  expect(await storage.outbox()).toEqual([]);
  expect(await storage.load(DOC)).toHaveLength(1);
});
