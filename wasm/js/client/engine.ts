import { ThreadlineError } from "./errors.js";
import type { Effect, Replica } from "./wasm.js";

/** Runs something on the replica and performs what it asks for. Throws what the replica throws. */
export type Run = <T>(work: (replica: Replica, now: number) => T) => T;
/** The same for what nobody called for: errors are reported instead of thrown. */
export type Attempt = (work: (replica: Replica, now: number) => unknown) => void;

/** How often a wait looks at the clock, in milliseconds. */
const TICK_MS = 250;

/** The replica and its clock: the one place where it is called and its effects are taken. */
export class Engine {
  readonly #effects: Effect[] = [];
  readonly #waits = new Set<() => void>();
  #performing = false;
  #stopped = false;

  /**
   * @param perform does what the replica asks for
   * @param report takes errors of what nobody called for
   */
  constructor(
    private readonly replica: Replica,
    private readonly perform: (effect: Effect) => void,
    private readonly report: (error: unknown) => void,
  ) {}

  /** What the replica asks for is done, in order, before the caller goes on. */
  readonly run: Run = (work) => {
    if (this.#stopped) throw new ThreadlineError("wrong_state", "The client was stopped.");
    try {
      return work(this.replica, Date.now());
    } finally {
      this.#drain();
    }
  };

  /** As {@link run}, but reports errors; does nothing once stopped. */
  readonly attempt: Attempt = (work) => {
    if (this.#stopped) return;
    try {
      this.run(work);
    } catch (error) {
      this.report(error);
    }
  };

  /**
   * Waits until `done`, which is asked after effects and now and then, with the milliseconds that
   * went by. It may throw to give up.
   */
  until(done: (elapsed: number) => boolean): Promise<void> {
    const began = Date.now();
    return new Promise((resolve, reject) => {
      const look = () => {
        try {
          if (!done(Date.now() - began)) return;
          resolve();
        } catch (error) {
          reject(error instanceof Error ? error : new Error(String(error)));
        }
        clearInterval(timer);
        this.#waits.delete(look);
      };
      const timer = setInterval(look, TICK_MS);
      this.#waits.add(look);
      look();
    });
  }

  /** Calls the replica no more; whoever waits gets an error. */
  stop(): void {
    this.#stopped = true;
    for (const look of this.#waits) look();
  }

  /** Frees the replica's memory, after {@link stop}. */
  free(): void {
    this.replica.free();
  }

  #drain(): void {
    this.#effects.push(...this.replica.takeEffects());
    // An effect may lead to further ones (a farewell closes the socket): they wait their turn.
    if (this.#performing || this.#effects.length === 0) return;
    this.#performing = true;
    try {
      for (let effect = this.#effects.shift(); effect; effect = this.#effects.shift()) {
        this.perform(effect);
      }
    } finally {
      this.#performing = false;
    }
    for (const look of this.#waits) look();
  }
}
