// @vitest-environment happy-dom
import { beforeEach, expect, test, vi } from "vitest";
import { Drafts } from "./drafts.js";

beforeEach(() => {
  sessionStorage.clear();
  vi.restoreAllMocks();
});

test("a draft stays with its conversation, and survives a reload", () => {
  new Drafts(() => "shop:ana").set("one", "reply", "Dear");
  const reloaded = new Drafts(() => "shop:ana");
  expect(reloaded.get("one", "reply")).toBe("Dear");
  expect(reloaded.get("one", "note")).toBe("");
  expect(reloaded.get("two", "reply")).toBe("");
});

test("members and workspaces do not see each other's drafts", () => {
  new Drafts(() => "shop:ana").set("one", "reply", "Dear");
  expect(new Drafts(() => "shop:ben").get("one", "reply")).toBe("");
});

test("a draft belongs to the member who is known when it is typed", () => {
  let scope = "shop:";
  const drafts = new Drafts(() => scope);
  scope = "shop:ana";
  drafts.set("one", "reply", "Dear");
  expect(new Drafts(() => "shop:ana").get("one", "reply")).toBe("Dear");
  expect(new Drafts(() => "shop:").get("one", "reply")).toBe("");
});

test("clearing forgets one member's drafts only", () => {
  const ana = new Drafts(() => "shop:ana");
  const ben = new Drafts(() => "shop:ben");
  ana.set("one", "reply", "Dear");
  ben.set("one", "reply", "Hello");
  ana.clear();
  expect(ana.get("one", "reply")).toBe("");
  expect(new Drafts(() => "shop:ana").get("one", "reply")).toBe("");
  expect(new Drafts(() => "shop:ben").get("one", "reply")).toBe("Hello");
});

test("storage that is full loses nothing while the page is open", () => {
  vi.spyOn(Storage.prototype, "setItem").mockImplementation(() => {
    throw new DOMException("full", "QuotaExceededError");
  });
  const drafts = new Drafts(() => "shop:ana");
  drafts.set("one", "reply", "Dear");
  expect(drafts.get("one", "reply")).toBe("Dear");
});
