import type { Contacts } from "./contacts.js";
import type { Documents } from "./documents.js";
import type { Engine } from "./engine.js";
import type { ContactFormat, DocumentId, ImportPlan, ImportRow } from "./wasm.js";

/** Contacts in memory at once: the server lets a session have only so many open. */
const HELD = 100;

const docOf = (contact: string): DocumentId => `contact:${contact}`;

/** Contacts from files and as files (vCard, CSV). All of it works offline. */
export class ContactFiles {
  constructor(
    private readonly engine: Engine,
    private readonly documents: Documents,
    private readonly contacts: Contacts,
  ) {}

  /**
   * What taking in a file would do now; nothing is written.
   * @throws ThreadlineError when it is no file of contacts, or too large
   */
  async plan(file: Uint8Array): Promise<ImportPlan> {
    const plan = () => this.engine.run((replica) => replica.planImport(file));
    const first = plan();
    const unsure = first.rows.filter((row) => row.unsure).map(({ contact }) => contact);
    // Of more than these it is said that they may gain something, and taking them in decides.
    return unsure.length === 0 ? first : this.#holding(unsure.slice(0, HELD), plan);
  }

  /**
   * Takes in a row of a plan; nothing happens where its contact has all of it by now.
   * @throws ThreadlineError when it may not be taken in, or when its contact is not on this device
   * and the network is away
   */
  async take({ contact, draft, verdict }: ImportRow): Promise<void> {
    if (verdict === "new") await this.documents.hold(docOf(contact));
    else await this.contacts.open(contact);
    try {
      this.engine.run((replica, now) =>
        replica.apply({ contact, type: "import_contact", draft }, now),
      );
    } finally {
      this.contacts.close(contact);
    }
  }

  /**
   * Contacts as a file. Of contacts that are not on this device, custom fields are left out while the
   * network is away.
   */
  async export(format: ContactFormat, contacts: string[]): Promise<string> {
    const { fields } = this.engine.run((replica) => replica.workspace());
    let file = "";
    for (let at = 0; at < contacts.length; at += HELD) {
      const some = contacts.slice(at, at + HELD);
      const part = () =>
        this.engine.run((replica) => replica.exportContacts(format, some, at === 0));
      // All but custom fields is in the rows.
      file += fields.length === 0 ? part() : await this.#holding(some, part);
    }
    return file;
  }

  /** Does something while contacts are in memory, those of them that can be had. */
  async #holding<T>(contacts: string[], work: () => T): Promise<T> {
    const offline = this.engine.run((replica) => replica.syncState()).state === "offline";
    const hold = (contact: string): Promise<void> =>
      offline ? this.documents.hold(docOf(contact)) : this.contacts.open(contact);
    const held = await Promise.allSettled(contacts.map(hold));
    try {
      return work();
    } finally {
      held.forEach(({ status }, at) => {
        const contact = contacts[at];
        if (status === "fulfilled" && contact) this.contacts.close(contact);
      });
    }
  }
}
