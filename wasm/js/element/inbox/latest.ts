import type { Client } from "../common/types.js";

/** Rows looked at in one go. */
const PAGE = 500;

/** A contact's conversation with the latest movement, looked for page by page. */
export function latestConversation(client: Client, contact: string): string | undefined {
  for (let offset = 0; ; offset += PAGE) {
    const { rows, total } = client.rows({ filter: "all", search: "", offset, limit: PAGE });
    const found = rows.find((row) => row.contact === contact);
    if (found || offset + PAGE >= total) return found?.id;
  }
}
