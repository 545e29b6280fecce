import type { Desk } from "./desk.js";
import { strings } from "./strings.js";
import type { ContactView, ConversationHeader } from "./types.js";

/**
 * Whom a conversation is with, by name: its contact, else the address. While the contact is on its
 * way it is called what its row says, and nothing where there is no row: it is not unknown.
 */
export function whoIn(
  { identity, contact }: Pick<ConversationHeader, "identity" | "contact">,
  view: ContactView | undefined,
  desk: Desk,
): string {
  const known = view?.name || view?.email;
  if (known) return known;
  if (view || !contact) return identity?.address || strings.unknown;
  const { rows } = desk.client.rows({ filter: "all", contact, limit: 1 });
  return rows[0]?.name ?? "";
}
