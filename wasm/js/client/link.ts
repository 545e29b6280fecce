import { Socket, type Farewell, type SocketEvents } from "./socket.js";
import type { TabMessage, Tabs } from "./tabs.js";
import type { Tokens } from "./token.js";
import type { DocumentId } from "./wasm.js";

/** How long a new tab waits for the leader's answer, in milliseconds: it may be asleep. */
const JOIN_MS = 500;

/** What a link tells its owner. */
export interface LinkEvents extends SocketEvents {
  /** This tab owns the socket from now on. */
  leads(): void;
  /** Something another tab says that is not about the connection. */
  shared(message: TabMessage): void;
  /** Resolves when all that this tab received is on disk. */
  settled(): Promise<void>;
}

/**
 * The way to the server: over this tab's own socket while it leads, else through the tab that does.
 *
 * All tabs of a member share one session. The leader passes every frame of the server on, so that
 * each tab's replica hears what it would hear over a socket of its own.
 */
export class Link {
  readonly #socket: Socket;
  /** The open session's last frames of these types, for tabs that come later. */
  readonly #session = new Map<"welcome" | "rows", Uint8Array>();
  #offline = false;
  /** What other tabs said before this one was ready to hear it. */
  #early: TabMessage[] | undefined = [];
  #joined: (answer: TabMessage & { type: "joined" }) => void = () => undefined;
  /** While this tab leads: which tabs follow a document over the open session. */
  readonly #followers = new Map<string, Set<string>>();
  /** Which documents the other tabs have in memory. */
  readonly #held = new Map<string, Set<DocumentId>>();
  #holding: DocumentId[] = [];

  constructor(
    address: URL,
    tokens: Tokens,
    private readonly tabs: Tabs,
    private readonly events: LinkEvents,
  ) {
    this.#socket = new Socket(address, tokens, {
      connected: (token) => this.events.connected(token),
      received: (frame) => this.#fromServer(frame),
      disconnected: () => {
        this.#session.clear();
        this.tabs.post({ type: "lost" });
        this.events.disconnected();
      },
      renewed: (token) => this.events.renewed(token),
      authExpired: (error) => {
        this.tabs.post({ type: "auth-expired" });
        this.events.authExpired(error);
      },
    });
    tabs.onmessage = (message, from) => this.#fromTab(message, from);
  }

  /** Whether somebody cut the network by hand. */
  get offline(): boolean {
    return this.#offline;
  }

  /**
   * Finds the others: leads if nobody does, else waits until the leader has stored what this tab
   * did not hear. Storage may be read after it.
   */
  async join(): Promise<void> {
    if (await this.tabs.tryToLead()) return;
    const answer = new Promise<TabMessage & { type: "joined" }>((resolve) => {
      this.#joined = resolve;
    });
    const late = new Promise<undefined>((resolve) => setTimeout(resolve, JOIN_MS, undefined));
    this.tabs.post({ type: "join" });
    const joined = await Promise.race([answer, late]);
    if (joined === undefined) return;
    this.#offline = joined.offline;
    // The session began before what this tab has heard meanwhile, unless it heard it begin.
    const [welcome] = joined.session;
    const heard = this.#early?.some((said) => said.type === "down" && equal(said.frame, welcome));
    if (heard) return;
    const session = joined.session.map((frame): TabMessage => ({ type: "down", frame }));
    this.#early?.unshift(...session);
  }

  /** Begins to deliver: the replica is ready. */
  start(): void {
    const early = this.#early ?? [];
    this.#early = undefined;
    if (this.tabs.leads) this.#lead();
    else void this.tabs.leadWhenFree().then(() => this.#lead());
    for (const message of early) this.#heard(message);
  }

  /** Sends a frame of this tab's replica. It is lost where there is no session. */
  send(frame: Uint8Array): void {
    if (this.tabs.leads) this.#toServer(frame, this.tabs.tab);
    else this.tabs.post({ type: "up", frame });
  }

  /** The replica read a farewell. Followers leave it to the leader, and keep its wait if they lead next. */
  end(farewell: Farewell): void {
    if (this.tabs.leads) this.#socket.end(farewell);
    else if (!farewell.wantsToken) this.#socket.beware(farewell.retryAfter);
  }

  /** Cuts or restores the network, for all tabs of the member. */
  setOffline(offline: boolean): void {
    this.tabs.post({ type: "offline", offline });
    this.#cut(offline);
  }

  /** Connects now instead of after the wait. */
  hurry(): void {
    this.#socket.hurry();
  }

  /** Tells the others which documents this tab has in memory. */
  holds(docs: DocumentId[]): void {
    this.#holding = docs;
    this.tabs.post({ type: "holds", docs });
  }

  /** The documents that other tabs have in memory. */
  get elsewhere(): DocumentId[] {
    return [...this.#held.values()].flatMap((docs) => [...docs]);
  }

  /** Leaves. If this tab led, another one takes over. */
  stop(): void {
    this.#socket.stop();
    this.tabs.stop();
  }

  #lead(): void {
    this.tabs.post({ type: "leads" });
    // The session of the tab that led before is gone with it.
    this.events.disconnected();
    this.events.leads();
    if (this.#offline) this.#socket.setOffline(true);
    this.#socket.start();
  }

  /** Sends a tab's frame. The session follows a document until the last tab that opened it closes it. */
  #toServer(frame: Uint8Array, from: string): void {
    const type = frameType(frame);
    if (type === "open" || type === "close") {
      const doc = frameDocument(frame);
      const followers = this.#followers.get(doc) ?? new Set();
      this.#followers.set(doc, followers);
      if (type === "open") followers.add(from);
      else followers.delete(from);
      if (type === "close" && followers.size > 0) return;
    }
    this.#socket.send(frame);
  }

  #fromServer(frame: Uint8Array): void {
    const type = frameType(frame);
    // A new session, in which every tab opens again what it has.
    if (type === "welcome") this.#followers.clear();
    if (type === "welcome" || type === "rows") this.#session.set(type, frame);
    this.tabs.post({ type: "down", frame });
    this.events.received(frame);
  }

  #fromTab(message: TabMessage, from: string): void {
    switch (message.type) {
      case "join":
        if (this.tabs.leads) void this.#answer(from);
        this.tabs.post({ type: "holds", docs: this.#holding });
        break;
      case "joined":
        if (message.to === this.tabs.tab) this.#joined(message);
        break;
      case "holds":
        this.#held.set(from, new Set(message.docs));
        break;
      case "offline":
        this.#cut(message.offline);
        break;
      case "up":
        if (this.tabs.leads) this.#toServer(message.frame, from);
        break;
      default:
        if (this.#early === undefined) this.#heard(message);
        else this.#early.push(message);
    }
  }

  #heard(message: TabMessage): void {
    switch (message.type) {
      case "down":
        if (!this.tabs.leads) this.events.received(message.frame);
        break;
      case "leads":
      case "lost":
        if (!this.tabs.leads) this.events.disconnected();
        break;
      default:
        this.events.shared(message);
    }
  }

  async #answer(to: string): Promise<void> {
    await this.events.settled();
    // Without the welcome there is no session; without the last rows it would seem incomplete.
    const session = [...this.#session.values()];
    this.tabs.post({ type: "joined", to, session, offline: this.#offline });
  }

  #cut(offline: boolean): void {
    this.#offline = offline;
    this.#socket.setOffline(offline);
  }
}

/** The type of a frame: the text after the version in a CBOR list of three. */
export function frameType(frame: Uint8Array): string {
  const length = (frame[2] ?? 0) & 0x1f;
  return String.fromCharCode(...frame.subarray(3, 3 + length));
}

/** The document of a frame that begins with it: the text after `doc`, the first key of the body. */
export function frameDocument(frame: Uint8Array): string {
  // The list, the version and the type's length take a byte each; then come the map and its first key.
  const key = 3 + ((frame[2] ?? 0) & 0x1f) + 1;
  const text = key + 1 + "doc".length;
  const short = (frame[text] ?? 0) & 0x1f;
  const [start, length] = short < 24 ? [text + 1, short] : [text + 2, frame[text + 1] ?? 0];
  return String.fromCharCode(...frame.subarray(start, start + length));
}

function equal(one: Uint8Array, other: Uint8Array | undefined): boolean {
  return one.length === other?.length && one.every((byte, at) => byte === other[at]);
}
