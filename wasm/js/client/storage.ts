import type { IDBPDatabase } from "idb";

import {
  chunksOf,
  openDatabase,
  STORES,
  type StoredDocument,
  type StoredPosition,
  type StoreName,
} from "./database.js";
import type {
  DocumentId,
  Effect,
  Member,
  PendingEntry,
  Refused,
  Saved,
  StoredRow,
} from "./wasm.js";

/** Whether what is written reaches the disk; `message` is a sentence for the person if not. */
export interface StorageState {
  ok: boolean;
  message?: string;
}

/** The effects that are about storage. */
export type StoreEffect = Extract<
  Effect,
  { type: "store" | "acked" | "remove" | "rows" | "forget" | "session" | "refused" | "discarded" }
>;

/** What is read at the start: lists are never absent. */
export type Stored = Saved & Required<Pick<Saved, "rows" | "outbox" | "refused">>;

/** One key's new value; `undefined` deletes it. */
interface Write {
  store: StoreName;
  key: string | [string, string];
  value: unknown;
}
type Batch = Map<string, Write>;

/** How long to wait before storage that failed is tried again, in milliseconds. */
const RETRY_MS = 5_000;
/** Which part of the documents that may go is dropped at once when there is no room. */
const EVICT_PART = 4;

const FULL =
  "The browser's storage is full. New work is kept in this tab only: leave it open until there is room or everything is sent.";
const REFUSED =
  "The browser does not let this page store anything. Work is kept in this tab only: leave it open until everything is sent.";

/**
 * A client's data in IndexedDB, behind a memory of what is not written yet.
 *
 * Writes are last-value-wins by key. What is asked for in one turn goes into one transaction, so a
 * change and its outbox entry are stored together or not at all. When a transaction fails, its
 * writes return to the memory and are tried again until they succeed: nothing is dropped, and reads
 * see it meanwhile.
 */
export class Storage {
  #db: IDBPDatabase | undefined;
  /** Not written yet. */
  #dirty: Batch = new Map();
  /** In transactions that are under way, oldest first; IndexedDB finishes them in this order. */
  #underWay: { batch: Batch; done: Promise<void> }[] = [];
  #planned = false;
  #recovering = false;
  #closed = false;
  #retry: ReturnType<typeof setTimeout> | undefined;
  #state: StorageState = { ok: true };
  #position: StoredPosition = { epoch: "", cursor: 0 };
  #docs = new Map<DocumentId, StoredDocument>();
  /** The names of each document's chunks as they were read last. */
  readonly #loaded = new Map<DocumentId, string[]>();

  /**
   * @param name the database's
   * @param inUse whether a document is in memory, and so must stay whole on disk
   * @param changed called whenever {@link state} changed
   * @param evicted called with the documents that were dropped for want of room
   */
  constructor(
    private readonly name: string,
    private readonly inUse: (doc: DocumentId) => boolean,
    private readonly changed: (state: StorageState) => void,
    private readonly evicted: (docs: DocumentId[]) => void,
  ) {}

  /** Whether what is written reaches the disk. */
  get state(): StorageState {
    return this.#state;
  }

  /** What the database holds; empty where the browser refuses storage. Call once, first. */
  async read(): Promise<Stored> {
    const saved: Stored = {
      epoch: "",
      cursor: 0,
      members: [],
      rows: [],
      outbox: [],
      refused: [],
    };
    try {
      const db = await this.#open();
      const tx = db.transaction(Object.values(STORES), "readonly");
      const meta = tx.objectStore("meta");
      const [session, position, rows, docs, outbox, refused] = await Promise.all([
        meta.get("session") as Promise<{ member: Member; members: Member[] } | undefined>,
        meta.get("position") as Promise<StoredPosition | undefined>,
        tx.objectStore("rows").getAll() as Promise<StoredRow[]>,
        tx.objectStore("docs").getAll() as Promise<StoredDocument[]>,
        tx.objectStore("outbox").getAll() as Promise<PendingEntry[]>,
        tx.objectStore("refused").getAll() as Promise<Refused[]>,
      ]);
      this.#position = position ?? this.#position;
      Object.assign(saved, session, this.#position, { rows });
      this.#docs = new Map(docs.map((stored) => [stored.doc, stored]));
      saved.outbox = outbox.sort((a, b) => a.order - b.order);
      saved.refused = refused.sort((a, b) => a.at - b.at);
    } catch {
      this.#fail(REFUSED);
    }
    return saved;
  }

  /** Every stored chunk of a document, in no order; none when it is not stored. */
  async load(doc: DocumentId): Promise<Uint8Array[]> {
    const chunks = new Map<string, Uint8Array>();
    if (this.#db !== undefined) {
      try {
        const tx = this.#db.transaction("chunks", "readonly");
        const [keys, values] = await Promise.all([
          tx.store.getAllKeys(chunksOf(doc)) as Promise<[string, string][]>,
          tx.store.getAll(chunksOf(doc)) as Promise<Uint8Array[]>,
        ]);
        keys.forEach(([, hash], at) => chunks.set(hash, values[at] as Uint8Array));
      } catch {
        this.#fail(REFUSED);
      }
    }
    for (const { key, value } of this.#unwritten("chunks")) {
      if (key[0] !== doc) continue;
      if (value === undefined) chunks.delete(key[1] as string);
      else chunks.set(key[1] as string, value as Uint8Array);
    }
    // A snapshot may only take the place of what it was made from.
    this.#loaded.set(doc, [...chunks.keys()]);
    return [...chunks.values()];
  }

  /**
   * Keeps a snapshot in place of the chunks that were loaded last. Not while anything of the
   * document waits in any tab: a refusal takes single changes out again.
   */
  async compact(doc: DocumentId, bytes: Uint8Array): Promise<void> {
    const loaded = this.#loaded.get(doc);
    this.#loaded.delete(doc);
    const waiting = await this.outbox();
    if (loaded === undefined || waiting.some((entry) => entry.doc === doc)) return;
    // A name of its own, because two tabs may do this at once, each with other chunks.
    this.#write("chunks", [doc, `snapshot-${crypto.randomUUID()}`], bytes);
    for (const hash of loaded) this.#write("chunks", [doc, hash], undefined);
  }

  /** The outbox as it is on disk and in memory, oldest first, with the entries of other tabs. */
  async outbox(): Promise<PendingEntry[]> {
    const entries = new Map<string, PendingEntry>();
    try {
      const stored = (await this.#db?.getAll("outbox")) as PendingEntry[] | undefined;
      for (const entry of stored ?? []) entries.set(entry.hash, entry);
    } catch {
      this.#fail(REFUSED);
    }
    for (const { key, value } of this.#unwritten("outbox")) {
      if (value === undefined) entries.delete(key as string);
      else entries.set(key as string, value as PendingEntry);
    }
    return [...entries.values()].sort((a, b) => a.order - b.order);
  }

  /** Takes an effect to be written. All effects of one turn are written together. */
  put(effect: StoreEffect): void {
    switch (effect.type) {
      case "store": {
        const { doc } = effect;
        for (const { hash, bytes } of effect.chunks) this.#write("chunks", [doc, hash], bytes);
        for (const entry of effect.pending) this.#write("outbox", entry.hash, entry);
        this.#stored(doc, this.#docs.get(doc)?.heads ?? []);
        break;
      }
      case "acked":
        for (const hash of effect.hashes) this.#write("outbox", hash, undefined);
        break;
      case "remove":
        for (const hash of effect.hashes) {
          this.#write("chunks", [effect.doc, hash], undefined);
          this.#write("outbox", hash, undefined);
        }
        break;
      case "rows":
        for (const row of effect.rows) this.#write("rows", row.doc, row);
        this.#moveTo({ epoch: effect.epoch, cursor: effect.cursor });
        break;
      case "forget":
        for (const doc of effect.docs) this.#write("rows", doc, undefined);
        break;
      case "session":
        this.#write("meta", "session", { member: effect.member, members: effect.members });
        // A cursor counts the changes of one database; another epoch begins again.
        if (effect.epoch !== this.#position.epoch) {
          this.#moveTo({ epoch: effect.epoch, cursor: 0 });
        }
        break;
      case "refused":
        this.#write("refused", effect.refused.id, effect.refused);
        break;
      case "discarded":
        this.#write("refused", effect.id, undefined);
    }
  }

  /** The documents whose chunks were stored when this client started or have been since. */
  get documents(): Iterable<StoredDocument> {
    return this.#docs.values();
  }

  /** Notes that a document is stored whole, up to these heads of the server's. */
  complete(doc: DocumentId, heads: string[]): void {
    this.#stored(doc, heads);
  }

  /** Resolves when everything asked for so far is on disk or has failed. */
  async settled(): Promise<void> {
    if (this.#state.ok) this.#commit();
    await Promise.all(this.#underWay.map(({ done }) => done));
  }

  /** Begins to write at once, even where it failed before: for a page that is about to go. */
  flush(): void {
    this.#commit();
  }

  /** Writes what it can and lets go of the database. */
  async close(): Promise<void> {
    this.flush();
    await this.settled();
    this.#closed = true;
    clearTimeout(this.#retry);
    this.#db?.close();
    this.#db = undefined;
  }

  #stored(doc: DocumentId, heads: string[]): void {
    const stored: StoredDocument = { doc, heads, lastUsed: Date.now() };
    this.#docs.set(doc, stored);
    this.#write("docs", doc, stored);
  }

  /** What a read that has just ended may have missed, oldest first. */
  *#unwritten(wanted: StoreName): Generator<Write> {
    for (const batch of [...this.#underWay.map((job) => job.batch), this.#dirty]) {
      for (const write of batch.values()) if (write.store === wanted) yield write;
    }
  }

  #moveTo(position: StoredPosition): void {
    this.#position = position;
    this.#write("meta", "position", position);
  }

  #write(store: StoreName, key: Write["key"], value: unknown): void {
    this.#dirty.set(JSON.stringify([store, key]), { store, key, value });
    if (this.#planned) return;
    this.#planned = true;
    queueMicrotask(() => {
      this.#planned = false;
      // Storage that failed is tried again by its timer, not at every keystroke.
      if (this.#state.ok) this.#commit();
    });
  }

  #commit(): void {
    if (this.#db === undefined || this.#dirty.size === 0) return;
    const db = this.#db;
    const batch = this.#dirty;
    this.#dirty = new Map();
    const done = write(db, batch).then(
      () => this.#finished(batch),
      (error: unknown) => this.#failed(batch, error),
    );
    this.#underWay.push({ batch, done });
  }

  #finished(batch: Batch): void {
    this.#underWay = this.#underWay.filter((job) => job.batch !== batch);
    if (this.#underWay.length > 0) return;
    if (this.#dirty.size === 0) this.#report({ ok: true });
    // What came while a failed write was tried again has nobody else to write it.
    else if (!this.#state.ok) this.#commit();
  }

  async #failed(batch: Batch, error: unknown): Promise<void> {
    const later = this.#underWay.slice(this.#underWay.findIndex((job) => job.batch === batch) + 1);
    this.#underWay = this.#underWay.filter((job) => job.batch !== batch);
    for (const [key, entry] of batch) {
      const newer = this.#dirty.has(key) || later.some((job) => job.batch.has(key));
      if (!newer) this.#dirty.set(key, entry);
    }
    if (this.#closed || this.#recovering) return;
    const full = error instanceof DOMException && error.name === "QuotaExceededError";
    if (!full) {
      // The connection may be dead (storage cleared, the browser's process gone): open another.
      this.#db?.close();
      this.#db = undefined;
      this.#fail(REFUSED);
      return;
    }
    this.#recovering = true;
    const room = await this.#evict();
    this.#recovering = false;
    if (room) this.#commit();
    else this.#fail(FULL);
  }

  /**
   * Drops the least recently used documents that the server has whole and nobody looks at.
   * @returns whether anything went.
   */
  async #evict(): Promise<boolean> {
    if (this.#db === undefined) return false;
    try {
      const pending = new Set((await this.outbox()).map(({ doc }) => doc));
      const arriving = new Set([...this.#unwritten("chunks")].map(({ key }) => key[0]));
      const docs = ((await this.#db.getAll("docs")) as StoredDocument[])
        .filter(({ doc }) => !pending.has(doc) && !arriving.has(doc) && !this.inUse(doc))
        .sort((a, b) => a.lastUsed - b.lastUsed)
        .map(({ doc }) => doc);
      const gone = docs.slice(0, Math.ceil(docs.length / EVICT_PART));
      if (gone.length === 0) return false;
      const tx = this.#db.transaction(["chunks", "docs"], "readwrite");
      for (const doc of gone) {
        void tx.objectStore("chunks").delete(chunksOf(doc));
        void tx.objectStore("docs").delete(doc);
      }
      await tx.done;
      for (const doc of gone) this.#docs.delete(doc);
      this.evicted(gone);
      return true;
    } catch {
      return false;
    }
  }

  async #open(): Promise<IDBPDatabase> {
    const db = await openDatabase(this.name, () => {
      this.#db = undefined;
      if (!this.#closed) this.#fail(REFUSED);
    });
    if (this.#closed) db.close();
    else this.#db = db;
    return db;
  }

  #fail(message: string): void {
    this.#report({ ok: false, message });
    clearTimeout(this.#retry);
    this.#retry = setTimeout(() => void this.#again(), RETRY_MS);
  }

  /** Another attempt after a failure. */
  async #again(): Promise<void> {
    if (this.#closed) return;
    try {
      if (this.#db === undefined) await this.#open();
    } catch {
      this.#fail(REFUSED);
      return;
    }
    if (this.#dirty.size === 0) this.#report({ ok: true });
    else this.#commit();
  }

  #report(state: StorageState): void {
    const before = this.#state;
    if (before.ok === state.ok && before.message === state.message) return;
    this.#state = state;
    this.changed(state);
  }
}

/** Writes a batch in one transaction: all of it or nothing. */
async function write(db: IDBPDatabase, batch: Batch): Promise<void> {
  const writes = [...batch.values()];
  // Unsent work must survive a power cut; the rest can be fetched again.
  const durability = writes.some(({ store }) => store === "outbox") ? "strict" : "relaxed";
  const tx = db.transaction(Object.values(STORES), "readwrite", { durability });
  try {
    const requests = writes.map(({ store, key, value }) =>
      value === undefined
        ? tx.objectStore(store).delete(key)
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
