import { expect, test } from "vitest";
import type { Desk } from "../common/desk.js";
import type { Command, ConversationHeader } from "../common/types.js";
import { assign, tag } from "../thread/plans.js";
import { runBulk, undoBulk } from "./bulk.js";

/** A desk whose conversations are `headers`; `refuse` names one that takes nothing. */
function deskOf(headers: Partial<ConversationHeader>[], refuse?: string) {
  const applied: Command[] = [];
  const open: string[] = [];
  const apply = (command: Command): void => {
    const { conversation } = command as { conversation: string };
    if (!open.includes(conversation)) throw new Error("not open");
    if (conversation === refuse) {
      throw Object.assign(new Error("No."), { name: "ThreadlineError", code: "forbidden" });
    }
    applied.push(command);
  };
  const client = {
    open: async (id: string) => void open.push(id),
    close: (id: string) => void open.splice(open.indexOf(id), 1),
    header: (id: string) => headers.find((each) => each.id === id),
    apply,
  };
  const run = (command: Command): boolean => (apply(command), true);
  return { desk: { client, run, me: "ana" } as unknown as Desk, applied, open };
}

test("undoing brings every conversation back to what it had, and leaves the others alone", async () => {
  const { desk, applied, open } = deskOf([
    { id: "a", owner: "ben" },
    { id: "b" },
    { id: "c", owner: "ana" },
  ]);
  const done = await runBulk(desk, ["a", "b", "c"], () => assign("ana"));
  expect(applied.length).toBe(2);
  await undoBulk(desk, done);
  expect(applied.slice(2)).toEqual([
    { conversation: "a", type: "set_owner", owner: "ben" },
    { conversation: "b", type: "set_owner", owner: null },
  ]);
  expect(open).toEqual([]);
});

test("a refusal is told and does not stop the others", async () => {
  const { desk, applied } = deskOf(
    [
      { id: "a", tags: [] },
      { id: "b", tags: [] },
    ],
    "a",
  );
  const done = await runBulk(desk, ["a", "b"], () => tag("vip", true));
  expect(done.refused).toEqual([{ code: "forbidden", message: "No." }]);
  expect(applied).toEqual([{ conversation: "b", type: "add_tag", tag: "vip" }]);
  expect([...done.undo.keys()]).toEqual(["b"]);
});
