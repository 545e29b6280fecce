// @vitest-environment happy-dom
import { beforeEach, expect, test, vi } from "vitest";
import type { ThreadlineInbox } from "../define.js";
import { connect, parentOf, type ToParent } from "./frame.js";

const ORIGIN = "https://shop.example";

let told: { message: ToParent; to: string }[];
let parent: Window;
let inbox: ThreadlineInbox;

beforeEach(() => {
  told = [];
  parent = {
    postMessage: (message: ToParent, to: string) => told.push({ message, to }),
  } as unknown as Window;
  inbox = document.createElement("div") as unknown as ThreadlineInbox;
  const query = new URLSearchParams("workspace=acme&view=tasks&token=secret&onclick=alert(1)");
  connect(inbox, query, { page: window, parent, origin: ORIGIN });
});

/** A message arrives. */
function say(data: unknown, source: Window | null = parent, origin = ORIGIN): void {
  window.dispatchEvent(new MessageEvent("message", { data, source, origin }));
}

test("the address sets what it may, and no token", () => {
  expect(inbox.getAttributeNames().sort()).toEqual(["view", "workspace"]);
});

test("a token is asked for, and taken from the parent alone", async () => {
  const token = inbox.tokenProvider?.();
  expect(told).toEqual([{ message: { type: "threadline-token-request" }, to: ORIGIN }]);
  say({ type: "threadline-token", token: "evil" }, parent, "https://evil.example");
  say({ type: "threadline-token", token: "evil" }, window);
  say({ type: "threadline-token", token: 7 });
  say({ type: "threadline-token", token: "good" });
  expect(await token).toBe("good");
});

test("a parent that is still loading is asked again, until it answers", () => {
  vi.useFakeTimers();
  void inbox.tokenProvider?.();
  void inbox.tokenProvider?.();
  vi.advanceTimersByTime(1_000);
  expect(told).toHaveLength(3);
  say({ type: "threadline-token", token: "good" });
  vi.advanceTimersByTime(5_000);
  expect(told).toHaveLength(3);
  vi.useRealTimers();
});

test("the parent changes attributes, and only those", () => {
  say({ type: "threadline-attributes", attributes: { view: null, theme: "dark", id: "x" } });
  expect(inbox.getAttributeNames().sort()).toEqual(["theme", "workspace"]);
  say({ type: "threadline-attributes", attributes: { theme: "light" } }, parent, "null");
  expect(inbox.getAttribute("theme")).toBe("dark");
});

test("the parent hears the element's events", () => {
  const detail = { unread: 3 };
  inbox.dispatchEvent(new CustomEvent("threadline-unread-change", { detail }));
  const message = { type: "threadline-event", event: "threadline-unread-change", detail };
  expect(told).toEqual([{ message, to: ORIGIN }]);
});

test.each(["", "*", "null", "shop.example", "https://shop.example/", "https://Shop.example"])(
  "%j is no exact origin",
  (origin) => {
    expect(() => parentOf(new URLSearchParams({ parent: origin }))).toThrow(/exact origin/);
  },
);

test("an exact origin is taken as it is", () => {
  for (const origin of [ORIGIN, "http://127.0.0.1:8080"]) {
    expect(parentOf(new URLSearchParams({ parent: origin }))).toBe(origin);
  }
});
