import { expect, test } from "vitest";
import type { Desk } from "../common/desk.js";
import { attach, FILE_BYTES, filesOf } from "./files.js";

/** A desk whose files are named by their content. */
function deskOf(): Desk {
  const kept = new Map<string, string>();
  const add = async (file: File): Promise<string> => {
    if (file.name === "folder") throw new Error("no bytes");
    return file.text();
  };
  return {
    client: { blobs: { add } },
    drafts: {
      get: (id: string, kind: string) => kept.get(id + kind) ?? "",
      set: (id: string, kind: string, draft: string) => kept.set(id + kind, draft),
    },
  } as unknown as Desk;
}

test("the same file twice is attached once, and stays with its conversation", async () => {
  const desk = deskOf();
  const file = new File(["abc"], "a.txt", { type: "text/plain" });
  expect(await attach(desk, "one", [file, file])).toEqual([]);
  expect(filesOf(desk, "one")).toEqual([
    { blob: "abc", name: "a.txt", mediaType: "text/plain", size: 3 },
  ]);
  expect(filesOf(desk, "two")).toEqual([]);
});

test("what is too large, unreadable or too many is told, the rest is taken", async () => {
  const desk = deskOf();
  const large = new File(["x"], "film.mov");
  Object.defineProperty(large, "size", { value: FILE_BYTES + 1 });
  const many = Array.from({ length: 21 }, (_, i) => new File([`${i}`], `${i}.txt`));
  const problems = await attach(desk, "one", [large, new File([], "folder"), ...many]);
  expect(problems).toEqual([
    "film.mov is larger than 25 MB.",
    "folder could not be read.",
    "At most 20 files.",
  ]);
  expect(filesOf(desk, "one").length).toBe(20);
});
