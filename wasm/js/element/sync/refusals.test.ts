// A refusal reaches its author in words, whatever was refused and whichever language they read.

import { readFile } from "node:fs/promises";
import { expect, test } from "vitest";
import { refusalText, type Desk } from "../common/desk.js";
import { speak } from "../common/strings.js";
import { refusals as german } from "../strings/de/refusals.js";
import { refusals as arabic } from "../strings/ar/refusals.js";
import { commandText } from "./command-text.js";

const source = await readFile("../core/src/error.rs", "utf8");
const codes = Array.from(source.matchAll(/^ {4}[A-Z]\w+ = "(\w+)",$/gm), ([, code]) => code);

test("every code of the core has its sentence in every other language, and nothing else has", () => {
  expect(codes.length).toBeGreaterThan(30);
  for (const words of [german, arabic]) {
    expect(Object.keys(words).sort()).toEqual([...codes].sort());
    expect(Object.values(words).filter((sentence) => sentence.trim() === "")).toEqual([]);
  }
});

test("the core's own sentence is shown where it is understood, and the code's where it is not", async () => {
  const told = (): string => refusalText("forbidden", "Viewers change nothing.");
  expect(told()).toBe("Viewers change nothing.");
  await speak("de");
  expect(told()).toBe(german.forbidden);
  expect(refusalText("from a later version", "It is new.")).toBe("It is new.");
  await speak("en");
});

test("a refused command says what it was and keeps the words that came with it", () => {
  const desk = { nameOf: (member: string) => member } as Desk;
  const conversation = "0190";
  const spans = [{ type: "text" as const, value: "Call before noon" }];
  expect(commandText({ conversation, type: "add_note", spans }, desk)).toEqual({
    title: "Add a note",
    detail: "Call before noon",
  });
  const draft = {
    title: "Weigh the parcel",
    description: "For the claim form.",
    taskType: "",
    priority: "medium" as const,
  };
  expect(commandText({ conversation, type: "create_task", draft }, desk)).toEqual({
    title: "Create a task",
    detail: "Weigh the parcel\nFor the claim form.",
  });
});
