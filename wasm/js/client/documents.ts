import type { Engine } from "./engine.js";
import type { Link } from "./link.js";
import type { Storage } from "./storage.js";
import type { DocumentId, Replica } from "./wasm.js";

/**
 * The documents in memory: who wants them, and their way there from storage.
 *
 * A document is wanted as often as it was asked for, by the widget and by the background, and
 * leaves memory when nobody wants it any more.
 */
export class Documents {
  readonly #wanted = new Map<DocumentId, number>();
  /** Those on their way from storage. */
  readonly #loading = new Map<DocumentId, { here: Promise<void>; arrived: () => void }>();
  /** What other tabs said about documents that are being loaded. */
  readonly #early = new Map<string, ((replica: Replica) => void)[]>();
  /** Which have come with all that the server has. */
  readonly #complete = new Set<string>();

  constructor(
    private readonly engine: Engine,
    private readonly storage: Storage,
    private readonly link: Link,
  ) {}

  /** Whether anybody wants the document. */
  has(doc: DocumentId): boolean {
    return this.#wanted.has(doc);
  }

  /** All that anybody wants. */
  get wanted(): DocumentId[] {
    return [...this.#wanted.keys()];
  }

  /** Whether the document is on its way from storage. */
  loading(doc: DocumentId): boolean {
    return this.#loading.has(doc);
  }

  /** Whether the document is here with all that the server has. */
  isComplete(doc: DocumentId): boolean {
    return this.#complete.has(doc);
  }

  /** The document is here with all that the server has. */
  complete(doc: DocumentId): void {
    if (this.#wanted.has(doc)) this.#complete.add(doc);
  }

  /** Wants a document for the person; resolves when what is stored of it is in memory. */
  hold(doc: DocumentId): Promise<void> {
    this.storage.use(doc);
    return this.holdAhead(doc);
  }

  /** The same for the background, which is no use of the document. */
  async holdAhead(doc: DocumentId): Promise<void> {
    const count = this.#wanted.get(doc) ?? 0;
    // The replica's wish to load it may be granted only after the present effect.
    if (count === 0 && !this.engine.run((replica) => replica.open(doc))) this.#onItsWay(doc);
    this.#wanted.set(doc, count + 1);
    if (count === 0) this.link.holds(this.wanted);
    await this.#loading.get(doc)?.here;
  }

  /** Ends one wish for a document. */
  release(doc: DocumentId): void {
    const count = this.#wanted.get(doc) ?? 0;
    if (count > 1) this.#wanted.set(doc, count - 1);
    if (count !== 1) return;
    this.#wanted.delete(doc);
    // A document with an open draft does not leave.
    this.engine.attempt((replica, now) => replica.commit(now));
    this.#leave(doc);
    this.link.holds(this.wanted);
  }

  /** Something of a document is settled: a document that only waited for it may leave memory. */
  settled(doc: DocumentId): void {
    queueMicrotask(() => {
      if (!this.#wanted.has(doc)) this.#leave(doc);
    });
  }

  /** Ends all wishes. */
  releaseAll(): void {
    for (const doc of this.#wanted.keys()) {
      this.#wanted.set(doc, 1);
      this.release(doc);
    }
  }

  /** Answers the replica's wish for the stored chunks of a document. */
  load(doc: DocumentId): void {
    const { arrived } = this.#onItsWay(doc);
    void this.storage.load(doc).then((chunks) => {
      this.#loading.delete(doc);
      this.engine.attempt((replica) => replica.load(doc, chunks));
      const early = this.#early.get(doc) ?? [];
      this.#early.delete(doc);
      for (const work of early) this.engine.attempt(work);
      arrived();
    });
  }

  #onItsWay(doc: DocumentId): { arrived: () => void } {
    let arrived = () => undefined as void;
    const here = new Promise<void>((resolve) => (arrived = resolve));
    const loading = this.#loading.get(doc) ?? { here, arrived };
    this.#loading.set(doc, loading);
    return loading;
  }

  /** The replica keeps what waits for the server, until {@link settled}. */
  #leave(doc: DocumentId): void {
    this.#complete.delete(doc);
    this.engine.attempt((replica) => replica.close(doc));
  }

  /** Does something with a document, after what is stored of it is in memory. */
  whenLoaded(doc: DocumentId, work: (replica: Replica) => void): void {
    if (!this.#loading.has(doc)) {
      this.engine.attempt(work);
      return;
    }
    const early = this.#early.get(doc) ?? [];
    this.#early.set(doc, [...early, work]);
  }
}
