import { problemOf, type Desk } from "../common/desk.js";
import { saveFile } from "../common/save-file.js";

/** Saves a conversation and its contact with their full history as one file, as `import` takes it. */
export async function exportConversation(desk: Desk, conversation: string): Promise<void> {
  try {
    const bundle = await desk.client.exportBundle(conversation);
    saveFile(new Uint8Array(bundle), `${conversation}.threadline`);
  } catch (error) {
    desk.notify({ text: problemOf(error).message, alert: true });
  }
}
