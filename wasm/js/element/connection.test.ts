import { beforeEach, expect, test, vi } from "vitest";
import type { Client } from "./common/types.js";
import { Connection } from "./connection.js";

let ready: Client[];
let failed: unknown[];
let expired: number;
let connection: Connection;

beforeEach(() => {
  ready = [];
  failed = [];
  expired = 0;
  connection = new Connection({
    ready: (client) => ready.push(client),
    failed: (error) => failed.push(error),
    expired: () => (expired += 1),
  });
});

/** A client that can be stopped, and knows its member or says later that it does. */
function client(member?: string): Client & { stop: ReturnType<typeof vi.fn> } {
  const target = new EventTarget();
  return Object.assign(target, {
    member: member === undefined ? undefined : { id: member },
    stop: vi.fn(async () => undefined),
  }) as unknown as Client & { stop: ReturnType<typeof vi.fn> };
}

/** Lets everything that waits for nothing happen. */
const settle = (): Promise<void> => new Promise((resolve) => setTimeout(resolve));

test("the same settings make one client", async () => {
  const ana = client("ana");
  expect(connection.make("shop", async () => ana)).toBe(true);
  expect(connection.make("shop", async () => client("ana"))).toBe(false);
  await settle();
  expect(ready).toEqual([ana]);
});

test("other settings stop the client and make another", async () => {
  const [one, two] = [client("ana"), client("ana")];
  connection.make("shop", async () => one);
  await settle();
  connection.make("other", async () => two);
  await settle();
  expect(one.stop).toHaveBeenCalledOnce();
  expect(ready).toEqual([one, two]);
});

test("a client is not ready before it knows who is here", async () => {
  const somebody = client();
  connection.make("shop", async () => somebody);
  await settle();
  expect(ready).toEqual([]);
  somebody.dispatchEvent(new Event("ready"));
  await settle();
  expect(ready).toEqual([somebody]);
});

test("a token that is refused before the start is over is told, and a later one begins", async () => {
  const somebody = client();
  connection.make("shop", async () => somebody);
  await settle();
  somebody.dispatchEvent(new Event("auth-expired"));
  expect(expired).toBe(1);
  somebody.dispatchEvent(new Event("ready"));
  await settle();
  expect(ready).toEqual([somebody]);

  // From here on the element hears it from the client itself.
  somebody.dispatchEvent(new Event("auth-expired"));
  expect(expired).toBe(1);
});

test("a client that arrives after the end is stopped and not shown", async () => {
  const late = client("ana");
  connection.make("shop", async () => late);
  connection.stop();
  await settle();
  expect(late.stop).toHaveBeenCalledOnce();
  expect(ready).toEqual([]);
});

test("a client that was refused or stopped before it was brought says so", async () => {
  connection.use(Object.assign(client(), { authExpired: true }));
  await settle();
  expect(expired).toBe(1);
  connection.use(Object.assign(client("ana"), { stopped: true }));
  await settle();
  expect(failed).toHaveLength(1);
  expect(ready).toEqual([]);
});

test("a host's own client is let go, not stopped", async () => {
  const hosts = client("ana");
  connection.use(hosts);
  await settle();
  connection.stop();
  expect(ready).toEqual([hosts]);
  expect(hosts.stop).not.toHaveBeenCalled();
});

test("a start that fails is told once, and can be tried again", async () => {
  const refused = new Error("no");
  connection.make("shop", () => Promise.reject(refused));
  await settle();
  expect(failed).toEqual([refused]);
  connection.stop();
  expect(connection.make("shop", async () => client("ana"))).toBe(true);
  await settle();
  expect(ready.length).toBe(1);
});
