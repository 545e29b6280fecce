import { afterEach, expect, test, vi } from "vitest";
import { jwt } from "./testing/fakes.js";
import { claimsOf, renewalDelay, Tokens } from "./token.js";

afterEach(() => {
  vi.useRealTimers();
});

test.each([
  [jwt({ sub: "ana", exp: 100 }), { member: "ana", expires: 100_000 }],
  [jwt({ sub: "Zoë ✓" }), { member: "Zoë ✓" }],
  [jwt({ sub: 7, exp: "soon" }), {}],
  ["no token", {}],
  ["a.b.c", {}],
  ["", {}],
])("the claims of %s", (token, claims) => {
  expect(claimsOf(token)).toEqual(claims);
});

test("a token is asked for once while it is good, and again a minute before its end", async () => {
  vi.useFakeTimers({ now: 0 });
  const provider = vi.fn(() => Promise.resolve(jwt({ sub: "ana", exp: Date.now() / 1000 + 300 })));
  const tokens = new Tokens(provider, "ana");
  const first = await tokens.get();
  vi.setSystemTime(239_000);
  expect(await tokens.get()).toBe(first);
  vi.setSystemTime(240_000);
  expect(await tokens.get()).not.toBe(first);
  expect(provider).toHaveBeenCalledTimes(2);
});

test("a refused token is not given out again", async () => {
  let count = 0;
  const tokens = new Tokens(() => Promise.resolve(jwt({ sub: "ana", count: (count += 1) })));
  const first = await tokens.get();
  tokens.drop();
  expect(await tokens.get()).not.toBe(first);
});

test("another member's token is refused, because the data here is not theirs", async () => {
  const tokens = new Tokens(() => Promise.resolve(jwt({ sub: "ben" })), "ana");
  await expect(tokens.get()).rejects.toMatchObject({ code: "forbidden" });
});

test("a provider that never answers counts as one that failed", async () => {
  vi.useFakeTimers();
  const tokens = new Tokens(() => new Promise(() => undefined));
  const failed = expect(tokens.get()).rejects.toMatchObject({ code: "unavailable" });
  await vi.advanceTimersByTimeAsync(20_000);
  await failed;
});

test.each([
  ["an hour: a minute before its end", 3600, 3_540_000],
  ["100 s: at half of it", 100, 50_000],
  ["over: not in a loop", -5, 10_000],
  ["a century: as long as a timer goes", 3e9, 2 ** 31 - 1],
])("renewal of a token that lasts %s", (_, exp, delay) => {
  expect(renewalDelay(jwt({ exp }), 0)).toBe(delay);
});
