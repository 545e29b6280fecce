import { deleteDB, openDB, type IDBPDatabase } from "idb";

import type { DocumentId } from "./wasm.js";

/** The object stores and their keys. Values are what the core hands out, unchanged. */
export const STORES = {
  /** Raw changes: `[doc, hash]` → bytes. */
  chunks: "chunks",
  /** What is stored of a document: `doc` → {@link StoredDocument}. */
  docs: "docs",
  /** Summaries: `doc` → `StoredRow`. */
  rows: "rows",
  /** Changes that the server has not confirmed: `hash` → `PendingEntry`. */
  outbox: "outbox",
  /** Commands that the server refused and nobody settled: `id` → `Refused`. */
  refused: "refused",
  /**
   * `session` → the member and the team, `position` → {@link StoredPosition}; and a key of
   * {@link DROPPED} for each tab that dropped rows, until the server has listed all of them again.
   */
  meta: "meta",
  /** Files that the server does not have yet: SHA-256 → {@link StoredBlob}. */
  blobs: "blobs",
} as const;

/** How a key of `meta` begins that says that a tab dropped rows. */
export const DROPPED = "dropped:";

/** The name of an object store. */
export type StoreName = keyof typeof STORES;

/** What is known of a document whose chunks are stored. */
export interface StoredDocument {
  doc: DocumentId;
  /** Heads up to which it is surely whole, in hex; none when that is not known. */
  heads: string[];
  /** The sum of its chunks; what other tabs stored is counted when it is loaded next. */
  bytes: number;
  /** When somebody last opened it or wrote in it, in milliseconds since 1970. */
  lastUsed: number;
}

/** How far the rows are known, and of which database of the server. */
export interface StoredPosition {
  epoch: string;
  cursor: number;
}

/** A file on its way to the server. */
export interface StoredBlob {
  /** Its media type. */
  type: string;
  bytes: ArrayBuffer;
}

/** One key's new value; `undefined` deletes it. The key `[doc]` names all chunks of a document. */
export interface Write {
  store: StoreName;
  key: string | string[];
  value: unknown;
}

/** Writes that belong together, in their order, each under its store and key as one text. */
export type Batch = Map<string, Write>;

/** The version of the layout above. */
const VERSION = 2;
/** A database that does not open within this time is not waited for, in milliseconds. */
const OPEN_MS = 3_000;

/** All chunks of a document; an array sorts behind every string. */
export function chunksOf(doc: string): IDBKeyRange {
  return IDBKeyRange.bound([doc], [doc, []]);
}

/** A store and a key as one text. */
export function nameOf(store: StoreName, key: Write["key"]): string {
  return JSON.stringify([store, key]);
}

/** The batch of some writes. */
export function batchOf(writes: Write[]): Batch {
  return new Map(writes.map((write) => [nameOf(write.store, write.key), write]));
}

/** Whether an earlier write, which failed, has nothing left to do after a later batch. */
export function replaces(later: Batch, { store, key }: Write): boolean {
  if (later.has(nameOf(store, key))) return true;
  if (store !== "chunks") return false;
  const [doc = "", hash] = key;
  if (hash !== undefined) return later.has(nameOf("chunks", [doc]));
  // A document that was stored again is not deleted any more: a restored server has it back.
  return [...later.values()].some(
    (write) => write.store === "chunks" && write.key[0] === doc && write.value !== undefined,
  );
}

/** What deletes all that is stored of a document. */
export function erasureOf(doc: DocumentId): Write[] {
  return [
    { store: "chunks", key: [doc], value: undefined },
    { store: "docs", key: doc, value: undefined },
  ];
}

/**
 * Opens (and lays out) the database.
 * @param lost called when the connection ends by itself: storage was cleared, or another tab wants
 * to delete or upgrade the database
 * @throws when the browser refuses storage or another tab blocks it for long.
 */
export async function openDatabase(name: string, lost: () => void): Promise<IDBPDatabase> {
  const opening = openDB(name, VERSION, {
    upgrade(db) {
      for (const store of Object.values(STORES)) {
        if (!db.objectStoreNames.contains(store)) db.createObjectStore(store);
      }
    },
    blocking(_current, _blocked, event) {
      (event.target as IDBDatabase).close();
      lost();
    },
    terminated: lost,
  });
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error("the database does not open")), OPEN_MS);
  });
  try {
    return await Promise.race([opening, late]);
  } catch (error) {
    // One that opens after all is not used: the next attempt opens its own.
    opening.then(
      (db) => db.close(),
      () => undefined,
    );
    throw error;
  } finally {
    clearTimeout(timer);
  }
}

/** Writes a batch in one transaction: all of it or nothing. */
export async function write(db: IDBPDatabase, batch: Batch): Promise<void> {
  const writes = [...batch.values()];
  // Unsent work must survive a power cut; the rest can be fetched again.
  const unsent = writes.some(({ store }) => store === "outbox" || store === "blobs");
  const durability = unsent ? "strict" : "relaxed";
  const tx = db.transaction(Object.values(STORES), "readwrite", { durability });
  try {
    const requests = writes.map(({ store, key, value }) =>
      value === undefined
        ? tx.objectStore(store).delete(placeOf(key))
        : tx.objectStore(store).put(value, key),
    );
    // Their failures also fail the transaction, which is awaited below.
    for (const request of requests) request.catch(() => undefined);
  } catch (error) {
    tx.done.catch(() => undefined);
    tx.abort();
    throw error;
  }
  await tx.done;
}

function placeOf(key: Write["key"]): IDBValidKey | IDBKeyRange {
  const whole = Array.isArray(key) && key.length === 1;
  return whole ? chunksOf(String(key[0])) : key;
}

/** The name of database, channel and locks of a member. */
export function databaseName(workspace: string, member: string): string {
  return `threadline:${workspace}:${member}`;
}

/** Deletes the database with everything in it. */
export async function deleteDatabase(name: string): Promise<void> {
  await deleteDB(name);
}
