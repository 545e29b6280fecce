import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Prefetch } from "./prefetch.js";
import type { DocumentId, StoredRow } from "./wasm.js";

let conversations: string[];
let allowed: boolean;
let inUse: string[];
let held: string[];
let most: number;
let fetched: string[];
/** Documents the server answers for; others never complete. */
let server: Set<string>;
let prefetch: Prefetch;

beforeEach(() => {
  vi.useFakeTimers();
  conversations = [];
  allowed = true;
  inUse = [];
  held = [];
  most = 0;
  fetched = [];
  server = new Set();
  prefetch = new Prefetch({
    ahead: () => docsOf(conversations),
    allowed: () => allowed,
    inUse: (doc) => inUse.includes(doc),
    hold: (doc) => {
      held.push(doc);
      fetched.push(doc);
      most = Math.max(most, held.length);
      setTimeout(() => {
        if (server.has(doc)) prefetch.complete(doc);
      }, 10);
      return Promise.resolve();
    },
    release: (doc) => held.splice(held.indexOf(doc), 1),
  });
});

afterEach(() => {
  prefetch.stop();
  vi.useRealTimers();
});

/** The server has these documents, at the version. */
function has(docs: DocumentId[], version: string): void {
  for (const doc of docs) server.add(doc);
  prefetch.rows(docs.map((doc) => ({ doc, seq: 1, heads: [version] }) as unknown as StoredRow));
}

function docsOf(ids: string[]): DocumentId[] {
  return ids.flatMap((id) => [`conversation:${id}`, `contact:of-${id}`] as const);
}

test("the open inbox is fetched with its contacts, four documents at a time, and closed again", async () => {
  conversations = Array.from({ length: 20 }, (_, at) => String(at));
  has(docsOf(conversations), "v1");
  await vi.advanceTimersByTimeAsync(5_000);
  expect(fetched).toEqual(docsOf(conversations));
  expect(most).toBe(4);
  expect(held).toEqual([]);
});

test("what is stored as the server has it is left alone; what moved is fetched again", async () => {
  conversations = ["1", "2"];
  for (const doc of docsOf(["1", "2"])) prefetch.stored(doc, ["v1"]);
  has(docsOf(["1", "2"]), "v1");
  await vi.advanceTimersByTimeAsync(1_000);
  expect(fetched).toEqual([]);
  has(["conversation:2"], "v2");
  await vi.advanceTimersByTimeAsync(1_000);
  expect(fetched).toEqual(["conversation:2"]);
});

test("a stored document outside the open inbox is kept up to date too", async () => {
  prefetch.stored("conversation:9", ["v1"]);
  has(["conversation:9"], "v2");
  await vi.advanceTimersByTimeAsync(1_000);
  expect(fetched).toEqual(["conversation:9"]);
});

test("it waits for its time, and leaves alone what somebody has open", async () => {
  conversations = ["1", "2"];
  inUse = ["conversation:1"];
  allowed = false;
  has(docsOf(["1", "2"]), "v1");
  await vi.advanceTimersByTimeAsync(60_000);
  expect(fetched).toEqual([]);
  allowed = true;
  prefetch.wake();
  await vi.advanceTimersByTimeAsync(1_000);
  expect(fetched).toEqual(["contact:of-1", "conversation:2", "contact:of-2"]);
});

test("a document that never completes is given up until it moves", async () => {
  conversations = ["1"];
  has(["conversation:1"], "v1");
  server.clear();
  await vi.advanceTimersByTimeAsync(60_000);
  expect(fetched).toEqual(["conversation:1"]);
  expect(held).toEqual([]);
  has(["conversation:1"], "v2");
  await vi.advanceTimersByTimeAsync(1_000);
  expect(fetched).toHaveLength(2);
});
