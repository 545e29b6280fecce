import { expect, test, vi } from "vitest";
import type { Stage, UiCommand } from "./command.js";
import { Commands } from "./registry.js";

type Parts = { role?: string; open?: boolean; navigates?: boolean; own?: UiCommand[] };

/** Commands of a widget as it may stand, with a conversation open unless told otherwise. */
function commands({
  role = "admin",
  open = true,
  navigates = true,
  own = [],
}: Parts = {}): Commands {
  const thread = open ? { header: { id: "one" }, write: vi.fn() } : undefined;
  const stage = {
    desk: { client: { member: { role } } },
    current: { commands: own },
    thread,
    navigates,
    go: vi.fn(),
    back: () => false,
  };
  return new Commands(() => stage as unknown as Stage);
}

const ids = (of: Commands): string[] => of.available().map(({ id }) => id);

test("no key means two things", () => {
  const keys = commands()
    .available()
    .flatMap((each) => each.keys ?? []);
  expect(new Set(keys).size).toBe(keys.length);
});

test("before the widget has started there is nothing to do", () => {
  const early = new Commands(() => undefined);
  expect(early.available()).toEqual([]);
  expect(early.run({ id: "help" })).toBe(false);
});

test.each([
  ["a conversation's own commands need one", { open: false }, "reply", false],
  ["with one open they are there", {}, "reply", true],
  ["a viewer is offered nothing that writes", { role: "viewer" }, "task", false],
  ["a viewer can go to other views", { role: "viewer" }, "go-tasks", true],
  ["settings are there to read for everybody", { role: "agent" }, "go-settings", true],
  ["a host that shows one view offers no others", { navigates: false }, "go-inbox", false],
  ["a list is moved in only where there is one", {}, "next", false],
])("%s", (_, parts, id, offered) => {
  expect(ids(commands(parts)).includes(id)).toBe(offered);
});

test("what is not offered cannot be run, by id or key", () => {
  const viewer = commands({ role: "viewer" });
  expect(viewer.run({ id: "reply" })).toBe(false);
  expect(viewer.run({ keys: "r" })).toBe(false);
  expect(commands().run({ keys: "r" })).toBe(true);
});

test("a command with nothing to do leaves its key to others", () => {
  expect(commands().run({ keys: "Escape" })).toBe(false);
});

test("a view may give a key another meaning", () => {
  const run = vi.fn();
  const own: UiCommand = {
    id: "own",
    title: () => "",
    icon: "check",
    group: "move",
    keys: "e",
    run,
  };
  expect(commands({ own: [own] }).run({ keys: "e" })).toBe(true);
  expect(run).toHaveBeenCalledOnce();
});
