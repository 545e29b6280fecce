import type { DocumentId, StoredRow } from "./wasm.js";

/** Conversations of the working set that are kept on this device. */
const KEEP = 200;
/** Documents that are fetched at the same time. */
const AT_ONCE = 4;
/** A document that is not complete after this time is left for later, in milliseconds. */
const PATIENCE_MS = 15_000;
/** How long rows are gathered before it is looked what is missing, in milliseconds. */
const REST_MS = 500;

/** What the background needs. */
export interface PrefetchSource {
  /** The core's word on what is to be here: so many conversations and their contacts, in order. */
  ahead(limit: number): DocumentId[];
  /** Whether now is a good time: connected, leading, visible, with room on the disk. */
  allowed(): boolean;
  /** Whether somebody has the document in memory anyway. */
  inUse(doc: DocumentId): boolean;
  /** Opens a document, which fetches and stores what is missing. */
  hold(doc: DocumentId): Promise<void>;
  /** Closes it. */
  release(doc: DocumentId): void;
}

/**
 * Keeps the working set on this device, so that it is there offline: whatever of it is not stored,
 * or is stored but moved on while nobody looked, is opened in the background, stored, and closed.
 */
export class Prefetch {
  /** Heads by document, as the server's rows tell them and as they are stored. */
  readonly #there = new Map<DocumentId, string[]>();
  readonly #here = new Map<DocumentId, string>();
  /** Heads that were waited for in vain: not tried again until they move. */
  readonly #vain = new Map<DocumentId, string>();
  readonly #running = new Map<DocumentId, () => void>();
  #rest: ReturnType<typeof setTimeout> | undefined;
  #stopped = false;

  constructor(private readonly source: PrefetchSource) {}

  /** The server has these versions. */
  rows(rows: StoredRow[]): void {
    for (const { doc, heads } of rows) {
      // A document that the server has not confirmed yet has no version there.
      if (heads.length > 0) this.#there.set(doc, heads);
    }
    this.wake();
  }

  /** This version of a document is stored. */
  stored(doc: DocumentId, heads: string[]): void {
    this.#here.set(doc, version(heads));
  }

  /**
   * A document has come whole.
   * @returns the server's heads that it surely includes; none when they are not known.
   */
  complete(doc: DocumentId): string[] {
    const heads = this.#there.get(doc) ?? [];
    this.stored(doc, heads);
    this.#running.get(doc)?.();
    return heads;
  }

  /** These documents are no longer stored. */
  dropped(docs: DocumentId[]): void {
    for (const doc of docs) this.#here.delete(doc);
  }

  /** Looks soon what is missing. */
  wake(): void {
    this.#rest ??= setTimeout(() => {
      this.#rest = undefined;
      this.#fill();
    }, REST_MS);
  }

  /** Gives up. */
  stop(): void {
    this.#stopped = true;
    clearTimeout(this.#rest);
    for (const done of this.#running.values()) done();
  }

  #fill(): void {
    if (!this.source.allowed()) return;
    for (const doc of this.#missing()) {
      if (this.#running.size >= AT_ONCE) return;
      void this.#fetch(doc);
    }
  }

  /** What is not stored as the server has it: the working set first, then what was kept before. */
  *#missing(): Generator<DocumentId> {
    for (const doc of new Set([...this.source.ahead(KEEP), ...this.#here.keys()])) {
      const wanted = this.#wanted(doc);
      if (wanted === undefined || this.#vain.get(doc) === wanted) continue;
      if (!this.#running.has(doc) && !this.source.inUse(doc)) yield doc;
    }
  }

  async #fetch(doc: DocumentId): Promise<void> {
    const complete = new Promise<void>((resolve) => this.#running.set(doc, resolve));
    const timer = setTimeout(() => this.#running.get(doc)?.(), PATIENCE_MS);
    await this.source.hold(doc);
    await complete;
    clearTimeout(timer);
    this.#running.delete(doc);
    if (this.#stopped) return;
    const wanted = this.#wanted(doc);
    if (wanted !== undefined) this.#vain.set(doc, wanted);
    this.source.release(doc);
    this.#fill();
  }

  /** The version that the server has and this device has not. */
  #wanted(doc: DocumentId): string | undefined {
    const heads = this.#there.get(doc);
    if (heads === undefined) return undefined;
    const there = version(heads);
    return this.#here.get(doc) === there ? undefined : there;
  }
}

/** Heads as one comparable text. */
function version(heads: string[]): string {
  return [...heads].sort().join();
}
