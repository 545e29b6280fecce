// @vitest-environment happy-dom
import { beforeEach, expect, test } from "vitest";
import { Keyboard } from "./keys.js";

/** Keys that a command listens to; everything else means nothing. */
const KNOWN = ["e", "r", "?", "Enter", "Escape", "g i", "Mod+k"];

let ran: string[];
let active: boolean;

beforeEach(() => {
  ran = [];
  active = true;
  document.body.replaceChildren();
  const run = (what: { id: string } | { keys: string }): boolean => {
    if (!("keys" in what) || !KNOWN.includes(what.keys)) return false;
    ran.push(what.keys);
    return true;
  };
  document.body.onkeydown = new Keyboard({ run }, () => active).handle;
});

/** Presses a key in a new element, and tells whether the press was used up. */
function press(key: string, tag = "div", init: KeyboardEventInit = {}): boolean {
  const element = document.createElement(tag);
  document.body.append(element);
  const event = new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true, ...init });
  element.dispatchEvent(event);
  return event.defaultPrevented;
}

test("a key runs its command and is used up", () => {
  for (const key of ["e", "?", "Enter", "Escape"]) expect(press(key)).toBe(true);
  expect(ran).toEqual(["e", "?", "Enter", "Escape"]);
});

test("a key that runs nothing stays the host's", () => {
  expect(press("x")).toBe(false);
});

test("g and then i is one command", () => {
  expect(press("g")).toBe(false);
  press("i");
  expect(ran).toEqual(["g i"]);
});

test("how far apart two keys were pressed decides, not when the page came to them", () => {
  const pressAt = (key: string, timeStamp: number): void => {
    const event = new KeyboardEvent("keydown", { key, cancelable: true });
    Object.defineProperty(event, "timeStamp", { value: timeStamp });
    document.body.dispatchEvent(event);
  };
  pressAt("g", 1_000);
  pressAt("i", 3_000);
  expect(ran).toEqual([]);
  pressAt("g", 4_000);
  pressAt("i", 4_500);
  expect(ran).toEqual(["g i"]);
});

test.each(["input", "textarea", "select"])("a letter typed in %s is only text", (tag) => {
  expect(press("e", tag)).toBe(false);
  expect(ran).toEqual([]);
});

test("Escape and keys with Ctrl also work while typing", () => {
  press("Escape", "textarea");
  press("k", "textarea", { ctrlKey: true });
  press("k", "textarea", { metaKey: true });
  expect(ran).toEqual(["Escape", "Mod+k", "Mod+k"]);
});

test("Enter on a button presses the button", () => {
  press("Enter", "button");
  expect(ran).toEqual([]);
});

test("keys with a modifier that no command has belong to the browser and the host", () => {
  press("r", "div", { ctrlKey: true });
  press("r", "div", { metaKey: true });
  press("r", "div", { altKey: true });
  expect(ran).toEqual([]);
});

test("on a keyboard of another script the letter beside counts", () => {
  press("ق", "div", { code: "KeyR" });
  expect(ran).toEqual(["r"]);
});

test("a key that composes a character is no command", () => {
  press("e", "div", { isComposing: true });
  expect(ran).toEqual([]);
});

test("switched off, only Escape means something", () => {
  active = false;
  press("e");
  press("k", "div", { ctrlKey: true });
  press("Escape");
  expect(ran).toEqual(["Escape"]);
});
