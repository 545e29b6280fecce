// The documentation for hosts says what the code says.

import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { ATTRIBUTES, EVENTS } from "./embed/frame.js";

interface Named {
  name: string;
  kind?: string;
  attribute?: string;
}

const read = (file: string): string => readFileSync(new URL(`../${file}`, import.meta.url), "utf8");

/** Made by `npm run manifest`, which runs before the tests. */
const manifest = JSON.parse(read("custom-elements.json")) as {
  modules: [{ declarations: [Record<string, Named[]>] }];
};
const [element] = manifest.modules[0].declarations;

/** What the first column of a section's table names. */
function documented(section: string): string[] {
  const text = read("docs/element.md").split(`\n## ${section}\n`)[1]?.split("\n## ")[0] ?? "";
  return Array.from(text.matchAll(/^\| `([\w-]+)/gm), ([, name = ""]) => name).sort();
}

const names = (of: Named[] | undefined): string[] => (of ?? []).map(({ name }) => name).sort();

test("attributes", () => {
  expect(documented("Attributes")).toEqual(names(element.attributes));
});

test("properties without an attribute", () => {
  const own = element.members?.filter(({ kind, attribute }) => kind === "field" && !attribute);
  expect(documented("Properties")).toEqual(names(own));
});

test("methods", () => {
  expect(documented("Methods")).toEqual(
    names(element.members?.filter(({ kind }) => kind === "method")),
  );
});

test("events", () => {
  expect(documented("Events")).toEqual(names(element.events));
});

test("parts", () => {
  expect(documented("Parts")).toEqual(names(element.cssParts));
});

test("custom properties", () => {
  expect(documented("Custom properties")).toEqual(names(element.cssProperties));
});

test("the frame takes every attribute but the token, and tells of every event", () => {
  const attributes = names(element.attributes).filter((name) => name !== "token");
  expect([...ATTRIBUTES].sort()).toEqual(attributes);
  expect([...EVENTS].sort()).toEqual(names(element.events));
});
