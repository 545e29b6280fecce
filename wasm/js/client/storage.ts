import type { IDBPDatabase } from "idb";

import {
  batchOf,
  chunksOf,
  DROPPED,
  erasureOf,
  nameOf,
  openDatabase,
  replaces,
  STORES,
  write,
  type Batch,
  type StoredBlob,
  type StoredDocument,
  type StoredPosition,
  type StoreName,
  type Write,
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

/** Whether what is written reaches the disk, and why not: the disk is full, or the browser refuses. */
export interface StorageState {
  ok: boolean;
  trouble?: "full" | "refused";
}

/** The effects that are about storage. */
export type StoreEffect = Extract<
  Effect,
  { type: "store" | "acked" | "remove" | "rows" | "forget" | "session" | "refused" | "discarded" }
>;

/** What is read at the start: lists are never absent. */
export type Stored = Saved & Required<Pick<Saved, "rows" | "outbox" | "refused">>;

/** How long to wait before storage that failed is tried again, in milliseconds. */
const RETRY_MS = 5_000;

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
  /** The names of each document's chunks as they were read last, and their bytes together. */
  readonly #loaded = new Map<DocumentId, { hashes: string[]; bytes: number }>();
  /** Says on the disk that this tab dropped rows, whatever cursor other tabs write there. */
  readonly #mark = `${DROPPED}${crypto.randomUUID()}`;
  /** The marks of the tabs before, which go when this one has asked for all rows and they came. */
  #marks: string[] = [];

  /**
   * @param name the database's
   * @param changed called whenever {@link state} changed
   * @param makeRoom called when the disk is full; resolves with whether something was dropped
   */
  constructor(
    private readonly name: string,
    private readonly changed: (state: StorageState) => void,
    private readonly makeRoom: () => Promise<boolean>,
  ) {}

  /** Whether what is written reaches the disk. */
  get state(): StorageState {
    return this.#state;
  }

  /**
   * What the database holds; empty where the browser refuses storage. Call once, first.
   * @param asks whether the server is asked for what is not here, which a tab does that leads
   */
  async read(asks = true): Promise<Stored> {
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
      const [session, marks, position, rows, docs, outbox, refused] = await Promise.all([
        meta.get("session") as Promise<{ member: Member; members: Member[] } | undefined>,
        meta.getAllKeys(IDBKeyRange.bound(DROPPED, `${DROPPED}\uffff`)) as Promise<string[]>,
        meta.get("position") as Promise<StoredPosition | undefined>,
        tx.objectStore("rows").getAll() as Promise<StoredRow[]>,
        tx.objectStore("docs").getAll() as Promise<StoredDocument[]>,
        tx.objectStore("outbox").getAll() as Promise<PendingEntry[]>,
        tx.objectStore("refused").getAll() as Promise<Refused[]>,
      ]);
      this.#position = position ?? this.#position;
      Object.assign(saved, session, this.#position, { rows });
      if (asks) this.#marks = marks;
      if (marks.length > 0) saved.cursor = 0;
      this.#docs = new Map(
        docs.map((stored) => [stored.doc, { ...stored, bytes: stored.bytes ?? 0 }]),
      );
      saved.outbox = outbox.sort((a, b) => a.order - b.order);
      saved.refused = refused.sort((a, b) => a.at - b.at);
    } catch {
      this.#fail("refused");
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
        this.#fail("refused");
      }
    }
    for (const { key, value } of this.#unwritten("chunks")) {
      if (key[0] !== doc) continue;
      if (key.length === 1) chunks.clear();
      else if (value === undefined) chunks.delete(key[1] as string);
      else chunks.set(key[1] as string, value as Uint8Array);
    }
    const bytes = sum(chunks.values());
    // A snapshot may only take the place of what it was made from.
    this.#loaded.set(doc, { hashes: [...chunks.keys()], bytes });
    const known = this.#docs.get(doc);
    if (known !== undefined && this.#state.ok && (known.bytes !== bytes || bytes === 0)) {
      // What other tabs stored and removed was not counted here, and what they dropped is not whole.
      this.#note({ ...known, bytes, heads: bytes === 0 ? [] : known.heads });
    }
    return [...chunks.values()];
  }

  /**
   * Keeps a snapshot in place of the chunks that were loaded last. Not while anything of the
   * document waits in any tab: a refusal takes single changes out again.
   */
  async compact(doc: DocumentId, bytes: Uint8Array): Promise<void> {
    const loaded = this.#loaded.get(doc);
    const waiting = await this.outbox();
    // Meanwhile it may have been forgotten, and nothing of it may come back.
    if (loaded === undefined || this.#loaded.get(doc) !== loaded) return;
    this.#loaded.delete(doc);
    if (waiting.some((entry) => entry.doc === doc)) return;
    // A name of its own, because two tabs may do this at once, each with other chunks.
    this.#write("chunks", [doc, `snapshot-${crypto.randomUUID()}`], bytes);
    for (const hash of loaded.hashes) this.#write("chunks", [doc, hash], undefined);
    const known = this.#docs.get(doc);
    if (known) this.#note({ ...known, bytes: known.bytes - loaded.bytes + bytes.byteLength });
  }

  /** The outbox as it is on disk and in memory, oldest first, with the entries of other tabs. */
  async outbox(): Promise<PendingEntry[]> {
    const entries = new Map<string, PendingEntry>();
    try {
      const stored = (await this.#db?.getAll("outbox")) as PendingEntry[] | undefined;
      for (const entry of stored ?? []) entries.set(entry.hash, entry);
    } catch {
      this.#fail("refused");
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
        this.#stored(doc, sum(effect.chunks.map(({ bytes }) => bytes)), effect.local);
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
        for (const doc of effect.docs) {
          this.#write("rows", doc, undefined);
          this.#forget(doc);
        }
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
    this.#note({ doc, bytes: 0, lastUsed: Date.now(), ...this.#docs.get(doc), heads });
  }

  /** Notes that somebody opened a document. */
  use(doc: DocumentId): void {
    const known = this.#docs.get(doc);
    if (known !== undefined) this.#note({ ...known, lastUsed: Date.now() });
  }

  /** Documents that have something unconfirmed, in any tab, or something that is not written yet. */
  async needed(): Promise<DocumentId[]> {
    const pending = (await this.outbox()).map(({ doc }) => doc);
    const arriving = [...this.#unwritten("chunks")].map(({ key }) => key[0] as DocumentId);
    return [...new Set([...pending, ...arriving])];
  }

  /** Drops documents, which must not be {@link needed}. Rejects when the database does. */
  async drop(docs: DocumentId[]): Promise<void> {
    const known = docs.flatMap((doc) => this.#docs.get(doc) ?? []);
    // First, so that a use meanwhile does not bring the record of what is gone back.
    for (const doc of docs) {
      this.#docs.delete(doc);
      this.#dirty.delete(nameOf("docs", doc));
    }
    try {
      if (this.#db !== undefined) await write(this.#db, batchOf(docs.flatMap(erasureOf)));
    } catch (error) {
      for (const stored of known) this.#note(stored);
      throw error;
    }
  }

  /**
   * Drops rows, and notes that the next start is to ask the server for all of them. Resolves with
   * whether there were any; rejects when the database does.
   */
  async dropRows(docs: DocumentId[]): Promise<boolean> {
    const stored = new Set(await this.#db?.getAllKeys("rows"));
    const gone = docs.filter((doc) => stored.has(doc) || this.#dirty.has(nameOf("rows", doc)));
    if (this.#db === undefined || gone.length === 0) return false;
    const deletions = gone.map((key): Write => ({ store: "rows", key, value: undefined }));
    const mark: Write = { store: "meta", key: this.#mark, value: true };
    await write(this.#db, batchOf([mark, ...deletions]));
    for (const doc of gone) this.#dirty.delete(nameOf("rows", doc));
    return true;
  }

  /** The server listed all rows since {@link read}, so that those dropped before it are here again. */
  listed(): void {
    for (const mark of this.#marks.splice(0)) this.#write("meta", mark, undefined);
  }

  /** Keeps a file until it has reached the server; `undefined` once it has. */
  keepBlob(hash: string, blob: StoredBlob | undefined): void {
    this.#write("blobs", hash, blob);
  }

  /** The files that have not reached the server, by their hash. */
  async blobs(): Promise<Map<string, StoredBlob>> {
    const blobs = new Map<string, StoredBlob>();
    try {
      const tx = this.#db?.transaction("blobs", "readonly");
      const keys = ((await tx?.store.getAllKeys()) ?? []) as string[];
      const values = ((await tx?.store.getAll()) ?? []) as StoredBlob[];
      keys.forEach((hash, at) => blobs.set(hash, values[at] as StoredBlob));
    } catch {
      this.#fail("refused");
    }
    for (const { key, value } of this.#unwritten("blobs")) {
      if (value === undefined) blobs.delete(key as string);
      else blobs.set(key as string, value as StoredBlob);
    }
    return blobs;
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

  /** Counts what is stored of a document now. Only the person's own work is a use of it. */
  #stored(doc: DocumentId, bytes: number, used: boolean): void {
    const known = this.#docs.get(doc) ?? { doc, heads: [], bytes: 0, lastUsed: Date.now() };
    const lastUsed = used ? Date.now() : known.lastUsed;
    this.#note({ ...known, bytes: known.bytes + bytes, lastUsed });
  }

  #note(stored: StoredDocument): void {
    this.#docs.set(stored.doc, stored);
    this.#write("docs", stored.doc, stored);
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
    this.#dirty.set(nameOf(store, key), { store, key, value });
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
    const batch = this.#dirty;
    this.#dirty = new Map();
    this.#begin(this.#db, batch);
  }

  #begin(db: IDBPDatabase, batch: Batch): void {
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
    const at = this.#underWay.findIndex((job) => job.batch === batch);
    const later = [...this.#underWay.slice(at + 1).map((job) => job.batch), this.#dirty];
    this.#underWay = this.#underWay.filter((job) => job.batch !== batch);
    for (const [name, entry] of batch) {
      // The record of a document that was dropped meanwhile is not to come back.
      const { store, key, value } = entry;
      const gone = store === "docs" && value !== undefined && !this.#docs.has(key as DocumentId);
      if (!gone && !later.some((newer) => replaces(newer, entry))) this.#dirty.set(name, entry);
    }
    if (this.#closed || this.#recovering) return;
    const full = error instanceof DOMException && error.name === "QuotaExceededError";
    if (!full) {
      // The connection may be dead (storage cleared, the browser's process gone): open another.
      this.#db?.close();
      this.#db = undefined;
      this.#fail("refused");
      return;
    }
    this.#recovering = true;
    const room = await this.makeRoom().catch(() => false);
    this.#recovering = false;
    if (room) this.#commit();
    else this.#fail("full");
  }

  /** Deletes every chunk of a document, those included that are not written yet. */
  #forget(doc: DocumentId): void {
    for (const [name, { store, key }] of this.#dirty) {
      if (store === "chunks" && key[0] === doc) this.#dirty.delete(name);
    }
    this.#docs.delete(doc);
    this.#loaded.delete(doc);
    const erasure = erasureOf(doc);
    // A transaction of its own: a full disk refuses what is written, and only that.
    if (this.#db !== undefined) this.#begin(this.#db, batchOf(erasure));
    else for (const { store, key } of erasure) this.#write(store, key, undefined);
  }

  async #open(): Promise<IDBPDatabase> {
    const db = await openDatabase(this.name, () => {
      this.#db = undefined;
      if (!this.#closed) this.#fail("refused");
    });
    if (this.#closed) db.close();
    else this.#db = db;
    return db;
  }

  #fail(trouble: "full" | "refused"): void {
    this.#report({ ok: false, trouble });
    clearTimeout(this.#retry);
    this.#retry = setTimeout(() => void this.#again(), RETRY_MS);
  }

  /** Another attempt after a failure. */
  async #again(): Promise<void> {
    if (this.#closed) return;
    try {
      if (this.#db === undefined) await this.#open();
    } catch {
      this.#fail("refused");
      return;
    }
    if (this.#dirty.size === 0) this.#report({ ok: true });
    else this.#commit();
  }

  #report(state: StorageState): void {
    const before = this.#state;
    if (before.ok === state.ok && before.trouble === state.trouble) return;
    this.#state = state;
    this.changed(state);
  }
}

function sum(chunks: Iterable<Uint8Array>): number {
  let bytes = 0;
  for (const chunk of chunks) bytes += chunk.byteLength;
  return bytes;
}
