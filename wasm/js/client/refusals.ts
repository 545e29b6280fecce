import type { Engine } from "./engine.js";
import type { Outcome, Refused } from "./wasm.js";

/** Commands that the server refused and nobody settled: this tab's and the other tabs'. */
export class Refusals {
  /** Those of other tabs, by id; the replica keeps this tab's. */
  readonly #elsewhere = new Map<string, Refused>();

  /** @param forget told when one of another tab was settled here, so that all tabs forget it */
  constructor(
    private readonly engine: Engine,
    private readonly forget: (id: string) => void,
  ) {}

  /** How many are other tabs'. */
  get elsewhere(): number {
    return this.#elsewhere.size;
  }

  /** All of them. */
  list(): Refused[] {
    return [...this.engine.run((replica) => replica.refused()), ...this.#elsewhere.values()];
  }

  /** Does one again. Throws as `ThreadlineClient.apply`; then it stays refused. */
  retry(id: string): Outcome {
    const elsewhere = this.#elsewhere.get(id);
    if (elsewhere === undefined) return this.engine.run((replica, now) => replica.retry(id, now));
    const outcome = this.engine.run((replica, now) => replica.apply(elsewhere.command, now));
    this.discard(id);
    return outcome;
  }

  /** Gives one up. */
  discard(id: string): void {
    if (this.#elsewhere.delete(id)) this.forget(id);
    else this.engine.run((replica) => replica.discard(id));
  }

  /** A command of another tab was refused. */
  heard(refused: Refused): void {
    this.#elsewhere.set(refused.id, refused);
  }

  /** Another tab settled one, its own or this tab's. */
  settled(id: string): void {
    this.#elsewhere.delete(id);
    this.engine.attempt((replica) => replica.discard(id));
  }
}
