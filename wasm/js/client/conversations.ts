import type { Documents } from "./documents.js";
import type { Engine } from "./engine.js";
import { ThreadlineError } from "./errors.js";
import type { Link } from "./link.js";
import type { DocumentId, Route } from "./wasm.js";

/** How long a connection in the making is waited for, in milliseconds. */
export const CONNECTING_MS = 3_000;
/** How long the server is waited for, in milliseconds. */
const ANSWER_MS = 10_000;

/** The conversations that somebody looks at, each with its contact. */
export class Conversations {
  /** How often each is open, and the contact's document that is open with it, once it is here. */
  readonly #opened = new Map<
    string,
    { count: number; contact?: DocumentId | undefined; contactHere?: Promise<void> | undefined }
  >();

  constructor(
    private readonly engine: Engine,
    private readonly documents: Documents,
    private readonly link: Link,
  ) {}

  /** See `ThreadlineClient.open`. */
  async open(conversation: string): Promise<void> {
    const held = this.documents.hold(`conversation:${conversation}`);
    const opened = this.#opened.get(conversation) ?? { count: 0 };
    opened.count += 1;
    this.#opened.set(conversation, opened);
    try {
      await held;
      await this.engine.until((elapsed) => this.#here(conversation, elapsed));
    } catch (error) {
      this.close(conversation);
      throw error;
    }
    await this.openContact(conversation);
  }

  /** See `ThreadlineClient.close`. */
  close(conversation: string): void {
    const opened = this.#opened.get(conversation);
    if (opened === undefined) return;
    this.documents.release(`conversation:${conversation}`);
    opened.count -= 1;
    if (opened.count > 0) return;
    this.#opened.delete(conversation);
    if (opened.contact !== undefined) this.documents.release(opened.contact);
  }

  /** See `ThreadlineClient.begin`. */
  async begin({ conversation, start }: Route, subject: string): Promise<void> {
    if (start === null) return;
    const doc: DocumentId = `conversation:${conversation}`;
    await this.documents.hold(doc);
    try {
      this.engine.run((replica, now) => replica.apply({ conversation, ...start, subject }, now));
    } finally {
      this.documents.release(doc);
    }
  }

  /** Opens the contact of an open conversation, as soon as it is known which, and whenever it is another. */
  async openContact(conversation: string): Promise<void> {
    const opened = this.#opened.get(conversation);
    if (opened === undefined) return;
    const contact = this.engine.run((replica) => replica.header(conversation))?.contact;
    const doc: DocumentId | undefined = contact ? `contact:${contact}` : undefined;
    if (doc !== opened.contact) {
      if (opened.contact !== undefined) this.documents.release(opened.contact);
      opened.contact = doc;
      opened.contactHere = doc && this.documents.hold(doc);
    }
    await opened.contactHere;
  }

  /** A conversation and its contact with their full history, as one file. */
  async export(conversation: string): Promise<Uint8Array> {
    await this.open(conversation);
    try {
      const contact = this.engine.run((replica) => replica.header(conversation))?.contact;
      const docs = [`conversation:${conversation}`, ...(contact ? [`contact:${contact}`] : [])];
      return this.engine.run((replica) => replica.exportBundle(docs));
    } finally {
      this.close(conversation);
    }
  }

  /** Whether a conversation that is being opened is in memory; throws when it will not come. */
  #here(conversation: string, elapsed: number): boolean {
    // A document that has only begun, with nobody, is nothing to look at yet.
    const header = this.engine.run((replica) => replica.header(conversation));
    if (header?.contact || header?.identity) return true;
    if (!this.#opened.has(conversation)) {
      throw new ThreadlineError("wrong_state", "The conversation was closed again.");
    }
    const offline = this.engine.run((replica) => replica.syncState()).state === "offline";
    if (offline && (this.link.offline || elapsed > CONNECTING_MS)) {
      throw new ThreadlineError("unavailable", "This conversation is not on this device.");
    }
    if (elapsed > ANSWER_MS) {
      throw new ThreadlineError("unavailable", "The server did not send this conversation.");
    }
    if (this.documents.isComplete(`conversation:${conversation}`)) {
      throw new ThreadlineError("not_found", "There is no such conversation.");
    }
    return false;
  }
}
