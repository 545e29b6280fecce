import type { RichText } from "../editor/rich-text.js";
import { Blobs } from "./blobs.js";
import { ContactFiles } from "./contact-files.js";
import { Contacts } from "./contacts.js";
import { CONNECTING_MS, Conversations } from "./conversations.js";
import { databaseName, deleteDatabase } from "./database.js";
import { Documents } from "./documents.js";
import { Engine } from "./engine.js";
import { ThreadlineError, isRefusal, isThreadlineError } from "./errors.js";
import { EventBatch, type ClientEventTarget } from "./events.js";
import { Keeper, type KeeperSource } from "./keeper.js";
import { Link } from "./link.js";
import { NoteText } from "./note-text.js";
import { Orphans } from "./orphans.js";
import { watchPage, type PageEvents } from "./page.js";
import { Prefetch } from "./prefetch.js";
import { Reads } from "./reads.js";
import { Refusals } from "./refusals.js";
import { Rest } from "./rest.js";
import { Storage, type StorageState } from "./storage.js";
import { Tabs, type TabMessage } from "./tabs.js";
import type { Tokens } from "./token.js";
import type {
  Command,
  ContactView,
  ConversationHeader,
  Effect,
  Item,
  Member,
  Outcome,
  Person,
  Refused,
  Replica,
  Route,
  RowPage,
  RowQuery,
  SyncState,
  Waiting,
  Whereabouts,
} from "./wasm.js";

/** How often the replica is told the time, in milliseconds. */
const TICK_MS = 1_000;

/** What a client is made of; {@link createClient} puts it together. */
export interface ClientParts {
  replica: Replica;
  /** The first actor of the replica: 32 hex digits, fresh for this client. */
  actor: string;
  workspace: string;
  member: string;
  /** Of `/sync`. */
  address: URL;
  tokens: Tokens;
  offline: boolean;
  /** See `ClientOptions`. */
  storageBudget?: number | undefined;
}

const Target = EventTarget as { new (): ClientEventTarget; prototype: ClientEventTarget };

/**
 * One member's inbox in one tab: the core's replica with a socket, a store on this device and the
 * other tabs. Reads and commands are synchronous and work offline; events say what moved (see
 * `ClientEvents`). Commands that may not pass throw a `ThreadlineError`.
 */
export class ThreadlineClient extends Target {
  readonly workspace: string;
  /** Lists and answers beyond the inbox: tasks, topics, contacts, the calendar, the board, settings. */
  readonly reads: Reads;
  /** Contacts without a conversation that is open. */
  readonly contacts: Contacts;
  /** Contacts from files and as files. */
  readonly contactFiles: ContactFiles;
  /** The files of messages. */
  readonly blobs: Blobs;
  /** What only the server can do, such as setting what members may do. Works online alone. */
  readonly rest: Rest;
  readonly #name: string;
  readonly #engine: Engine;
  readonly #tabs: Tabs;
  readonly #storage: Storage;
  readonly #link: Link;
  readonly #documents: Documents;
  readonly #conversations: Conversations;
  readonly #refusals: Refusals;
  readonly #orphans: Orphans;
  readonly #keeper: Keeper;
  readonly #prefetch: Prefetch;
  readonly #events = new EventBatch(this);
  readonly #listening = new AbortController();
  #session: { member: Member; members: Member[] } | undefined;
  #ticking: ReturnType<typeof setInterval> | undefined;
  #stopped: Promise<void> | undefined;
  #authExpired = false;

  /** @internal Use {@link createClient}. */
  constructor(parts: ClientParts) {
    super();
    this.workspace = parts.workspace;
    this.#engine = new Engine(parts.replica, (effect) => this.#perform(effect), this.#report);
    this.reads = new Reads(this.#engine);
    this.rest = new Rest(parts.address, parts.workspace, parts.tokens);
    this.#name = databaseName(parts.workspace, parts.member);
    this.#tabs = new Tabs(this.#name, parts.actor);
    this.#storage = new Storage(
      this.#name,
      (state) => this.#events.add("storage", state),
      () => this.#keeper.makeRoom(),
    );
    this.blobs = new Blobs(
      parts,
      this.#storage,
      () => this.syncState.state !== "offline",
      () => this.#events.add("blobs", null),
    );
    this.#link = new Link(parts.address, parts.tokens, this.#tabs, {
      connected: (token) => this.#engine.attempt((replica) => replica.connected(token)),
      received: (frame) => this.#engine.attempt((replica, now) => replica.receive(frame, now)),
      disconnected: () => this.#engine.attempt((replica) => replica.disconnected()),
      renewed: (token) => this.#engine.attempt((replica) => replica.refreshToken(token)),
      authExpired: (error) => {
        this.#expire();
        this.#report(error);
      },
      leads: () => void this.#orphans.adopt().catch(this.#report),
      shared: (message) => this.#shared(message),
      settled: () => this.#storage.settled(),
    });
    this.#documents = new Documents(this.#engine, this.#storage, this.#link);
    this.#conversations = new Conversations(this.#engine, this.#documents, this.#link);
    this.contacts = new Contacts(this.#engine, this.#documents, this.#link);
    this.contactFiles = new ContactFiles(this.#engine, this.#documents, this.contacts);
    this.#refusals = new Refusals(this.#engine, (id) => this.#perform({ type: "discarded", id }));
    this.#orphans = new Orphans(this.#engine, this.#documents, this.#storage, this.#tabs);
    const keeping: KeeperSource = {
      spare: (query) => this.#engine.run((replica) => replica.spare(query)),
      spareRows: () => this.#engine.run((replica) => replica.spareRows()),
      inUse: () => [...this.#documents.wanted, ...this.#link.elsewhere],
      leads: () => this.#tabs.leads,
      dropped: (docs) => this.#prefetch.dropped(docs),
    };
    this.#keeper = new Keeper(this.#storage, keeping, parts.storageBudget);
    this.#prefetch = new Prefetch({
      ahead: (limit) => this.#engine.run((replica) => replica.ahead(limit)),
      allowed: () =>
        this.#tabs.leads &&
        this.syncState.state !== "offline" &&
        this.#storage.state.ok &&
        this.#keeper.room &&
        globalThis.document?.visibilityState !== "hidden",
      inUse: (doc) => this.#documents.has(doc),
      hold: (doc) => this.#documents.holdAhead(doc),
      release: (doc) => this.#documents.release(doc),
    });
    if (parts.offline) this.#link.setOffline(true);
  }

  /** @internal Reads what is stored and begins to connect; does not wait for the network. */
  async start(actor: string): Promise<void> {
    await this.#tabs.live(actor);
    await this.#link.join();
    const saved = await this.#storage.read(this.#tabs.leads);
    this.#engine.run((replica) => replica.restore(saved));
    for (const { doc, heads } of this.#storage.documents) this.#prefetch.stored(doc, heads);
    this.#prefetch.rows(saved.rows);
    this.#session = this.#engine.run((replica) => replica.session()) ?? undefined;
    // After the caller had a turn to listen.
    if (this.#session !== undefined) setTimeout(() => this.#events.add("ready", null));
    const life: PageEvents = {
      hidden: () => {
        this.#engine.attempt((replica, now) => replica.commit(now));
        this.#storage.flush();
      },
      shown: () => this.#prefetch.wake(),
      left: () => void this.stop(),
    };
    watchPage(life, this.#listening.signal);
    const tick = () => this.#engine.attempt((replica, now) => replica.tick(now));
    this.#ticking = setInterval(tick, TICK_MS);
    this.#link.start();
    this.blobs.start();
  }

  /** Who works here; unknown until the first contact with the server. */
  get member(): Member | undefined {
    return this.#session?.member;
  }

  /** Everyone on the team. */
  get members(): Member[] {
    return this.#session?.members ?? [];
  }

  /** How far this device and the server agree: `waiting` and `refused` count commands. */
  get syncState(): SyncState {
    const state = this.#engine.run((replica) => replica.syncState());
    return { ...state, refused: state.refused + this.#refusals.elsewhere };
  }

  /** Whether work reaches the disk; if not, it is kept in memory until it does or the server has it. */
  get storage(): StorageState {
    return this.#storage.state;
  }

  /** Whether {@link stop} or {@link reset} was called, the latter perhaps in another tab: nothing works any more. */
  get stopped(): boolean {
    return this.#stopped !== undefined;
  }

  /** Whether the host must sign the member in again before there is a connection. */
  get authExpired(): boolean {
    return this.#authExpired;
  }

  /** The inbox list. */
  rows(query: RowQuery): RowPage {
    return this.#engine.run((replica, now) => replica.rows({ now, ...query }));
  }

  /**
   * Brings a conversation and its contact into memory and follows them until {@link close}, which
   * must be called once for each call of this.
   * @throws `unavailable` when it was never on this device and the network is away; `not_found` when
   * the server does not know it.
   */
  open(conversation: string): Promise<void> {
    return this.#conversations.open(conversation);
  }

  /** Ends one {@link open}. */
  close(conversation: string): void {
    this.#conversations.close(conversation);
  }

  /** Begins the conversation of a route, unless it has begun. Rejects as {@link apply} throws. */
  begin(route: Route, subject: string): Promise<void> {
    return this.#conversations.begin(route, subject);
  }

  /** A conversation and its contact with their full history as one file, without attachments. */
  exportBundle(conversation: string): Promise<Uint8Array> {
    return this.#conversations.export(conversation);
  }

  /** What an open conversation is, without what it holds. */
  header(conversation: string): ConversationHeader | undefined {
    return this.#engine.run((replica) => replica.header(conversation)) ?? undefined;
  }

  /** The newest `limit` items of an open conversation before `before` (exclusive), oldest first. */
  items(
    conversation: string,
    page: { before?: { at: number; id: string }; limit: number },
  ): Item[] {
    return this.#engine.run((replica) => replica.items(conversation, page));
  }

  /** A contact that is open. */
  contact(contact: string): ContactView | undefined {
    return this.#engine.run((replica) => replica.contact(contact)) ?? undefined;
  }

  /**
   * Does it here and now; the server hears of it when it can.
   * @throws ThreadlineError when it may not be done; then nothing happened.
   */
  apply(command: Command): Outcome {
    return this.#engine.run((replica, now) => replica.apply(command, now));
  }

  /** The text of a note of an open conversation, for the editor. */
  richText(conversation: string, note: string): RichText {
    return new NoteText(this.#engine.run, conversation, note);
  }

  /** Makes an open draft a change. Nothing is open any more where the client was stopped. */
  flush(): void {
    this.#engine.attempt((replica, now) => replica.commit(now));
  }

  /** Teammates who are in an open conversation now. */
  presence(conversation: string): Person[] {
    return this.#engine.run((replica) => replica.presence(conversation));
  }

  /** Tells teammates where in a conversation the member is; `null` for gone, as who stopped is. */
  setPresence(conversation: string, here: Whereabouts | null): void {
    this.#engine.attempt((replica) => replica.setPresence(conversation, here));
  }

  /** Commands that the server has not confirmed, oldest first. */
  waiting(): Waiting[] {
    return this.#engine.run((replica) => replica.waiting());
  }

  /** Commands that the server refused and nobody settled, of all tabs. */
  refused(): Refused[] {
    return this.#refusals.list();
  }

  /** Does a refused command again. Throws as {@link apply}; then it stays refused. */
  retry(id: string): Outcome {
    return this.#refusals.retry(id);
  }

  /** Gives a refused command up. */
  discard(id: string): void {
    this.#refusals.discard(id);
  }

  /** Whether the network is cut by hand, here or in another tab. */
  get offline(): boolean {
    return this.#link.offline;
  }

  /** Cuts the network by hand, or restores it, in all tabs of the member. */
  setOffline(offline: boolean): void {
    this.#link.setOffline(offline);
  }

  /**
   * Resolves when the server has confirmed everything.
   * @throws `unavailable` when there is no connection.
   */
  async sync(): Promise<void> {
    this.flush();
    this.#link.hurry();
    await this.#engine.until((elapsed) => {
      const { state, waiting } = this.syncState;
      if (state === "offline" && (this.#link.offline || elapsed > CONNECTING_MS)) {
        throw new ThreadlineError("unavailable", "There is no connection.");
      }
      return state === "synced" && waiting === 0;
    });
  }

  /** Logs out: stops and deletes everything on this device, also what was not sent, in all tabs. */
  async reset(): Promise<void> {
    this.#tabs.post({ type: "reset" });
    await this.stop();
    await deleteDatabase(this.#name);
  }

  /** Stores what is not stored, leaves the other tabs, and frees memory. Nothing works after it. */
  stop(): Promise<void> {
    return (this.#stopped ??= this.#stop());
  }

  async #stop(): Promise<void> {
    this.#listening.abort();
    clearInterval(this.#ticking);
    this.#prefetch.stop();
    this.#keeper.stop();
    this.blobs.stop();
    this.flush();
    this.#documents.releaseAll();
    this.#engine.stop();
    this.#events.drop();
    const closed = this.#storage.close();
    this.#link.stop();
    await closed;
    this.#engine.free();
  }

  #perform(effect: Effect): void {
    switch (effect.type) {
      case "send":
        this.#link.send(effect.frame);
        break;
      case "disconnect":
        this.#report(effect.refusal);
        this.#link.end(effect);
        break;
      case "store":
        this.#storage.put(effect);
        this.#keeper.wake();
        if (effect.local) void this.#share(effect);
        break;
      case "compact":
        void this.#storage.compact(effect.doc, effect.bytes);
        break;
      case "complete":
        this.#storage.complete(effect.doc, this.#prefetch.complete(effect.doc));
        this.#documents.complete(effect.doc);
        break;
      case "acked":
        this.#storage.put(effect);
        this.#documents.settled(effect.doc);
        break;
      case "rows":
        this.#storage.put(effect);
        this.#prefetch.rows(effect.rows);
        break;
      case "forget":
        this.#storage.put(effect);
        break;
      case "remove":
        this.#storage.put(effect);
        this.#documents.settled(effect.doc);
        this.#tabs.post({ type: "retract", doc: effect.doc, hashes: effect.hashes });
        break;
      case "session":
        this.#storage.put(effect);
        if (this.#session === undefined) this.#events.add("ready", null);
        this.#session = { member: effect.member, members: effect.members };
        this.#authExpired = false;
        // A tab may have gone while there was no network to send its work by.
        if (this.#tabs.leads) void this.#orphans.adopt().catch(this.#report);
        this.#events.add("rows", null);
        this.#prefetch.wake();
        break;
      case "load":
        this.#documents.load(effect.doc);
        break;
      case "changed": {
        const { doc, items, header, contact, reset } = effect;
        this.#events.change({ doc, items, header, contact, reset });
        if (header !== null) void this.#conversations.openContact(header.id).catch(this.#report);
        break;
      }
      case "rowsChanged":
        this.#events.add("rows", null);
        break;
      case "notify":
        this.#events.add(
          "notify",
          effect.notice,
          `${effect.notice.conversation}${effect.notice.kind}`,
        );
        break;
      case "presence":
        this.#events.add("presence", { conversation: effect.conversation }, effect.conversation);
        break;
      case "refused":
        this.#storage.put(effect);
        this.#tabs.post({ type: "refused", refused: effect.refused });
        this.#events.add("refused", { refused: effect.refused }, effect.refused.id);
        break;
      case "discarded":
        this.#storage.put(effect);
        this.#tabs.post({ type: "discarded", id: effect.id });
        this.#events.add("sync-state", null);
        break;
      case "syncState":
        this.#events.add("sync-state", null);
        if (this.syncState.state === "synced") this.#storage.listed();
        void this.blobs.upload();
    }
  }

  /** Shows the other tabs what was made here, once they would also find it stored. */
  async #share(effect: Extract<Effect, { type: "store" }>): Promise<void> {
    const { doc, chunks } = effect;
    // A page that is about to go has no time to wait.
    if (!this.#listening.signal.aborted) await this.#storage.settled();
    this.#tabs.post({ type: "merge", doc, changes: chunks.map(({ bytes }) => bytes) });
  }

  #shared(message: TabMessage): void {
    switch (message.type) {
      case "merge": {
        const { doc, changes } = message;
        this.#documents.whenLoaded(doc, (replica) => replica.merge(doc, changes));
        break;
      }
      case "retract": {
        const { doc, hashes } = message;
        this.#documents.whenLoaded(doc, (replica) => replica.retract(doc, hashes));
        break;
      }
      case "refused":
        this.#refusals.heard(message.refused);
        this.#events.add("refused", { refused: message.refused }, message.refused.id);
        this.#events.add("sync-state", null);
        break;
      case "discarded":
        this.#refusals.settled(message.id);
        this.#events.add("sync-state", null);
        break;
      case "auth-expired":
        this.#expire();
        break;
      case "reset":
        void this.stop();
        this.#expire();
    }
  }

  #expire(): void {
    this.#authExpired = true;
    this.#events.add("auth-expired", null);
  }

  readonly #report = (error: unknown): void => {
    const code = isThreadlineError(error) || isRefusal(error) ? error.code : "internal";
    const message = isRefusal(error) ? error.text : String(error);
    this.#events.add("error", { code, message }, message);
  };
}
