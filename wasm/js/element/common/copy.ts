import type { Desk } from "./desk.js";
import { strings } from "./strings.js";

/**
 * Copies a text and says whether it is copied: a page without TLS has no clipboard, and a frame only
 * with its page's permission.
 */
export async function copy(text: string, desk: Desk): Promise<void> {
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    desk.notify({ text: strings.notCopied, alert: true });
    return;
  }
  desk.notify({ text: strings.copied });
}
