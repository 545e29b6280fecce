/** Files that go with a reply: taken in, checked against the core's limits, kept with the draft. */
import type { Desk } from "../common/desk.js";
import { fileSize } from "../common/format.js";
import type { Attachment } from "../common/types.js";
import { conversation as words } from "../strings/en/conversation.js";

/** What a message carries at most, as the core has it in `limits.rs`. */
export const FILES = 20;
export const FILE_BYTES = 25 * 1024 * 1024;

/** The files of a conversation's draft. */
export function filesOf(desk: Desk, conversation: string): Attachment[] {
  const kept = desk.drafts.get(conversation, "files");
  return kept ? (JSON.parse(kept) as Attachment[]) : [];
}

/** Keeps the files of a conversation's draft. */
export function keepFiles(desk: Desk, conversation: string, files: Attachment[]): void {
  desk.drafts.set(conversation, "files", files.length > 0 ? JSON.stringify(files) : "");
}

/**
 * Takes files into a conversation's draft, each once; their upload begins. Resolves with a sentence for
 * each that was not taken.
 */
export async function attach(
  desk: Desk,
  conversation: string,
  files: Iterable<File>,
): Promise<string[]> {
  const { tooLarge, tooMany, unreadable } = words().compose;
  const problems: string[] = [];
  for (const file of files) {
    if (file.size > FILE_BYTES) {
      problems.push(tooLarge(file.name, fileSize(FILE_BYTES)));
      continue;
    }
    try {
      const blob = await desk.client.blobs.add(file);
      const kept = filesOf(desk, conversation);
      if (kept.some((each) => each.blob === blob)) continue;
      if (kept.length >= FILES) return [...problems, tooMany(FILES)];
      const { name, size, type } = file;
      const mediaType = type || "application/octet-stream";
      keepFiles(desk, conversation, [...kept, { blob, name, mediaType, size }]);
    } catch {
      // A folder, or a file that is gone, gives no bytes.
      problems.push(unreadable(file.name));
    }
  }
  return problems;
}
