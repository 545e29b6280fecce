import { IDBObjectStore } from "fake-indexeddb";
import { vi } from "vitest";
import type { Effect, Replica, SyncState } from "../wasm.js";

/** A WebSocket that a test opens, feeds and closes by hand. */
export class FakeWebSocket {
  static readonly OPEN = 1;
  /** Every socket that was made, oldest first. */
  static made: FakeWebSocket[] = [];

  readyState = 0;
  binaryType = "blob";
  readonly sent: number[][] = [];
  onopen: (() => void) | null = null;
  onmessage: ((event: { data: unknown }) => void) | null = null;
  onclose: (() => void) | null = null;

  constructor(
    readonly url: URL,
    readonly protocol: string,
  ) {
    FakeWebSocket.made.push(this);
  }

  static get last(): FakeWebSocket {
    const last = FakeWebSocket.made.at(-1);
    if (last === undefined) throw new Error("no socket was made");
    return last;
  }

  send(frame: Uint8Array): void {
    this.sent.push([...frame]);
  }

  close(): void {
    this.readyState = 3;
  }

  /** The server accepts the connection. */
  open(): void {
    this.readyState = FakeWebSocket.OPEN;
    this.onopen?.();
  }

  /** The server sends a frame. */
  receive(...frame: number[]): void {
    this.onmessage?.({ data: new Uint8Array(frame).buffer });
  }

  /** The connection breaks. */
  lose(): void {
    this.readyState = 3;
    this.onclose?.();
  }
}

/** Web Locks of one origin, for the exclusive requests that tabs make. */
export class FakeLocks {
  readonly #queues = new Map<string, (() => void)[]>();

  request = (
    name: string,
    options: LockOptions,
    work: (lock: object | null) => Promise<void> | undefined,
  ): Promise<void> => {
    const queue = this.#queues.get(name);
    if (queue !== undefined && options.ifAvailable === true) {
      return Promise.resolve(work(null));
    }
    return new Promise((resolve, reject) => {
      const grant = async () => {
        await work({ name });
        const next = this.#queues.get(name)?.shift();
        if (next === undefined) this.#queues.delete(name);
        else next();
        resolve();
      };
      if (queue === undefined) {
        this.#queues.set(name, []);
        queueMicrotask(() => void grant());
        return;
      }
      const wait = () => void grant();
      queue.push(wait);
      options.signal?.addEventListener("abort", () => {
        const at = queue.indexOf(wait);
        if (at >= 0) queue.splice(at, 1);
        reject(new DOMException("aborted", "AbortError"));
      });
    });
  };

  query = () => Promise.resolve({ held: [...this.#queues.keys()].map((name) => ({ name })) });
}

/** A replica that notes how it was called and asks for what a test tells it to. */
export class FakeReplica {
  /** Calls so far, as `name(argument, …)`. */
  readonly calls: string[] = [];
  /** What the next call will ask for. */
  readonly effects: Effect[] = [];
  /** Asked for when a method of this name is called. */
  readonly answers: Partial<Record<string, (...args: never[]) => Effect[]>> = {};
  headers = new Map<string, { id: string; contact: string | null }>();
  state: SyncState["state"] = "offline";

  /** Itself, as the client sees it. */
  get asReplica(): Replica {
    const values: Record<string, (...args: never[]) => unknown> = {
      takeEffects: () => this.effects.splice(0),
      syncState: () => ({ state: this.state, waiting: 0, refused: 0 }),
      session: () => null,
      refused: () => [],
      header: (id: string) => this.headers.get(id) ?? null,
      rows: () => ({ rows: [], total: 0, counts: {} }),
      ahead: () => [],
      spare: () => ({ documents: [], room: true }),
    };
    return new Proxy(this as unknown as Replica, {
      get:
        (_, name: string) =>
        (...args: never[]) => {
          const value = values[name];
          if (value !== undefined) return value(...args);
          this.calls.push(`${name}(${args.map(show).join(", ")})`);
          this.effects.push(...(this.answers[name]?.(...args) ?? []));
          // The fake has every document in memory, but what it asks to load.
          return name === "open" ? !this.effects.some(({ type }) => type === "load") : undefined;
        },
    });
  }
}

function show(argument: unknown): string {
  // The clock differs from run to run.
  if (typeof argument === "number") return "now";
  return argument instanceof Uint8Array ? `[${argument.join()}]` : JSON.stringify(argument);
}

/** A JWT with this payload and no valid signature. */
export function jwt(payload: object): string {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");
  return `${part({ alg: "HS256" })}.${part(payload)}.c2ln`;
}

/** Waits until `done` holds, at most two seconds. */
export async function eventually(done: () => boolean): Promise<void> {
  const deadline = Date.now() + 2_000;
  while (!done()) {
    if (Date.now() > deadline) throw new Error(`never: ${String(done)}`);
    // Not `setTimeout`, which tests replace.
    await new Promise((resolve) => setImmediate(resolve));
  }
}

/** Makes every `put` fail for want of room while `full()` holds, until mocks are restored. */
export function quota(full: () => boolean): void {
  const put = IDBObjectStore.prototype.put;
  vi.spyOn(IDBObjectStore.prototype, "put").mockImplementation(function (
    this: IDBObjectStore,
    value,
    key,
  ) {
    if (full()) throw new DOMException("no room", "QuotaExceededError");
    return put.call(this, value, key);
  });
}
