import { CONNECTING_MS } from "./conversations.js";
import type { Documents } from "./documents.js";
import type { Engine } from "./engine.js";
import { ThreadlineError } from "./errors.js";
import type { Link } from "./link.js";
import type { ContactDraft, DocumentId, Identity } from "./wasm.js";

/** How long the server is waited for, in milliseconds. */
const ANSWER_MS = 10_000;

const docOf = (contact: string): DocumentId => `contact:${contact}`;

/** The contacts that somebody looks at or works on without their conversation. */
export class Contacts {
  constructor(
    private readonly engine: Engine,
    private readonly documents: Documents,
    private readonly link: Link,
  ) {}

  /**
   * Brings a contact into memory and follows it until {@link close}, which must be called once for
   * each call of this that did not throw.
   * @throws `unavailable` when it was never on this device and the network is away; `not_found` when
   * the server does not know it.
   */
  async open(contact: string): Promise<void> {
    await this.documents.hold(docOf(contact));
    try {
      await this.engine.until((elapsed) => this.#here(contact, elapsed));
    } catch (error) {
      this.close(contact);
      throw error;
    }
  }

  /** Ends one {@link open}. */
  close(contact: string): void {
    this.documents.release(docOf(contact));
  }

  /**
   * Creates a contact and gives its id.
   * @throws ThreadlineError when it may not be created, with the field concerned
   */
  async create(draft: ContactDraft): Promise<string> {
    const contact = crypto.randomUUID();
    await this.documents.hold(docOf(contact));
    try {
      this.engine.run((replica, now) =>
        replica.apply({ contact, type: "create_contact", draft }, now),
      );
    } finally {
      this.close(contact);
    }
    return contact;
  }

  /**
   * Makes sure that the contact of an address is there, as the core's `route` names it: one that
   * nobody has seen yet is created, unsaved.
   * @throws ThreadlineError when it may not be created
   */
  async meet(contact: string, identity: Identity): Promise<void> {
    await this.documents.hold(docOf(contact));
    try {
      const known = this.engine.run((replica) => replica.contact(contact));
      if (known !== null && known.createdAt > 0) return;
      const { channel, address } = identity;
      const reached = channel === "email" ? { email: address } : { phone: address };
      const draft: ContactDraft = { identities: [identity], ...reached };
      this.engine.run((replica, now) =>
        replica.apply({ contact, type: "create_contact", draft }, now),
      );
    } finally {
      this.close(contact);
    }
  }

  /**
   * Whether a contact that is being opened can be worked on: with all that the server has, or as this
   * device knows it where the server does not answer. Throws when it will not come.
   */
  #here(contact: string, elapsed: number): boolean {
    // A document that has only begun says nothing of anybody yet.
    const view = this.engine.run((replica) => replica.contact(contact));
    const known = view !== null && view.createdAt > 0;
    if (this.documents.isComplete(docOf(contact))) {
      if (known) return true;
      throw new ThreadlineError("not_found", "There is no such contact.");
    }
    const offline = this.engine.run((replica) => replica.syncState()).state === "offline";
    const away = offline && (this.link.offline || elapsed > CONNECTING_MS);
    if (known && (away || elapsed > CONNECTING_MS)) return true;
    if (away) throw new ThreadlineError("unavailable", "This contact is not on this device.");
    if (elapsed > ANSWER_MS) {
      throw new ThreadlineError("unavailable", "The server did not send this contact.");
    }
    return false;
  }
}
