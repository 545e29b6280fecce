import { ThreadlineClient } from "./client.js";
import { ThreadlineError } from "./errors.js";
import { syncAddress } from "./socket.js";
import { claimsOf, Tokens } from "./token.js";
import { init, Replica } from "./wasm.js";

/** How long the host's page may take to say who is here when it is known who was last, in ms. */
const RECALL_MS = 3_000;
/** The wait between attempts to learn who is here, in milliseconds. */
const ASK_AGAIN_MS = 3_000;

/** What {@link createClient} needs. */
export interface ClientOptions {
  /** The server's address: absolute or relative to the page, `http(s)` or `ws(s)`. */
  endpoint: string;
  /** The workspace's id. */
  workspace: string;
  /** The member's id; without it the token's `sub`, or offline who was here last. */
  member?: string;
  /** Asks the host for a fresh JWT of the member; called again whenever one is about to end. */
  tokenProvider: () => Promise<string>;
  /** Where the wasm is, or its bytes; without it beside the script. */
  wasm?: string | URL | BufferSource;
  /**
   * Bytes of documents that stay on this device, 256 MiB by default. Beyond it, what was used longest
   * ago and is not being worked on goes first; what the server has not confirmed never goes.
   */
  storageBudget?: number;
  /** Begin with the network cut, until `setOffline(false)`. */
  offline?: boolean;
}

/**
 * Starts a member's inbox. Resolves as soon as what is stored on this device can be shown, whether
 * there is a network or not; only the very first start waits until it is known who is here.
 * @throws TypeError for an endpoint that is no address; `bad_token` for a token that names nobody;
 * `unavailable` for a first start with the network cut; whatever loading the wasm throws.
 */
export async function createClient(options: ClientOptions): Promise<ThreadlineClient> {
  const { workspace, offline = false, storageBudget } = options;
  const address = syncAddress(options.endpoint, globalThis.document?.baseURI);
  const tokens = new Tokens(options.tokenProvider, options.member);
  const module = options.wasm === undefined ? undefined : { module_or_path: options.wasm };
  const [member] = await Promise.all([identify(options, tokens), init(module)]);
  tokens.bind(member);
  remember(workspace, member);
  const actor = freshActor();
  const replica = new Replica(workspace, actor);
  const parts = { replica, actor, workspace, member, address, tokens, offline, storageBudget };
  const client = new ThreadlineClient(parts);
  await client.start(actor);
  return client;
}

/** Who is here. Local data belongs to one member, so nothing can begin before this is known. */
async function identify(options: ClientOptions, tokens: Tokens): Promise<string> {
  if (options.member !== undefined) return options.member;
  const last = recall(options.workspace);
  if (options.offline === true) {
    if (last !== undefined) return last;
    throw new ThreadlineError("unavailable", "Nobody has worked on this device yet.");
  }
  for (;;) {
    const token = await Promise.race([
      tokens.get().catch(() => undefined),
      sleep(last === undefined ? Infinity : RECALL_MS),
    ]);
    if (token !== undefined) {
      const { member } = claimsOf(token);
      if (member !== undefined) return member;
      throw new ThreadlineError("bad_token", "The token names no member.");
    }
    if (last !== undefined) return last;
    await sleep(ASK_AGAIN_MS);
  }
}

function sleep(milliseconds: number): Promise<undefined> {
  if (milliseconds === Infinity) return new Promise(() => undefined);
  return new Promise((resolve) => setTimeout(resolve, milliseconds, undefined));
}

/** A name for the changes of this client that no other ever had: 16 random bytes in hex. */
function freshActor(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

// A browser that refuses `localStorage` throws at every touch; then only the token says who is here.

function recall(workspace: string): string | undefined {
  try {
    return localStorage.getItem(`threadline:${workspace}`) ?? undefined;
  } catch {
    return undefined;
  }
}

function remember(workspace: string, member: string): void {
  try {
    localStorage.setItem(`threadline:${workspace}`, member);
  } catch {
    return;
  }
}
