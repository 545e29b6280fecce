import { expect, test } from "vitest";
import type { Template } from "../common/types.js";
import { missingIn, slashAt, templatesFor } from "./templates.js";

const template = (name: string, rest: Partial<Template> = {}): Template => ({
  id: name,
  name,
  language: "",
  subject: "",
  text: "",
  ...rest,
});

test("a slash asks for templates where a word begins, and only there", () => {
  expect(slashAt("/ref", 4)).toEqual({ from: 0, to: 4, search: "ref" });
  expect(slashAt("Hello\n/", 7)).toEqual({ from: 6, to: 7, search: "" });
  expect(slashAt("and/or", 6)).toBeUndefined();
  expect(slashAt("/refund now", 11)).toBeUndefined();
  expect(slashAt("/refund now", 4)).toEqual({ from: 0, to: 4, search: "ref" });
});

test("templates of other channels are left out, those of the language come first", () => {
  const all = [
    template("Refund", { language: "en" }),
    template("Erstattung", { language: "de" }),
    template("Short", { channel: "sms" }),
  ];
  expect(templatesFor(all, "email", "", "de-AT").map(({ name }) => name)).toEqual([
    "Erstattung",
    "Refund",
  ]);
  expect(templatesFor(all, "sms", "sho", "en").map(({ name }) => name)).toEqual(["Short"]);
});

test("each placeholder that is left is named once", () => {
  expect(missingIn("{{contact.first_name}} and {{order}}, {{order}}")).toEqual([
    "{{contact.first_name}}",
    "{{order}}",
  ]);
  expect(missingIn("{ not } {{}")).toEqual([]);
});
