import type { Contacts } from "./contacts.js";
import type { Documents } from "./documents.js";
import type { Engine } from "./engine.js";
import { ImportRun } from "./import-run.js";
import type { ContactFormat, DocumentId, ImportPlan, ImportRow } from "./wasm.js";

/** Contacts in memory at once: the server lets a session have only so many open. */
const HELD = 100;

const docOf = (contact: string): DocumentId => `contact:${contact}`;

/** Contacts from files and as files (vCard, CSV). All of it works offline. */
export class ContactFiles {
  #run: ImportRun | undefined;

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
    const plan = this.engine.run((replica) => replica.planImport(file));
    const unsure = plan.rows.filter((row) => row.unsure);
    for (let at = 0; at < unsure.length; at += HELD) {
      const some = unsure.slice(at, at + HELD);
      const settle = (): void => some.forEach((row) => this.#settle(row));
      await this.#holding(
        some.map(({ contact }) => contact),
        settle,
      );
    }
    return plan;
  }

  /** The file that is being taken in, or was until somebody has seen what became of it. */
  get run(): ImportRun | undefined {
    return this.#run;
  }

  /** Begins to take in what a plan has. One file at a time: of an earlier one the rest is left. */
  begin(name: string, plan: ImportPlan): ImportRun {
    this.#run?.stop();
    this.#run = new ImportRun(name, plan, (row) => this.take(row));
    return this.#run;
  }

  /** Somebody has seen what became of the file. */
  end(): void {
    this.#run?.stop();
    this.#run = undefined;
  }

  /**
   * Takes in a row of a plan, and says whether that changed anything: it does not where its contact
   * has all of it by now.
   * @throws ThreadlineError when it may not be taken in, or when its contact is not on this device
   * and the network is away
   */
  async take({ contact, draft }: ImportRow): Promise<boolean> {
    const gains = () => this.engine.run((replica) => replica.gains(contact, draft));
    // Who was new to the plan may have come from elsewhere since, and is waited for then.
    if (gains() === null) await this.documents.hold(docOf(contact));
    else await this.contacts.open(contact);
    try {
      if (gains()?.length === 0) return false;
      this.engine.run((replica, now) =>
        replica.apply({ contact, type: "import_contact", draft }, now),
      );
      return true;
    } finally {
      this.contacts.close(contact);
    }
  }

  /**
   * Contacts as a file, and of how many the custom fields are left out, because they are not on this
   * device and the server did not send them.
   */
  async export(
    format: ContactFormat,
    contacts: string[],
  ): Promise<{ file: string; partial: number }> {
    const { fields } = this.engine.run((replica) => replica.workspace());
    let file = "";
    let partial = 0;
    for (let at = 0; at < contacts.length; at += HELD) {
      const some = contacts.slice(at, at + HELD);
      const part = () =>
        this.engine.run((replica) => replica.exportContacts(format, some, at === 0));
      // All but custom fields is in the rows.
      if (fields.length === 0) {
        file += part();
        continue;
      }
      file += await this.#holding(some, () => {
        partial += some.filter((contact) => !this.#isHere(contact)).length;
        return part();
      });
    }
    return { file, partial };
  }

  /** Whether all of a contact is in memory. */
  #isHere(contact: string): boolean {
    const view = this.engine.run((replica) => replica.contact(contact));
    return view !== null && view.createdAt > 0;
  }

  /** Asks again what a row gives its contact, when all of that is in memory. */
  #settle(row: ImportRow): void {
    if (!this.#isHere(row.contact)) return;
    row.gains = this.engine.run((replica) => replica.gains(row.contact, row.draft)) ?? [];
    row.verdict = row.gains.length > 0 ? "fill" : "known";
    row.unsure = false;
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
