/** Where a reply can go: the contact's channels that the member qualifies for, and their addresses. */
import type {
  Channel,
  ContactView,
  ConversationHeader,
  Identity,
  Interaction,
  Member,
} from "../common/types.js";

/** What decides where a reply can go. */
export interface Ways {
  member: Pick<Member, "channels"> | undefined;
  header: Pick<ConversationHeader, "identity">;
  contact: Pick<ContactView, "identities"> | undefined;
  /** The newest message from the customer. */
  answering: Pick<Interaction, "channel" | "from"> | undefined;
}

/** The channels to choose from; with no address known, the conversation's own. None where none is allowed. */
export function channelsFor(ways: Ways): Channel[] {
  const known = new Set(identities(ways).map(({ channel }) => channel));
  if (known.size === 0) known.add(ways.answering?.channel ?? "email");
  const allowed = ways.member?.channels;
  // A call is logged, not written.
  return [...known].filter(
    (channel) => channel !== "call" && (!allowed || allowed.includes(channel)),
  );
}

/** The addresses on a channel, the one that wrote last first. */
export function addressesFor(ways: Ways, channel: Channel): string[] {
  const { answering } = ways;
  const from = answering?.channel === channel ? answering.from?.address : undefined;
  const known = identities(ways)
    .filter((identity) => identity.channel === channel)
    .map(({ address }) => address);
  return [...new Set(from ? [from, ...known] : known)];
}

/** Whom the conversation is with: a contact, or an address that nobody saved. */
function identities({ contact, header }: Ways): Identity[] {
  return contact?.identities ?? (header.identity ? [header.identity] : []);
}
