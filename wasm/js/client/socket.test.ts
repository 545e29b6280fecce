import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Socket, syncAddress, type SocketEvents } from "./socket.js";
import { FakeWebSocket, jwt } from "./testing/fakes.js";
import { Tokens } from "./token.js";

const HOUR = 3_600_000;
let page: EventTarget;
let log: string[];
let provider: () => Promise<string>;
let socket: Socket;
let chance: number;

beforeEach(() => {
  vi.useFakeTimers({ now: 0 });
  vi.stubGlobal("WebSocket", FakeWebSocket);
  FakeWebSocket.made = [];
  page = new EventTarget();
  vi.stubGlobal("addEventListener", page.addEventListener.bind(page));
  log = [];
  chance = 0.999;
  provider = () => Promise.resolve(jwt({ sub: "ana", exp: (Date.now() + HOUR) / 1000 }));
  const tokens = new Tokens(() => provider(), "ana");
  const events: SocketEvents = {
    connected: () => log.push("connected"),
    received: ([frame]) => {
      log.push(`frame ${frame}`);
      if (frame === 99) socket.end({ retryAfter: null, wantsToken: true });
      if (frame === 98) socket.end({ retryAfter: 60_000, wantsToken: false });
      if (frame === 97) socket.end({ retryAfter: null, wantsToken: false });
    },
    disconnected: () => log.push("disconnected"),
    renewed: () => log.push("renewed"),
    authExpired: (error) => log.push(`auth-expired ${error.code}`),
  };
  // The longest wait of full jitter, so that a test can step over it.
  socket = new Socket(new URL("ws://host/sync"), tokens, events, () => chance);
});

afterEach(() => {
  socket.stop();
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

const soon = () => vi.advanceTimersByTimeAsync(0);

test.each([
  ["http://host:8787", "ws://host:8787/sync"],
  ["https://host/threadline/", "wss://host/threadline/sync"],
  ["wss://host/sync", "wss://host/sync"],
  ["/", "wss://shop.example/sync"],
  ["/inbox", "wss://shop.example/inbox/sync"],
])("the endpoint %s is %s", (endpoint, address) => {
  expect(syncAddress(endpoint, "https://shop.example/page?x=1#top").href).toBe(address);
});

test("frames go both ways over the versioned subprotocol, and none while there is no connection", async () => {
  socket.start();
  await soon();
  expect(FakeWebSocket.last.protocol).toBe("threadline.v1");
  socket.send(new Uint8Array([1]));
  FakeWebSocket.last.open();
  socket.send(new Uint8Array([2]));
  FakeWebSocket.last.receive(7);
  expect(FakeWebSocket.last.sent).toEqual([[2]]);
  expect(log).toEqual(["connected", "frame 7"]);
});

test("waits double up to 30 s, and begin anew after a session that held", async () => {
  socket.start();
  await soon();
  for (const wait of [500, 1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000]) {
    const before = FakeWebSocket.made.length;
    FakeWebSocket.last.lose();
    await vi.advanceTimersByTimeAsync(wait * 0.99);
    expect(FakeWebSocket.made.length).toBe(before);
    await vi.advanceTimersByTimeAsync(wait * 0.01);
    expect(FakeWebSocket.made.length).toBe(before + 1);
  }
  FakeWebSocket.last.open();
  FakeWebSocket.last.receive(1);
  FakeWebSocket.last.lose();
  await vi.advanceTimersByTimeAsync(500);
  expect(FakeWebSocket.made.length).toBe(10);
});

test("each client waits a part of the time that chance gives it", async () => {
  socket.start();
  await soon();
  FakeWebSocket.last.lose();
  chance = 0.25;
  await vi.advanceTimersByTimeAsync(500);
  FakeWebSocket.last.lose();
  await vi.advanceTimersByTimeAsync(249);
  expect(FakeWebSocket.made.length).toBe(2);
  await vi.advanceTimersByTimeAsync(1);
  expect(FakeWebSocket.made.length).toBe(3);
});

test("a server that only accepts and closes is not hammered", async () => {
  socket.start();
  await soon();
  for (let count = 0; count < 6; count += 1) {
    FakeWebSocket.last.open();
    FakeWebSocket.last.lose();
    await vi.advanceTimersByTimeAsync(30_000);
  }
  const before = FakeWebSocket.made.length;
  FakeWebSocket.last.lose();
  await vi.advanceTimersByTimeAsync(25_000);
  expect(FakeWebSocket.made.length).toBe(before);
});

test("the browser's word that it is online ends the wait", async () => {
  socket.start();
  await soon();
  for (let count = 0; count < 6; count += 1) {
    FakeWebSocket.last.lose();
    await vi.advanceTimersByTimeAsync(30_000);
  }
  FakeWebSocket.last.lose();
  const before = FakeWebSocket.made.length;
  page.dispatchEvent(new Event("online"));
  await soon();
  expect(FakeWebSocket.made.length).toBe(before + 1);
});

test("the browser's word that it is offline ends the session at once", async () => {
  socket.start();
  await soon();
  FakeWebSocket.last.open();
  page.dispatchEvent(new Event("offline"));
  expect(log).toEqual(["connected", "disconnected"]);
});

test("a farewell's wait is kept even when the browser comes online", async () => {
  socket.start();
  await soon();
  FakeWebSocket.last.open();
  FakeWebSocket.last.receive(98);
  page.dispatchEvent(new Event("online"));
  await vi.advanceTimersByTimeAsync(59_999);
  expect(FakeWebSocket.made.length).toBe(1);
  await vi.advanceTimersByTimeAsync(501);
  expect(FakeWebSocket.made.length).toBe(2);
});

test("a farewell for another reason than the token costs patience and no token", async () => {
  socket.start();
  await soon();
  for (const made of [1, 2, 3]) {
    expect(FakeWebSocket.made.length).toBe(made);
    FakeWebSocket.last.open();
    FakeWebSocket.last.receive(97);
    await vi.advanceTimersByTimeAsync(29_999);
    expect(FakeWebSocket.made.length).toBe(made);
    await vi.advanceTimersByTimeAsync(2_001);
  }
  expect(log).not.toContain("auth-expired bad_token");
});

test("a tab that leads next keeps the wait that the server asked of the one before", async () => {
  socket.beware(60_000);
  socket.start();
  await vi.advanceTimersByTimeAsync(59_999);
  expect(FakeWebSocket.made.length).toBe(0);
  await vi.advanceTimersByTimeAsync(1);
  expect(FakeWebSocket.made.length).toBe(1);
});

test("a refused token is replaced once; the second refusal is the host's to settle", async () => {
  socket.start();
  await soon();
  FakeWebSocket.last.open();
  FakeWebSocket.last.receive(99);
  await soon();
  FakeWebSocket.last.open();
  FakeWebSocket.last.receive(99);
  await vi.advanceTimersByTimeAsync(HOUR);
  expect(FakeWebSocket.made.length).toBe(2);
  expect(log.at(-1)).toBe("auth-expired bad_token");
  socket.setOffline(false);
  await soon();
  expect(FakeWebSocket.made.length).toBe(3);
});

test("a token provider that fails is asked again until it answers", async () => {
  const good = provider;
  provider = () => Promise.reject(new Error("no network"));
  socket.start();
  await vi.advanceTimersByTimeAsync(5_000);
  expect(FakeWebSocket.made.length).toBe(0);
  provider = good;
  await vi.advanceTimersByTimeAsync(5_000);
  expect(FakeWebSocket.made.length).toBe(1);
});

test("a host that is signed in as somebody else ends the attempts", async () => {
  provider = () => Promise.resolve(jwt({ sub: "ben" }));
  socket.start();
  await vi.advanceTimersByTimeAsync(HOUR);
  expect(FakeWebSocket.made.length).toBe(0);
  expect(log).toEqual(["auth-expired forbidden"]);
});

test("the token of an open session is renewed in place, a minute before its end", async () => {
  socket.start();
  await soon();
  FakeWebSocket.last.open();
  await vi.advanceTimersByTimeAsync(HOUR - 60_001);
  expect(log).toEqual(["connected"]);
  await vi.advanceTimersByTimeAsync(1);
  expect(log).toEqual(["connected", "renewed"]);
  await vi.advanceTimersByTimeAsync(HOUR);
  expect(log).toEqual(["connected", "renewed", "renewed"]);
  expect(FakeWebSocket.made.length).toBe(1);
});

test("offline by hand closes, and stays closed whatever the browser says", async () => {
  socket.start();
  await soon();
  FakeWebSocket.last.open();
  socket.setOffline(true);
  page.dispatchEvent(new Event("online"));
  await vi.advanceTimersByTimeAsync(HOUR);
  expect(log).toEqual(["connected", "disconnected"]);
  expect(FakeWebSocket.made.length).toBe(1);
  socket.setOffline(false);
  await soon();
  expect(FakeWebSocket.made.length).toBe(2);
});

test("a connection that never opens is given up", async () => {
  socket.start();
  await soon();
  await vi.advanceTimersByTimeAsync(15_500);
  expect(FakeWebSocket.made.length).toBe(2);
});
