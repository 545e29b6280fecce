// Waiting for a state with a deadline, never for a time.

import { setTimeout as pause } from "node:timers/promises";

/**
 * How long a state is waited for, in milliseconds. A machine with other work is slow, and a wait that
 * is met costs nothing by being allowed to be longer.
 */
export const PATIENCE_MS = 60_000;

/**
 * Asks again until the answer is truthy, and returns that answer.
 *
 * @template T
 * @param {string} what - the awaited state, for the message of the error
 * @param {() => T | Promise<T>} ask - called at once, then every 25 ms
 * @param {number} [within] - deadline in milliseconds
 * @returns {Promise<T>}
 * @throws {Error} when the deadline passes; its cause is what `ask` threw last
 */
export async function until(what, ask, within = PATIENCE_MS) {
  const deadline = Date.now() + within;
  let cause;
  for (;;) {
    try {
      const answer = await ask();
      if (answer) return answer;
      cause = undefined;
    } catch (error) {
      if (error instanceof Hopeless) throw error;
      cause = error;
    }
    if (Date.now() > deadline) throw new Error(`not within ${within} ms: ${what}`, { cause });
    await pause(25);
  }
}

/** Thrown by the question of {@link until} when asking again can not help. */
export class Hopeless extends Error {}
