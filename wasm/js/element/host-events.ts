import type { ReactiveControllerHost } from "lit";
import type { Changed } from "../client/events.js";
import { ClientListener } from "./common/client-listener.js";
import type { Desk, Reply } from "./common/desk.js";
import { paced } from "./common/pace.js";
import type { ViewName } from "./views.js";
import type { Client, Conflict, Notice } from "./common/types.js";

/** How often it is looked for news at most, in milliseconds. */
const NEWS_MS = 500;

/** What events of the element carry, by their names after `threadline-`. */
export interface HostEventDetails {
  ready: null;
  error: { code: string; message: string };
  "auth-expired": null;
  "unread-change": { unread: number };
  "view-change": { view: ViewName };
  "conversation-select": { conversation: string | null };
  "before-send": Reply;
  notification: Notice;
  "sync-state": Pick<Client["syncState"], "state" | "waiting" | "refused">;
  conflict: { doc: string; fields: string[] };
}

type HostEventMap = {
  [K in keyof HostEventDetails as `threadline-${K}`]: CustomEvent<HostEventDetails[K]>;
};

declare global {
  interface HTMLElementEventMap extends HostEventMap {}
}

/** Tells the host's page what it may want to know, as events of the element. */
export class HostEvents {
  private unread: number | undefined;
  /** The fields in conflict that the host knows of, by the thing they belong to. */
  private readonly conflicts = new Map<string, string[]>();

  constructor(
    private readonly host: HTMLElement & ReactiveControllerHost & { desk?: Desk | undefined },
  ) {
    new ClientListener(host, {
      rows: paced(NEWS_MS, () => this.tellNews()),
      "sync-state": () => this.tellSyncState(),
      changed: (event) => this.tellConflicts(event.detail),
      notify: (event) => this.tell("notification", event.detail),
      "auth-expired": () => this.tell("auth-expired", null),
      error: (event) => this.tell("error", event.detail),
    });
  }

  /** Dispatches `threadline-{name}`, bubbling out of every shadow root. */
  tell<K extends keyof HostEventDetails>(name: K, detail: HostEventDetails[K]): void {
    this.dispatch(name, detail, false);
  }

  /** The same for what the host may take over by cancelling the event; false when it did. */
  ask<K extends keyof HostEventDetails>(name: K, detail: HostEventDetails[K]): boolean {
    return this.dispatch(name, detail, true);
  }

  /** Tells that the inbox can be used, and how it stands. */
  tellReady(): void {
    this.tell("ready", null);
    this.tellNews();
    this.tellSyncState();
  }

  private dispatch(name: string, detail: unknown, cancelable: boolean): boolean {
    const init = { detail, bubbles: true, composed: true, cancelable };
    return this.host.dispatchEvent(new CustomEvent(`threadline-${name}`, init));
  }

  private tellNews(): void {
    const { client } = this.host.desk ?? {};
    const page = client?.rows({ filter: "open", limit: 0 });
    if (!client || !page) return;
    const { unread } = page.counts;
    if (unread !== this.unread) this.tell("unread-change", { unread });
    this.unread = unread;
  }

  private tellSyncState(): void {
    const { client } = this.host.desk ?? {};
    if (!client) return;
    const { state, waiting, refused } = client.syncState;
    this.tell("sync-state", { state, waiting, refused });
  }

  private tellConflicts(change: Changed): void {
    for (const [thing, fields] of conflictsOf(change)) {
      const known = this.conflicts.get(thing) ?? [];
      this.conflicts.set(thing, fields);
      if (fields.some((field) => !known.includes(field))) {
        this.tell("conflict", { doc: change.doc, fields });
      }
    }
  }
}

/** What a change left in conflict: the fields, by the thing they belong to. Settled things come with none. */
function conflictsOf({ doc, items, header, contact }: Changed): [string, string[]][] {
  const fields = (conflicts: Conflict[]): string[] => conflicts.map(({ field }) => field);
  const found: [string, string[]][] = items.flatMap((item) =>
    item.kind === "task" || item.kind === "topic"
      ? [[item.value.id, fields(item.value.conflicts)]]
      : [],
  );
  const whole = header ?? contact;
  if (whole) found.push([doc, fields(whole.conflicts)]);
  return found;
}
