import { ThreadlineError } from "./errors.js";

/** A token is renewed this long before its end, in milliseconds: time for two or three attempts. */
export const RENEW_BEFORE_MS = 60_000;
/** How long the host's page may take to answer with a token, in milliseconds. */
const PROVIDER_MS = 20_000;

/** What a client reads from a token. The server verifies it; here it only names and times things. */
export interface Claims {
  /** The member (`sub`). */
  member?: string;
  /** When the token ends, in milliseconds since 1970 (`exp`, which is in seconds). */
  expires?: number;
}

/** Reads a JWT's payload (RFC 7519) without verifying it; empty for what is no JWT. */
export function claimsOf(token: string): Claims {
  try {
    const base64 = (token.split(".")[1] ?? "").replaceAll("-", "+").replaceAll("_", "/");
    const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
    const payload: unknown = JSON.parse(new TextDecoder().decode(bytes));
    if (typeof payload !== "object" || payload === null) return {};
    const claims: Claims = {};
    if ("sub" in payload && typeof payload.sub === "string") claims.member = payload.sub;
    if ("exp" in payload && typeof payload.exp === "number") claims.expires = payload.exp * 1000;
    return claims;
  } catch {
    return {};
  }
}

/** Fetches tokens from the host's page and keeps the newest while it is good. */
export class Tokens {
  #token: string | undefined;

  /** @param member whose tokens these must be; any member's until it is known */
  constructor(
    private readonly provider: () => Promise<string>,
    private member?: string,
  ) {}

  /** From now on only tokens of this member are good. */
  bind(member: string): void {
    this.member = member;
    if (this.#token !== undefined && claimsOf(this.#token).member !== member) this.drop();
  }

  /**
   * The kept token, or a new one when it is about to end.
   * @throws `forbidden` when the host's page is now signed in as somebody else; whatever the
   * provider rejects with; `unavailable` when it does not answer in time.
   */
  async get(): Promise<string> {
    if (this.#token !== undefined) {
      const { expires } = claimsOf(this.#token);
      if (expires === undefined || expires - RENEW_BEFORE_MS > Date.now()) return this.#token;
    }
    return this.renew();
  }

  /** A new token, whatever is kept. Throws as {@link get} does. */
  async renew(): Promise<string> {
    const token = await inTime(this.provider());
    const { member } = claimsOf(token);
    if (this.member !== undefined && member !== undefined && member !== this.member) {
      throw new ThreadlineError("forbidden", "The token is another member's.");
    }
    this.#token = token;
    return token;
  }

  /** Forgets the kept token, because the server did not accept it. */
  drop(): void {
    this.#token = undefined;
  }
}

/** How long to wait before a token is renewed, in milliseconds. */
export function renewalDelay(token: string, now: number): number | undefined {
  const { expires } = claimsOf(token);
  if (expires === undefined) return undefined;
  const left = expires - now;
  // A token shorter than twice the margin, or a clock that is wrong, must not renew in a loop.
  const delay = Math.max(left > 2 * RENEW_BEFORE_MS ? left - RENEW_BEFORE_MS : left / 2, 10_000);
  // A longer timer than 2^31 ms would fire at once.
  return Math.min(delay, 2 ** 31 - 1);
}

async function inTime(answer: Promise<string>): Promise<string> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      reject(new ThreadlineError("unavailable", "The host's page gave no token in time."));
    }, PROVIDER_MS);
  });
  try {
    return await Promise.race([answer, late]);
  } finally {
    clearTimeout(timer);
  }
}
