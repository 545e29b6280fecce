// @vitest-environment happy-dom
import { beforeEach, expect, test } from "vitest";
import { Keyboard, KEYS, type KeyAction } from "./keys.js";

let acted: KeyAction[];

beforeEach(() => {
  acted = [];
  document.body.replaceChildren();
  const keyboard = new Keyboard((action) => {
    acted.push(action);
    return true;
  });
  document.body.onkeydown = keyboard.handle;
});

/** Presses a key in a new element, and tells whether the press was used up. */
function press(key: string, tag = "div", init: KeyboardEventInit = {}): boolean {
  const element = document.createElement(tag);
  document.body.append(element);
  const event = new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true, ...init });
  element.dispatchEvent(event);
  return event.defaultPrevented;
}

test("a key does what the table says", () => {
  const single = KEYS.filter(([keys]) => !keys.includes(" "));
  for (const [key] of single) expect(press(key)).toBe(true);
  expect(acted).toEqual(single.map(([, action]) => action));
});

test("g and then i goes to the list", () => {
  expect(press("g")).toBe(false);
  press("i");
  expect(acted).toEqual(["inbox"]);
});

test.each(["input", "textarea", "select"])("a letter typed in %s is only text", (tag) => {
  expect(press("e", tag)).toBe(false);
  expect(acted).toEqual([]);
});

test("Escape also works while typing", () => {
  press("Escape", "textarea");
  expect(acted).toEqual(["back"]);
});

test("Enter on a button presses the button", () => {
  press("Enter", "button");
  expect(acted).toEqual([]);
});

test("keys with a modifier belong to the browser and the host", () => {
  press("r", "div", { ctrlKey: true });
  press("r", "div", { metaKey: true });
  press("r", "div", { altKey: true });
  expect(acted).toEqual([]);
});
