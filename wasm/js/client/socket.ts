import { ThreadlineError, isThreadlineError } from "./errors.js";
import { renewalDelay, type Tokens } from "./token.js";

/** The WebSocket subprotocol of `/sync`. */
const SUBPROTOCOL = "threadline.v1";
/** Upper bound of the first wait before a new attempt, in milliseconds; it doubles each time. */
const FIRST_WAIT_MS = 500;
/** Upper bound of every wait, in milliseconds. */
const LONGEST_WAIT_MS = 30_000;
/**
 * The wait after a session that ended for something else than its token, where the server names no
 * time, in milliseconds: what was wrong will most likely be wrong again.
 */
const UNNAMED_WAIT_MS = 30_000;
/** A connection that takes longer than this is given up, in milliseconds. */
const CONNECT_MS = 15_000;

/** What the server says when it ends a session. */
export interface Farewell {
  /** Milliseconds before it wants us back; `null` where it names none. */
  retryAfter: number | null;
  /** Whether it does not take the token: only another one helps. */
  wantsToken: boolean;
}

/** What a socket tells its owner. */
export interface SocketEvents {
  /** The transport is up; the session begins with this token. */
  connected(token: string): void;
  /** A frame arrived. Calls {@link Socket.end} when it was a farewell. */
  received(frame: Uint8Array): void;
  /** The transport that was up is down. */
  disconnected(): void;
  /** A new token for the session that is open. */
  renewed(token: string): void;
  /** Two tokens in a row were refused, or the host's page is signed in as somebody else. */
  authExpired(error: ThreadlineError): void;
}

/**
 * The address of `/sync` for a server's address: absolute or relative to the page, `http(s)` or
 * `ws(s)`, with or without `/sync` at its end.
 * @throws TypeError when it is no address.
 */
export function syncAddress(endpoint: string, base?: string): URL {
  const url = new URL(endpoint, base);
  url.protocol = url.protocol.replace("http", "ws");
  url.hash = "";
  if (!url.pathname.endsWith("/sync")) url.pathname = url.pathname.replace(/\/?$/, "/sync");
  return url;
}

/**
 * One WebSocket at a time, for ever: it comes back after every loss, waiting a random part of a
 * time that doubles (so that a thousand clients do not return at once), and at once when the
 * browser says that it is online again or the page is looked at.
 */
export class Socket {
  #socket: WebSocket | undefined;
  /** Whether `connected` was reported without a `disconnected` since. */
  #up = false;
  #running = false;
  #offline = false;
  /** Attempts since a session last held, for the wait before the next one. */
  #attempts = 0;
  /** Tokens that were refused since a session last held. */
  #refusedTokens = 0;
  /** Not before this moment: the server asked for patience. */
  #notBefore = 0;
  #retry: ReturnType<typeof setTimeout> | undefined;
  #renewal: ReturnType<typeof setTimeout> | undefined;
  /** Counts attempts, so that the answer to an old one is recognised. */
  #turn = 0;
  readonly #listening = new AbortController();

  constructor(
    private readonly address: URL,
    private readonly tokens: Tokens,
    private readonly events: SocketEvents,
    /** A number from 0 to below 1, another one each time. */
    private readonly random: () => number = Math.random,
  ) {}

  /** Connects, now and whenever the connection is lost. */
  start(): void {
    this.#running = true;
    const { signal } = this.#listening;
    globalThis.addEventListener?.("online", () => this.hurry(), { signal });
    // A half-open connection would look alive for minutes after the network is gone.
    globalThis.addEventListener?.("offline", () => this.#drop(), { signal });
    globalThis.document?.addEventListener(
      "visibilitychange",
      () => {
        if (document.visibilityState === "visible") this.hurry();
      },
      { signal },
    );
    // The tab that led before may have been told to wait.
    this.hurry();
  }

  /** Closes for good. */
  stop(): void {
    this.#running = false;
    this.#listening.abort();
    this.#close();
  }

  /** Closes and stays closed until told otherwise. */
  setOffline(offline: boolean): void {
    this.#offline = offline;
    if (offline) this.#close();
    else this.hurry();
  }

  /** Sends a frame. Without a connection it is dropped: the next session begins by pushing again. */
  send(frame: Uint8Array): void {
    if (this.#socket?.readyState === WebSocket.OPEN) this.#socket.send(new Uint8Array(frame));
  }

  /** The server ended the session. */
  end({ retryAfter, wantsToken }: Farewell): void {
    if (wantsToken) {
      this.tokens.drop();
      this.#refusedTokens += 1;
      this.#close();
      if (this.#refusedTokens === 1) this.#connect();
      else this.#expired(new ThreadlineError("bad_token", "The server refuses the token."));
      return;
    }
    this.beware(retryAfter);
    this.#drop();
  }

  /** The server said to this tab, or to the one that leads, when it wants to be asked again. */
  beware(retryAfter: number | null): void {
    this.#notBefore = Date.now() + (retryAfter ?? UNNAMED_WAIT_MS);
  }

  /** Tries now instead of after the wait, unless the server asked for patience. */
  hurry(): void {
    if (!this.#running || this.#offline || this.#socket !== undefined) return;
    this.#refusedTokens = 0;
    clearTimeout(this.#retry);
    const patience = this.#notBefore - Date.now();
    if (patience > 0) this.#retry = setTimeout(() => this.#connect(), patience);
    else this.#connect();
  }

  #connect(): void {
    if (!this.#running || this.#offline) return;
    this.#close();
    const turn = this.#turn;
    void this.tokens.get().then(
      (token) => {
        if (turn === this.#turn) this.#dial(token);
      },
      (error: unknown) => {
        if (turn !== this.#turn) return;
        if (isThreadlineError(error) && error.code === "forbidden") this.#expired(error);
        else this.#wait();
      },
    );
  }

  #dial(token: string): void {
    const socket = new WebSocket(this.address, SUBPROTOCOL);
    socket.binaryType = "arraybuffer";
    this.#socket = socket;
    const mine = () => this.#socket === socket;
    const slow = setTimeout(() => {
      if (mine()) this.#drop();
    }, CONNECT_MS);
    socket.onopen = () => {
      clearTimeout(slow);
      if (!mine()) return;
      this.#up = true;
      this.#renewLater(token);
      this.events.connected(token);
    };
    socket.onmessage = ({ data }: MessageEvent<unknown>) => {
      if (!mine() || !(data instanceof ArrayBuffer)) return;
      this.events.received(new Uint8Array(data));
      // Still here after a frame: the session holds, and that was no farewell.
      if (mine()) {
        this.#attempts = 0;
        this.#refusedTokens = 0;
      }
    };
    socket.onclose = () => {
      clearTimeout(slow);
      if (mine()) this.#drop();
    };
  }

  /** Loses the connection and comes back later. */
  #drop(): void {
    this.#close();
    if (this.#running && !this.#offline) this.#wait();
  }

  #wait(): void {
    const bound = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** this.#attempts);
    this.#attempts += 1;
    const patience = Math.max(0, this.#notBefore - Date.now());
    clearTimeout(this.#retry);
    this.#retry = setTimeout(() => this.#connect(), patience + this.random() * bound);
  }

  #close(): void {
    this.#turn += 1;
    clearTimeout(this.#retry);
    clearTimeout(this.#renewal);
    const socket = this.#socket;
    this.#socket = undefined;
    socket?.close();
    if (!this.#up) return;
    this.#up = false;
    this.events.disconnected();
  }

  #expired(error: ThreadlineError): void {
    this.#close();
    this.events.authExpired(error);
  }

  /** Renews the token of the open session in place; after a failure it tries again until the end. */
  #renewLater(token: string): void {
    const delay = renewalDelay(token, Date.now());
    if (delay === undefined) return;
    const turn = this.#turn;
    clearTimeout(this.#renewal);
    this.#renewal = setTimeout(() => {
      void this.tokens.get().then(
        (fresh) => {
          if (turn !== this.#turn) return;
          if (fresh !== token) this.events.renewed(fresh);
          this.#renewLater(fresh);
        },
        (error: unknown) => {
          if (turn !== this.#turn) return;
          if (isThreadlineError(error) && error.code === "forbidden") this.#expired(error);
          else this.#renewLater(token);
        },
      );
    }, delay);
  }
}
