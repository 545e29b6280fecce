import "fake-indexeddb/auto";
import { IDBFactory } from "fake-indexeddb";
import { afterEach, beforeAll, beforeEach, expect, test, vi } from "vitest";
import { Keeper } from "./keeper.js";
import { Storage, type StorageState, type StoreEffect } from "./storage.js";
import { eventually, quota } from "./testing/fakes.js";
import { saved, startWasm } from "./testing/replicas.js";
import { Replica, type Command, type DocumentId, type PendingEntry } from "./wasm.js";

/** Contacts, because no conversation of the working set is with them. */
const docs = ["aa", "bb", "cc", "dd"].map((twice) => contact(twice));
const [first, second, third, fourth] = docs as [DocumentId, DocumentId, DocumentId, DocumentId];

let replica: Replica;
let storage: Storage;
let keeper: Keeper;
let open: DocumentId[];
let dropped: DocumentId[];
let states: StorageState[];

beforeAll(startWasm);

beforeEach(async () => {
  vi.stubGlobal("indexedDB", new IDBFactory());
  replica = new Replica("acme", "0a".repeat(16));
  replica.restore(saved("ana"));
  open = [];
  dropped = [];
  states = [];
  storage = new Storage(
    "threadline:acme:ana",
    (state) => states.push(state),
    () => keeper.makeRoom(),
  );
  await storage.read();
  const source = {
    spare: replica.spare.bind(replica),
    spareRows: replica.spareRows.bind(replica),
    inUse: () => open,
    leads: () => true,
    dropped: (gone: DocumentId[]) => dropped.push(...gone),
  };
  keeper = new Keeper(storage, source, 32);
});

afterEach(async () => {
  vi.useRealTimers();
  vi.restoreAllMocks();
  keeper.stop();
  await storage.close();
  replica.free();
  vi.unstubAllGlobals();
});

function contact(twice: string): DocumentId {
  return `contact:0198f2c4-7b1e-7c3a-9d55-2f8e6a1b4c${twice}`;
}

/** Ten bytes of a document, used at a moment; with an entry of the outbox where it is unsent. */
function put(doc: DocumentId, at: number, unsent = false): void {
  const clock = vi.spyOn(Date, "now").mockReturnValue(at);
  const command = { type: "unmerge_contact", contact: doc.slice("contact:".length) } as Command;
  const hash = doc.slice(-2).repeat(32);
  const entry: PendingEntry = { hash, doc, actor: "0b".repeat(16), at, command, order: 1 };
  const chunks = [{ hash, bytes: new Uint8Array(10) }];
  const effect: StoreEffect = {
    ...{ type: "store", doc, chunks, local: unsent },
    pending: unsent ? [entry] : [],
  };
  storage.put(effect);
  clock.mockRestore();
}

/** What a new tab finds on the disk. */
async function onDisk(): Promise<DocumentId[]> {
  await storage.close();
  const next = new Storage(
    "threadline:acme:ana",
    () => undefined,
    () => Promise.resolve(false),
  );
  await next.read();
  const whole: DocumentId[] = [];
  for (const doc of docs) if ((await next.load(doc)).length > 0) whole.push(doc);
  await next.close();
  return whole;
}

test("beyond the budget what was used longest ago goes, and what fits is left alone", async () => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  for (const [at, doc] of docs.slice(0, 3).entries()) put(doc, at);
  await storage.settled();
  keeper.wake();
  vi.advanceTimersByTime(1_000);
  await storage.needed();
  expect(dropped).toEqual([]);
  put(fourth, 3);
  await storage.settled();
  keeper.wake();
  vi.advanceTimersByTime(1_000);
  await eventually(() => dropped.length > 0);
  expect(dropped).toEqual([first, second]);
  expect(keeper.room).toBe(true);
  expect(await onDisk()).toEqual([third, fourth]);
});

test("what is unsent or open stays, however old and however little room there is", async () => {
  put(first, 0, true);
  for (const [at, doc] of [second, third, fourth].entries()) put(doc, at + 1);
  open = [second];
  await storage.settled();
  expect(await keeper.makeRoom()).toBe(true);
  expect(dropped).toEqual([third, fourth]);
  // Nothing more may go, so nothing goes.
  expect(await keeper.makeRoom()).toBe(false);
  expect(await onDisk()).toEqual([first, second]);
});

test("after room had to be made nothing is fetched ahead, though what is left fits", async () => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  for (const [at, doc] of docs.entries()) put(doc, at);
  await storage.settled();
  expect(await keeper.makeRoom()).toBe(true);
  expect(keeper.room).toBe(false);
  put(third, 4);
  await storage.settled();
  keeper.wake();
  vi.advanceTimersByTime(1_000);
  await storage.needed();
  expect(keeper.room).toBe(false);
});

test("on a full disk room is made for new work, and the person never hears of it", async () => {
  for (const [at, doc] of [first, second, third].entries()) put(doc, at);
  await storage.settled();
  quota(() => dropped.length === 0);
  put(fourth, 3, true);
  await eventually(() => dropped.length > 0);
  await storage.settled();
  expect(states).toEqual([]);
  expect(await storage.outbox()).toHaveLength(1);
  expect(await onDisk()).toContain(fourth);
});

test("where nothing may go the work is kept in memory, and the person is told", async () => {
  put(first, 0, true);
  await storage.settled();
  quota(() => true);
  put(second, 1, true);
  await eventually(() => states.length > 0);
  expect(states[0]).toEqual({ ok: false, trouble: "full" });
  expect(await storage.outbox()).toHaveLength(2);
  expect(await storage.load(second)).toHaveLength(1);
});
