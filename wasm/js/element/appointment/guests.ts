/** Who is asked to an appointment, as people read it. */
import type { Desk } from "../common/desk.js";
import type { Guest } from "../common/types.js";

/** A guest's name: a member's, a contact's as far as it is here, or the address. */
export function guestName(desk: Desk, guest: Guest | string): string {
  const [kind, id = ""] = guest.split(/:(.*)/s, 2);
  if (kind === "member") return desk.nameOf(id);
  if (kind === "contact") return desk.client.contact(id)?.name || id;
  return id;
}

/** The guests among addresses that were typed with commas or spaces between them. */
export function guestsOf(addresses: string): Guest[] {
  return addresses
    .split(/[\s,;]+/)
    .filter(Boolean)
    .map((address): Guest => `email:${address}`);
}
