import { expect, test } from "vitest";

test("the element can be imported where there is no page", async () => {
  expect(typeof globalThis.window).toBe("undefined");
  const { ThreadlineInbox } = await import("./define.js");
  expect(ThreadlineInbox.name).toBe("ThreadlineInbox");
});
