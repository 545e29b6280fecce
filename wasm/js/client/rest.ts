import { isThreadlineError, ThreadlineError } from "./errors.js";
import type { Tokens } from "./token.js";
import type { Code } from "./wasm.js";

/** How long the server is waited for, in milliseconds. */
const ANSWER_MS = 15_000;

/**
 * What only the server can do, over HTTP with the member's token: nothing of it works offline and
 * nothing is kept. All calls throw a `ThreadlineError`: the server's own refusal with its field, or
 * `unavailable` when there is no connection.
 */
export class Rest {
  readonly #base: URL;

  /** @param address the address of `/sync`, beside which the rest lies */
  constructor(
    address: URL,
    workspace: string,
    private readonly tokens: Tokens,
  ) {
    this.#base = new URL(`v1/workspaces/${encodeURIComponent(workspace)}/`, address);
    this.#base.protocol = this.#base.protocol.replace("ws", "http");
  }

  /** Puts a JSON document at a path below the workspace, such as `members/ana`. */
  async put(path: string, body: unknown): Promise<void> {
    await this.#call("PUT", path, JSON.stringify(body));
  }

  /** The JSON document at a path below the workspace. The caller says what it is. */
  async get<T>(path: string): Promise<T> {
    return (await this.#call("GET", path)).json() as Promise<T>;
  }

  /** The bytes at a path below the workspace. */
  async blob(path: string): Promise<Blob> {
    return (await this.#call("GET", path)).blob();
  }

  async #call(method: string, path: string, body?: string): Promise<Response> {
    const token = await this.tokens.get().catch((error: unknown) => {
      if (isThreadlineError(error)) throw error;
      // Whatever the host's page rejects with, which needs the network, too.
      throw new ThreadlineError("unavailable", "The host's page gave no token.");
    });
    const headers = {
      authorization: `Bearer ${token}`,
      ...(body !== undefined && { "content-type": "application/json" }),
    };
    const signal = AbortSignal.timeout(ANSWER_MS);
    const address = new URL(path, this.#base);
    const answer = await fetch(address, { method, headers, signal, body: body ?? null }).catch(
      () => undefined,
    );
    if (answer === undefined) {
      throw new ThreadlineError("unavailable", "The server cannot be reached.");
    }
    if (!answer.ok) throw await refusalOf(answer);
    return answer;
  }
}

/** The refusal in a problem document (RFC 9457); `unavailable` for an answer that is none. */
async function refusalOf(answer: Response): Promise<ThreadlineError> {
  const problem = (await answer.json().catch(() => ({}))) as {
    code?: Code;
    detail?: string;
    field?: string;
  };
  const { code = "unavailable", detail = `The server answered ${answer.status}.`, field } = problem;
  return new ThreadlineError(code, detail, field);
}
