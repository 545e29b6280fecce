// @vitest-environment happy-dom
import { html, render } from "lit";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { chunk, lazy, loadAhead, type Chunk, type Elements } from "./chunk.js";
import { SKELETON_AFTER_MS } from "./skeleton.js";

let page: HTMLElement;
let settle: { resolve: (module: { elements: Elements }) => void; reject: () => void }[];
const load = (): Promise<{ elements: Elements }> =>
  new Promise((resolve, reject) => settle.push({ resolve, reject: () => reject(new Error()) }));
const nothing = { elements: {} };

beforeEach(() => {
  settle = [];
  vi.useFakeTimers();
  page = document.createElement("div");
  document.body.replaceChildren(page);
});
afterEach(() => vi.useRealTimers());

/** Draws `text` as the content of a chunk. */
function draw(part: Chunk, text: string): void {
  render(lazy(part, html`<p>${text}</p>`), page);
}
const shown = (): string | undefined => document.querySelector("p, .skeleton")?.textContent?.trim();
const isGrey = (): boolean => document.querySelector(".skeleton") !== null;

test("a chunk that comes quickly shows no skeleton on the way", async () => {
  draw(chunk(load), "here");
  expect(shown()).toBeUndefined();
  settle[0]?.resolve(nothing);
  await vi.advanceTimersByTimeAsync(0);
  expect(shown()).toBe("here");
  await vi.advanceTimersByTimeAsync(SKELETON_AFTER_MS);
  expect(isGrey()).toBe(false);
});

test("a slow one shows a skeleton, then the newest content", async () => {
  const part = chunk(load);
  draw(part, "old");
  await vi.advanceTimersByTimeAsync(SKELETON_AFTER_MS);
  expect(isGrey()).toBe(true);
  draw(part, "new");
  expect(isGrey()).toBe(true);
  settle[0]?.resolve(nothing);
  await vi.advanceTimersByTimeAsync(0);
  expect(shown()).toBe("new");
});

test("one that cannot be loaded says so, and is tried again on request", async () => {
  const part = chunk(load);
  draw(part, "here");
  settle[0]?.reject();
  await vi.advanceTimersByTimeAsync(SKELETON_AFTER_MS);
  expect(document.querySelector("[role=alert]")).not.toBeNull();
  draw(part, "here");
  expect(document.querySelector("[role=alert]")).not.toBeNull();
  document.querySelector("button")?.click();
  expect(settle).toHaveLength(2);
  settle[1]?.resolve(nothing);
  await vi.advanceTimersByTimeAsync(0);
  expect(shown()).toBe("here");
});

test("loading ahead takes one after the other, also what a chunk declares itself", async () => {
  vi.stubGlobal("requestIdleCallback", (run: () => void) => void setTimeout(run));
  // Chunks of the tests before that never came stand in the line first.
  const before = settle.length;
  const late = (): Promise<{ elements: Elements }> => {
    chunk(load);
    return load();
  };
  chunk(late);
  chunk(load);
  const all = loadAhead();
  const count = async (): Promise<number> => {
    await vi.advanceTimersByTimeAsync(0);
    return settle.length - before;
  };
  expect(await count()).toBe(1);
  for (let loaded = 1; loaded <= 3; loaded += 1) {
    settle[before + loaded - 1]?.resolve(nothing);
    expect(await count()).toBe(Math.min(loaded + 1, 3));
  }
  await all;
  vi.unstubAllGlobals();
});

test("it is loaded once, however often it is shown, and its elements are registered", async () => {
  class Late extends HTMLElement {}
  const part = chunk(load);
  void part.load();
  draw(part, "here");
  expect(settle).toHaveLength(1);
  settle[0]?.resolve({ elements: { "threadline-late": Late } });
  await vi.advanceTimersByTimeAsync(0);
  expect(customElements.get("threadline-late")).toBe(Late);
  render(html``, page);
  draw(part, "again");
  expect(shown()).toBe("again");
});
