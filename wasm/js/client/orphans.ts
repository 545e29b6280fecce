import type { Documents } from "./documents.js";
import type { Engine } from "./engine.js";
import type { Storage } from "./storage.js";
import type { Tabs } from "./tabs.js";

/** The unsent work of tabs that are gone, which the tab that leads cares for. */
export class Orphans {
  /** Pending changes that were taken over already. */
  readonly #adopted = new Set<string>();

  constructor(
    private readonly engine: Engine,
    private readonly documents: Documents,
    private readonly storage: Storage,
    private readonly tabs: Tabs,
  ) {}

  /** Takes over what no living tab cares for. */
  async adopt(): Promise<void> {
    const outbox = await this.storage.outbox();
    const living = await this.tabs.living();
    const orphans = outbox.filter(
      ({ hash, actor }) => !living.has(actor) && !this.#adopted.has(hash),
    );
    // A tab that died may not have shown its last work to this one.
    for (const doc of new Set(orphans.map((entry) => entry.doc))) {
      const chunks = await this.storage.load(doc);
      this.documents.whenLoaded(doc, (replica) => replica.merge(doc, chunks));
    }
    for (const { hash } of orphans) this.#adopted.add(hash);
    if (orphans.length > 0) this.engine.attempt((replica) => replica.adopt(orphans));
  }
}
