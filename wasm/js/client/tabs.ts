import type { DocumentId, Refused } from "./wasm.js";

/** What one tab tells the others of the same member. */
export type TabMessage =
  /** A new tab asks the leader where things stand. */
  | { type: "join" }
  /** The leader's answer: what a session in progress has to be known by, oldest first. */
  | { type: "joined"; to: string; session: Uint8Array[]; offline: boolean }
  /** This tab leads from now on; it has no connection yet. */
  | { type: "leads" }
  /** A follower's frame for the server. */
  | { type: "up"; frame: Uint8Array }
  /** A server's frame, from the leader to all. */
  | { type: "down"; frame: Uint8Array }
  /** The leader's connection is lost. */
  | { type: "lost" }
  /** Somebody cut or restored the network by hand, for all tabs. */
  | { type: "offline"; offline: boolean }
  /** The documents a tab has in memory; the whole list each time. */
  | { type: "holds"; docs: DocumentId[] }
  /** Changes a tab made, once they are stored. */
  | { type: "merge"; doc: DocumentId; changes: Uint8Array[] }
  /** Changes a tab took back because the server refused them. */
  | { type: "retract"; doc: DocumentId; hashes: string[] }
  /** A command of a tab was refused; its author may settle it in any tab. */
  | { type: "refused"; refused: Refused }
  /** A refused command was settled. */
  | { type: "discarded"; id: string }
  /** The host must sign in again before there is a connection. */
  | { type: "auth-expired" }
  /** The member logged out: local data is gone. */
  | { type: "reset" };

interface Envelope {
  from: string;
  message: TabMessage;
}

/**
 * The other tabs of the same workspace and member: a channel to them, the lock whose holder leads
 * (and owns the socket), and a lock for each actor of a living tab.
 *
 * Where the browser has no channel or no locks (an insecure address), every tab is alone and leads.
 */
export class Tabs {
  #leads = false;
  #channel: BroadcastChannel | undefined;
  readonly #actors = new Set<string>();
  readonly #stopping = new AbortController();
  readonly #stopped: Promise<void>;
  #release: () => void = () => undefined;

  /** Called with what another tab says; `from` is the name it was made with. */
  onmessage: (message: TabMessage, from: string) => void = () => undefined;

  /**
   * @param name of channel and locks: `threadline:{workspace}:{member}`
   * @param tab this tab's name, different from every other's
   */
  constructor(
    private readonly name: string,
    readonly tab: string,
  ) {
    this.#stopped = new Promise((resolve) => (this.#release = resolve));
    if (locks() === undefined || !("BroadcastChannel" in globalThis)) {
      this.#leads = true;
      return;
    }
    this.#channel = new BroadcastChannel(name);
    this.#channel.onmessage = ({ data }: MessageEvent<Envelope>) => {
      this.onmessage(data.message, data.from);
    };
  }

  /** Whether this tab owns the socket. */
  get leads(): boolean {
    return this.#leads;
  }

  /** Takes the lead if nobody has it. Resolves at once with whether this tab leads. */
  async tryToLead(): Promise<boolean> {
    if (this.#leads) return true;
    this.#leads = await this.#hold("leader", { ifAvailable: true });
    return this.#leads;
  }

  /** Resolves when this tab leads, for as long as that takes; never, once it was stopped. */
  async leadWhenFree(): Promise<void> {
    await this.#hold("leader", { signal: this.#stopping.signal });
    this.#leads = true;
  }

  /** Says that changes by this actor are cared for by a living tab. */
  async live(actor: string): Promise<void> {
    if (this.#channel === undefined || this.#actors.has(actor)) return;
    this.#actors.add(actor);
    await this.#hold(`tab:${actor}`, { ifAvailable: true });
  }

  /** Actors of all living tabs; only this tab's where there are no locks. */
  async living(): Promise<Set<string>> {
    const prefix = `${this.name}:tab:`;
    const living = new Set(this.#actors);
    if (this.#channel === undefined) return living;
    const { held = [] } = await navigator.locks.query();
    for (const { name } of held) {
      if (name?.startsWith(prefix)) living.add(name.slice(prefix.length));
    }
    return living;
  }

  /** Tells all other tabs. */
  post(message: TabMessage): void {
    const envelope: Envelope = { from: this.tab, message };
    this.#channel?.postMessage(envelope);
  }

  /** Leaves: gives the locks back and says and hears nothing more. */
  stop(): void {
    this.#leads = false;
    this.#stopping.abort();
    this.#release();
    this.#channel?.close();
    this.#channel = undefined;
  }

  /** Holds a lock until {@link stop}; resolves with whether it was granted. */
  #hold(what: string, options: LockOptions): Promise<boolean> {
    return new Promise((resolve) => {
      void navigator.locks
        .request(`${this.name}:${what}`, options, (lock) => {
          resolve(lock !== null);
          return lock === null ? undefined : this.#stopped;
        })
        // Aborted: whoever waits for the lead of a stopped tab waits for ever, and is collected.
        .catch(() => undefined);
    });
  }
}

function locks(): LockManager | undefined {
  return globalThis.navigator?.locks;
}
