import type { StorageState } from "./storage.js";
import type { ContactView, ConversationHeader, DocumentId, Item, Notice, Refused } from "./wasm.js";

/** What moved in one document since the last event about it. */
export interface Changed {
  /** `conversation:{id}` or `contact:{id}`. */
  doc: DocumentId;
  /** Items that are new or different. */
  items: Item[];
  /** The header, when it is different. */
  header: ConversationHeader | null;
  /** The contact, when it is different. */
  contact: ContactView | null;
  /** Forget what you had of the document and read it again. */
  reset: boolean;
}

/** The events of a client, each a `CustomEvent` with this `detail`. */
export interface ClientEvents {
  /** The member is known: once, right after a restart, else with the server's first answer. */
  ready: null;
  /** Rows or members are different: ask for the visible ones again. */
  rows: null;
  changed: Changed;
  /** Somebody came, went or moved in a conversation. */
  presence: { conversation: string };
  "sync-state": null;
  /** The server refused a command; it stays in `refused()` until it is settled. */
  refused: { refused: Refused };
  /** Work of somebody else brought something the member wants to know. */
  notify: Notice;
  storage: StorageState;
  /** A file is further on its way to the server, or there. */
  blobs: null;
  /** The host must sign in again, and call `sync()` then; until then the client works offline. */
  "auth-expired": null;
  /** Something failed that nobody called for; for the log. */
  error: { code: string; message: string };
}

/** An event target whose listeners know the type of `detail`. */
export interface ClientEventTarget extends EventTarget {
  addEventListener<K extends keyof ClientEvents>(
    type: K,
    listener: (event: CustomEvent<ClientEvents[K]>) => void,
    options?: boolean | AddEventListenerOptions,
  ): void;
  addEventListener(
    type: string,
    listener: EventListenerOrEventListenerObject | null,
    options?: boolean | AddEventListenerOptions,
  ): void;
  removeEventListener<K extends keyof ClientEvents>(
    type: K,
    listener: (event: CustomEvent<ClientEvents[K]>) => void,
    options?: boolean | EventListenerOptions,
  ): void;
  removeEventListener(
    type: string,
    listener: EventListenerOrEventListenerObject | null,
    options?: boolean | EventListenerOptions,
  ): void;
}

/**
 * Gathers events until the present turn ends, so that a burst of frames redraws once: one `rows`,
 * one `sync-state`, one `changed` for each document.
 */
export class EventBatch {
  #events = new Map<string, () => CustomEvent>();
  #changes = new Map<string, { items: Map<string, Item>; rest: Changed }>();

  constructor(private readonly target: EventTarget) {}

  /** Plans an event. A later one with the same type and `about` takes the place of this one. */
  add<K extends keyof ClientEvents>(type: K, detail: ClientEvents[K], about = ""): void {
    this.#plan(`${type}\n${about}`, () => new CustomEvent(type, { detail }));
  }

  /** Plans a `changed` event; all about one document become one. */
  change(change: Changed): void {
    const { doc, items, reset } = change;
    let known = this.#changes.get(doc);
    if (known === undefined || reset) {
      known = {
        items: new Map(),
        rest: { ...change, reset: reset || (known?.rest.reset ?? false) },
      };
      this.#changes.set(doc, known);
    }
    known.rest.header = change.header ?? known.rest.header;
    known.rest.contact = change.contact ?? known.rest.contact;
    for (const item of items) known.items.set(`${item.kind}:${item.value.id}`, item);
    this.#plan(`changed\n${doc}`, () => {
      const gathered = this.#changes.get(doc);
      this.#changes.delete(doc);
      const detail = gathered && { ...gathered.rest, items: [...gathered.items.values()] };
      return new CustomEvent("changed", { detail });
    });
  }

  /** Forgets what was gathered: nobody who hears of it could ask for it any more. */
  drop(): void {
    this.#events.clear();
    this.#changes.clear();
  }

  #plan(key: string, make: () => CustomEvent): void {
    if (this.#events.size === 0) queueMicrotask(() => this.#dispatch());
    this.#events.set(key, make);
  }

  #dispatch(): void {
    const events = [...this.#events.values()];
    this.#events.clear();
    for (const make of events) this.target.dispatchEvent(make());
  }
}
