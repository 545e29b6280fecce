import type { ImportPlan, ImportRow } from "./wasm.js";

/** Contacts that are taken in at once, before the page gets its turn. */
const BATCH = 20;

/**
 * A file of contacts that is being taken in. It goes on while nobody looks at it.
 * @fires progress - when some rows are through, and at the end
 */
export class ImportRun extends EventTarget {
  /** Contacts that were made or have gained something. */
  taken = 0;
  /** Whether it was ever begun. */
  begun = false;
  /** Whether it goes on now. */
  busy = false;
  /** Rows that there are to take in, of all those of the plan. */
  readonly total: number;
  /** Why rows were not taken in. */
  readonly failures = new Map<ImportRow, unknown>();
  readonly #left: Set<ImportRow>;
  #stopped = false;

  constructor(
    /** What the file is called. */
    readonly name: string,
    readonly plan: ImportPlan,
    /** Takes in a row, and says whether that changed anything. */
    private readonly take: (row: ImportRow) => Promise<boolean>,
  ) {
    super();
    this.#left = new Set(plan.rows.filter(isToDo));
    this.total = this.#left.size;
  }

  /** Rows that are not through: not yet, or not taken in. */
  get left(): number {
    return this.#left.size;
  }

  /** Whether a row is one of {@link left}. */
  isLeft(row: ImportRow): boolean {
    return this.#left.has(row);
  }

  /** Takes in what is left, until it is through or stopped. */
  async go(): Promise<void> {
    if (this.busy) return;
    this.begun = true;
    this.busy = true;
    this.#stopped = false;
    this.failures.clear();
    const rows = [...this.#left];
    for (let at = 0; at < rows.length && !this.#stopped; at += BATCH) {
      await Promise.all(rows.slice(at, at + BATCH).map((row) => this.#one(row)));
      this.#tell();
    }
    this.busy = false;
    this.#tell();
  }

  /** Ends it after the rows that are on their way. */
  stop(): void {
    this.#stopped = true;
  }

  async #one(row: ImportRow): Promise<void> {
    try {
      if (await this.take(row)) this.taken += 1;
      this.#left.delete(row);
    } catch (error) {
      this.failures.set(row, error);
    }
  }

  #tell(): void {
    this.dispatchEvent(new Event("progress"));
  }
}

/** Whether a row changes anything. */
const isToDo = ({ verdict }: ImportRow): boolean => verdict === "new" || verdict === "fill";
