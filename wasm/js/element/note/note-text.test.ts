// @vitest-environment happy-dom
import { render } from "lit";
import { expect, test } from "vitest";
import type { Span } from "../common/types.js";
import { noteText, plainText } from "./note-text.js";

const block = (type: string, attrs = {}): Span => ({
  type: "block",
  value: { type, parents: [], attrs, isEmbed: false },
});

const text = (value: string, marks = {}): Span => ({ type: "text", value, marks });

/** The note as elements. */
function drawn(...spans: Span[]): HTMLElement {
  const root = document.createElement("div");
  render(noteText(spans), root);
  return root;
}

test("marks nest around their text", () => {
  const root = drawn(block("paragraph"), text("a "), text("b", { strong: true, em: true }));
  expect(root.querySelector("p")?.textContent).toBe("a b");
  expect(root.querySelector("strong em")?.textContent).toBe("b");
});

test("items in a row are one list", () => {
  const item = block("unordered-list-item");
  const root = drawn(item, text("a"), item, text("b"), block("paragraph"), item, text("c"));
  const lists = [...root.querySelectorAll("[role=list]")];
  expect(lists.map((list) => list.querySelectorAll("[role=listitem]").length)).toEqual([2, 1]);
});

test("what looks like markup stays text", () => {
  const root = drawn(block("paragraph"), text("<img src=x onerror=alert(1)>"));
  expect(root.querySelector("img")).toBeNull();
  expect(root.textContent).toContain("<img src=x onerror=alert(1)>");
});

test.each([
  ["https://example.com/a", "https://example.com/a"],
  ["mailto:ana@example.com", "mailto:ana@example.com"],
  ["javascript:alert(1)", null],
  ["java\nscript:alert(1)", null],
  ["data:text/html,x", null],
])("a link to %j leads to %j", (href, target) => {
  const root = drawn(block("paragraph"), text("x", { link: JSON.stringify({ href }) }));
  expect(root.querySelector("a")?.getAttribute("href") ?? null).toBe(target);
  expect(root.textContent).toContain("x");
});

test("a link mark that is no JSON is drawn as its text", () => {
  const root = drawn(block("paragraph"), text("x", { link: "https://example.com" }));
  expect(root.querySelector("a")).toBeNull();
  expect(root.textContent).toContain("x");
});

test("text before the first marker is a paragraph", () => {
  expect(drawn(text("a")).querySelector("p")?.textContent).toBe("a");
});

test("plain text has the words without the marks", () => {
  expect(plainText([block("heading"), text("a"), block("paragraph"), text("b")])).toBe("a b");
});
