import { expect, test, vi } from "vitest";
import { paced } from "./pace.js";

test("a burst runs at its beginning and at its end", () => {
  vi.useFakeTimers();
  const run = vi.fn();
  const ask = paced(100, run);
  ask();
  expect(run).toHaveBeenCalledTimes(1);
  for (let i = 0; i < 9; i += 1) {
    vi.advanceTimersByTime(25);
    ask();
  }
  // At 0, 100 and 200 ms of a burst that lasts 225.
  expect(run).toHaveBeenCalledTimes(3);
  vi.advanceTimersByTime(75);
  expect(run).toHaveBeenCalledTimes(4);
  vi.advanceTimersByTime(1_000);
  expect(run).toHaveBeenCalledTimes(4);
  ask();
  expect(run).toHaveBeenCalledTimes(5);
  vi.useRealTimers();
});
