import type { StoredBlob } from "./database.js";
import { ThreadlineError } from "./errors.js";
import type { Storage } from "./storage.js";
import type { Tokens } from "./token.js";

/** How long the server may take to answer a request for a file, in milliseconds. */
const ANSWER_MS = 60_000;
/** A file that the server did not take is not offered again for this long, in milliseconds. */
const RETRY_MS = 60_000;

/** Where the server is, and who asks. */
export interface BlobSource {
  /** Of `/sync`. */
  address: URL;
  workspace: string;
  tokens: Tokens;
}

/**
 * Sends bytes to an address; resolves with the HTTP status, rejects without a network.
 * @param progress told the part that has left, from 0 to 1
 */
export type Put = (
  address: URL,
  token: string,
  bytes: ArrayBuffer,
  progress: (part: number) => void,
) => Promise<number>;

/**
 * The files of messages, named by the SHA-256 of their bytes.
 *
 * A file that was added here stays in memory and on this device until the server has it, whatever
 * happens to the tab; adding the same one twice keeps it once. The message that names it may reach
 * the server earlier: it says what the file is, and the bytes follow.
 */
export class Blobs {
  readonly #base: URL;
  readonly #tokens: Tokens;
  /** What the server does not have, with the part that has left. */
  readonly #waiting = new Map<string, StoredBlob & { part: number; refusedAt?: number }>();
  #uploading = false;
  #stopped = false;

  /**
   * @param storage where they are kept until the server has them
   * @param online whether the server may be asked
   * @param changed called whenever {@link progress} of a file changed
   */
  constructor(
    { address, workspace, tokens }: BlobSource,
    private readonly storage: Pick<Storage, "blobs" | "keepBlob" | "settled">,
    private readonly online: () => boolean,
    private readonly changed: () => void,
    private readonly put: Put = send,
  ) {
    this.#base = new URL(`v1/workspaces/${encodeURIComponent(workspace)}/blobs/`, address);
    this.#base.protocol = this.#base.protocol.replace("ws", "http");
    this.#tokens = tokens;
  }

  /** @internal Reads what earlier tabs left. */
  start(): void {
    void this.#restore();
  }

  /** Keeps a file and begins to upload it; resolves with its name once it is safe here. */
  async add(file: Blob): Promise<string> {
    const bytes = await file.arrayBuffer();
    const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
    const hash = Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("");
    const stored: StoredBlob = { type: file.type, bytes };
    this.#waiting.set(hash, { ...stored, part: 0 });
    this.storage.keepBlob(hash, stored);
    await this.storage.settled();
    void this.upload();
    return hash;
  }

  /** The part of a file that has left, from 0 to 1; `undefined` where nothing of it waits here. */
  progress(hash: string): number | undefined {
    return this.#waiting.get(hash)?.part;
  }

  /**
   * A file, from this device or the server.
   * @throws `unavailable` without a connection; `not_found` where the server has it not.
   */
  async get(hash: string): Promise<Blob> {
    const here = this.#waiting.get(hash);
    if (here) return new Blob([here.bytes], { type: here.type });
    const headers = { authorization: `Bearer ${await this.#tokens.get()}` };
    const signal = AbortSignal.timeout(ANSWER_MS);
    const answer = await fetch(new URL(hash, this.#base), { headers, signal }).catch(
      () => undefined,
    );
    if (answer?.ok) return answer.blob();
    if (answer?.status === 404) throw new ThreadlineError("not_found", "The file is not there.");
    throw new ThreadlineError("unavailable", "The file cannot be fetched now.");
  }

  /** @internal Uploads what waits, one after the other; what fails is tried at the next call. */
  async upload(): Promise<void> {
    if (this.#uploading || this.#stopped || !this.online()) return;
    this.#uploading = true;
    try {
      for (const [hash, blob] of this.#waiting) {
        if (Date.now() - (blob.refusedAt ?? 0) < RETRY_MS) continue;
        const token = await this.#tokens.get();
        const status = await this.put(new URL(hash, this.#base), token, blob.bytes, (part) => {
          blob.part = part;
          this.changed();
        });
        if (status >= 200 && status < 300) {
          this.#waiting.delete(hash);
          this.storage.keepBlob(hash, undefined);
        } else Object.assign(blob, { part: 0, refusedAt: Date.now() });
      }
    } catch {
      // No network or no token: what waits is kept, and the next connection tries again.
    } finally {
      this.#uploading = false;
      this.changed();
    }
  }

  /** @internal Begins no further upload. */
  stop(): void {
    this.#stopped = true;
  }

  async #restore(): Promise<void> {
    for (const [hash, stored] of await this.storage.blobs()) {
      if (!this.#waiting.has(hash)) this.#waiting.set(hash, { ...stored, part: 0 });
    }
    if (this.#waiting.size > 0) await this.upload();
  }
}

/** The old request of the web: `fetch` does not tell how much has left. */
const send: Put = (address, token, bytes, progress) =>
  new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open("PUT", address);
    request.setRequestHeader("authorization", `Bearer ${token}`);
    request.setRequestHeader("content-type", "application/octet-stream");
    request.upload.onprogress = ({ loaded, total }) => progress(total > 0 ? loaded / total : 0);
    request.onload = () => resolve(request.status);
    request.onerror = () => reject(new Error("no network"));
    request.send(bytes);
  });
