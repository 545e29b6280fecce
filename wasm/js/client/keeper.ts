import type { Storage } from "./storage.js";
import type { DocumentId, Spare, SpareQuery } from "./wasm.js";

/** How long changes are gathered before it is looked whether all still fits, in milliseconds. */
const REST_MS = 1_000;
/** Which part of what is stored may stay when the disk is full. */
const LEFT = 3 / 4;

/** What a keeper needs to know. */
export interface KeeperSource {
  /** The core's word on which documents may go. */
  spare(query: SpareQuery): Spare;
  /** The core's word on which rows may go. */
  spareRows(): DocumentId[];
  /** Documents that some tab has in memory, and that so must stay whole on disk. */
  inUse(): DocumentId[];
  /** Whether this tab cares for the device; one does for all. */
  leads(): boolean;
  /** These documents are no longer stored. */
  dropped(docs: DocumentId[]): void;
}

/**
 * Keeps what is stored on this device within its budget, and makes room where the disk is full. Which
 * documents and rows go is the core's decision; what the server has not confirmed never goes.
 */
export class Keeper {
  #room = true;
  #rest: ReturnType<typeof setTimeout> | undefined;

  /** @param budget bytes of documents to keep; the core's limit where it is undefined */
  constructor(
    private readonly storage: Storage,
    private readonly source: KeeperSource,
    private readonly budget: number | undefined,
  ) {}

  /**
   * Whether more may be fetched ahead: not where it would only push out what was fetched before. Once it
   * is not, it stays so: what is left after something went fits, and would be filled up again.
   */
  get room(): boolean {
    return this.#room;
  }

  /** Looks soon whether what is stored still fits. */
  wake(): void {
    this.#rest ??= setTimeout(() => {
      this.#rest = undefined;
      // A database that does not answer now is asked again after the next change.
      if (this.source.leads()) this.#trim(this.budget).catch(() => undefined);
    }, REST_MS);
  }

  /** Makes room on a disk that is full; resolves with whether something went. */
  async makeRoom(): Promise<boolean> {
    const stored = [...this.storage.documents].reduce((sum, { bytes }) => sum + bytes, 0);
    if (await this.#trim(Math.floor(stored * LEFT))) {
      this.#room = false;
      return true;
    }
    return this.storage.dropRows(this.source.spareRows());
  }

  /** Looks no more. */
  stop(): void {
    clearTimeout(this.#rest);
  }

  async #trim(budget: number | undefined): Promise<boolean> {
    const unsent = await this.storage.needed();
    // No more waiting from here to the transaction, so that nothing is opened in between.
    const stored = [...this.storage.documents].map(({ doc, bytes, lastUsed }) => {
      return { doc, bytes, lastUsed };
    });
    const needed = [...unsent, ...this.source.inUse()];
    const { documents, room } = this.source.spare({ stored, needed, ...(budget && { budget }) });
    this.#room &&= room;
    if (documents.length === 0) return false;
    await this.storage.drop(documents);
    this.source.dropped(documents);
    return true;
  }
}
