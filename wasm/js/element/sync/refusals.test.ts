// A refusal reaches its author in words, whatever was refused and whichever language they read.

import { readFile } from "node:fs/promises";
import { expect, test } from "vitest";
import type { Desk } from "../common/desk.js";
import { refusals as german } from "../strings/de/refusals.js";
import { refusals as arabic } from "../strings/ar/refusals.js";
import { refusals as english } from "../strings/en/refusals.js";
import { commandText } from "./command-text.js";

const source = await readFile("../core/src/error.rs", "utf8");
const codes = Array.from(source.matchAll(/^ {4}[A-Z]\w+ = "(\w+)",$/gm), ([, code]) => code);

test("every code of the core has its sentence in every language, and no other has", () => {
  expect(codes.length).toBeGreaterThan(30);
  for (const words of [english(), german, arabic]) {
    expect(Object.keys(words).sort()).toEqual([...codes].sort());
    expect(Object.values(words).filter((sentence) => sentence.trim() === "")).toEqual([]);
  }
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
