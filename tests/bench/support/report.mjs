// How figures are printed: one line each, with the bar beside it where there is one.

import { cpus, totalmem } from "node:os";

/** Names the machine, because a time without its machine says nothing. */
export function machine() {
  const [cpu] = cpus();
  const memory = Math.round(totalmem() / 2 ** 30);
  return `${cpus().length} × ${cpu?.model ?? "unknown processor"}, ${memory} GiB, Node.js ${process.version}`;
}

/** Prints what the following figures are about. */
export function heading(text) {
  console.log(`\n${text}`);
}

/**
 * Prints a figure and whether it keeps its bar.
 *
 * @param {string} name
 * @param {number} value
 * @param {string} unit
 * @param {number} [bar] - the largest value that is good
 */
export function figure(name, value, unit, bar) {
  const number = value.toLocaleString("en", { maximumFractionDigits: value < 10 ? 2 : 0 });
  const verdict =
    bar === undefined ? "" : `  (bar ${bar} ${unit}: ${value <= bar ? "kept" : "MISSED"})`;
  console.log(`  ${name.padEnd(56)} ${number.padStart(10)} ${unit}${verdict}`);
}

/** The middle of some numbers. */
export function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)];
}

/**
 * Runs `work` some times and returns the median of its times in milliseconds. Each run gets what
 * `prepare` returns, which is not timed.
 */
export function time(runs, prepare, work) {
  const times = [];
  for (let run = 0; run < runs; run += 1) {
    const input = prepare(run);
    const start = performance.now();
    work(input);
    times.push(performance.now() - start);
  }
  return median(times);
}
