import { afterEach, expect, test, vi } from "vitest";
import { locale, plural } from "./locale.js";
import { direction, listen, speak, strings, table, unlisten, word } from "./strings.js";

afterEach(() => speak("en"));

test.each([
  ["de-AT", "de-AT", "Suchen", "ltr"],
  ["de", "de", "Suchen", "ltr"],
  ["ar", "ar", "بحث", "rtl"],
  ["en-US", "en-US", "Search", "ltr"],
  ["fr", "en-GB", "Search", "ltr"],
  ["de-!!", "de", "Suchen", "ltr"],
  ["", "en-GB", "Search", "ltr"],
])("speaking %j formats as %s and searches with %j, %s", async (tag, formats, search, runs) => {
  await speak(tag);
  expect([locale, strings.search, direction()]).toEqual([formats, search, runs]);
});

test("the language asked for last wins, whichever loads first", async () => {
  await Promise.all([speak("de"), speak("ar"), speak("en")]);
  expect(strings.search).toBe("Search");
});

test("what is on the page is drawn anew once, until it leaves", async () => {
  const part = { requestUpdate: vi.fn() };
  listen(part);
  await speak("de");
  await speak("de");
  expect(part.requestUpdate).toHaveBeenCalledOnce();
  unlisten(part);
  await speak("en");
  expect(part.requestUpdate).toHaveBeenCalledOnce();
});

test("a table gives its own English, and else the language's words", async () => {
  const english = { list: "Tasks" };
  const words = table("tasks", english);
  expect(words()).toBe(english);
  await speak("de");
  expect(words().list).toBe("Liste der Aufgaben");
});

test.each([
  ["en", 1, "1 open task"],
  ["en", 1200, "1,200 open tasks"],
  ["de", 1200, "1.200 offene Aufgaben"],
  ["ar", 2, "مهمتان مفتوحتان"],
  ["ar", 5, "5 مهام مفتوحة"],
  ["ar", 11, "11 مهمة مفتوحة"],
])("in %s, %d reads %s", async (tag, n, text) => {
  await speak(tag);
  expect(strings.openTasks(n)).toBe(text);
});

test("a form that a language does not need is the general one", () => {
  expect(plural(1, { other: "# new" })).toBe("1 new");
});

test("a word that no table knows reads as it is", () => {
  expect(word({ a: "A" }, "a")).toBe("A");
  expect(word({ a: "A" }, "call_back")).toBe("call back");
});
