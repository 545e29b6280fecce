import "fake-indexeddb/auto";
import { IDBFactory } from "fake-indexeddb";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Blobs, type Put } from "./blobs.js";
import { Storage } from "./storage.js";
import { eventually } from "./testing/fakes.js";
import { Tokens } from "./token.js";

/** SHA-256 of `abc` (FIPS 180-2, appendix B.1). */
const ABC = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

let online: boolean;
let asked: string[];
let answer: () => number;
let made: Blobs[];
let storage: Storage | undefined;

const put: Put = async (address, token, bytes, progress) => {
  asked.push(`${address.href} ${token} ${bytes.byteLength}`);
  progress(0.5);
  return answer();
};

function blobs(): Blobs {
  const source = {
    address: new URL("wss://inbox.example/base/sync"),
    workspace: "acme",
    tokens: new Tokens(async () => "token"),
  };
  const one = new Blobs(
    source,
    storage as Storage,
    () => online,
    () => undefined,
    put,
  );
  made.push(one);
  return one;
}

/** The member's storage in a new tab. */
async function newTab(): Promise<void> {
  await storage?.close();
  storage = new Storage(
    "threadline:acme:ana",
    () => undefined,
    () => Promise.resolve(false),
  );
  await storage.read();
}

beforeEach(async () => {
  vi.stubGlobal("indexedDB", new IDBFactory());
  await newTab();
  online = true;
  asked = [];
  answer = () => 204;
  made = [];
});

afterEach(async () => {
  for (const one of made) one.stop();
  await storage?.close();
  storage = undefined;
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

test("a file is put under the hash of its bytes, with the member's token", async () => {
  const one = blobs();
  expect(await one.add(new Blob(["abc"], { type: "text/plain" }))).toBe(ABC);
  await eventually(() => one.progress(ABC) === undefined);
  expect(asked).toEqual([`https://inbox.example/base/v1/workspaces/acme/blobs/${ABC} token 3`]);
});

test("what was added offline outlives the tab, and leaves when there is a connection", async () => {
  online = false;
  await blobs().add(new Blob(["abc"], { type: "text/plain" }));
  await newTab();
  const next = blobs();
  next.start();
  await eventually(() => next.progress(ABC) === 0);
  expect(asked).toEqual([]);
  const kept = await next.get(ABC);
  expect([await kept.text(), kept.type]).toEqual(["abc", "text/plain"]);
  online = true;
  await next.upload();
  expect(asked.length).toBe(1);
  await newTab();
  const last = blobs();
  last.start();
  await last.upload();
  expect(asked.length).toBe(1);
});

test("what the server does not take stays, and is not offered at once again", async () => {
  answer = () => 507;
  const one = blobs();
  await one.add(new Blob(["abc"]));
  await eventually(() => asked.length === 1);
  await eventually(() => one.progress(ABC) === 0);
  await one.upload();
  expect(asked.length).toBe(1);
  expect(await (await one.get(ABC)).text()).toBe("abc");
});
