import { afterEach, expect, test, vi } from "vitest";
import { copy } from "./copy.js";
import type { Desk, Notice } from "./desk.js";
import { strings } from "./strings.js";

afterEach(() => vi.unstubAllGlobals());

/** Copies a text where the browser's clipboard is this, and gives what the person is told. */
async function told(clipboard: object | undefined): Promise<Notice[]> {
  vi.stubGlobal("navigator", { clipboard });
  const notices: Notice[] = [];
  await copy("a lost reply", {
    notify: (notice: Notice) => notices.push(notice),
  } as unknown as Desk);
  return notices;
}

test("a person is told that a text is copied", async () => {
  const writeText = vi.fn(() => Promise.resolve());
  expect(await told({ writeText })).toEqual([{ text: strings.copied }]);
  expect(writeText).toHaveBeenCalledWith("a lost reply");
});

test("a person is told that it is not: the frame may not, or the page has no clipboard", async () => {
  const refused = [{ text: strings.notCopied, alert: true }];
  const writeText = (): Promise<void> => Promise.reject(new DOMException("", "NotAllowedError"));
  expect(await told({ writeText })).toEqual(refused);
  expect(await told(undefined)).toEqual(refused);
});
