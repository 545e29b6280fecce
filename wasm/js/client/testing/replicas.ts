import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { Engine } from "../engine.js";
import { NoteText } from "../note-text.js";
import { type Effect, init, type Member, Replica, type Saved, type Span } from "../wasm.js";

/** The wasm of this build, from its bytes. */
export async function startWasm(): Promise<void> {
  const bytes = readFileSync(new URL("../../../pkg/threadline_bg.wasm", import.meta.url));
  await init({ module_or_path: bytes });
}

/** The contact of the tests' conversation. */
export const CONTACT = "0198f2c4-7b1e-7c3a-9d55-2f8e6a1b4c70";
/** Their first conversation, whose id is derived as the core does it (UUIDv5, RFC 9562 §5.5). */
export const CONVERSATION = derived(`conversation\n${CONTACT}\n0`);

/** An agent of the tests' workspace. */
export function member(id: string): Member {
  return {
    id,
    name: id,
    role: "agent",
    teams: [],
    availability: "available",
    channels: null,
    active: true,
  };
}

/** What the storage of a member's device holds after the first contact with the server. */
export function saved(id: string): Saved {
  const me = member(id);
  const empty = { rows: [], outbox: [], refused: [] };
  return { epoch: "e1", cursor: 0, member: me, members: [me], ...empty };
}

/** A replica without a server; what it makes is handed over as chunks. */
export class Peer {
  /** Every change this peer has, oldest first, by hash. */
  readonly changes = new Map<string, Uint8Array>();
  readonly engine: Engine;

  /** @param actor 32 hex digits */
  constructor(id: string, actor: string) {
    const replica = new Replica("acme", actor);
    this.engine = new Engine(
      replica,
      (effect) => this.#perform(effect),
      (error) => {
        throw error;
      },
    );
    this.engine.run((wasm) => wasm.restore(saved(id)));
    this.engine.run((wasm) => wasm.open(`conversation:${CONVERSATION}`));
    this.engine.run((wasm) => wasm.load(`conversation:${CONVERSATION}`, []));
  }

  /** Begins the conversation with a note of this text; the note's id. */
  begin(spans: Span[]): string {
    const conversation = CONVERSATION;
    return this.engine.run((wasm, now) => {
      const start = { type: "start_conversation", contact: CONTACT, ordinal: 0 } as const;
      wasm.apply({ conversation, ...start, subject: "Test" }, now);
      const { created } = wasm.apply({ conversation, type: "add_note", spans }, now);
      if (created === undefined || created === null) throw new Error("no note was made");
      return created;
    });
  }

  /** The text of a note, as the editor wants it. */
  text(note: string): NoteText {
    return new NoteText(this.engine.run, CONVERSATION, note);
  }

  /** Gives another peer everything it lacks. */
  tell(other: Peer): void {
    const missing = [...this.changes].filter(([hash]) => !other.changes.has(hash));
    for (const [hash, bytes] of missing) other.changes.set(hash, bytes);
    const chunks = missing.map(([, bytes]) => bytes);
    other.engine.run((wasm) => wasm.merge(`conversation:${CONVERSATION}`, chunks));
  }

  /** Ends the peer. */
  free(): void {
    this.engine.stop();
    this.engine.free();
  }

  #perform(effect: Effect): void {
    if (effect.type !== "store") return;
    for (const { hash, bytes } of effect.chunks) this.changes.set(hash, bytes);
  }
}

/** An id derived from a name, in Threadline's own namespace. */
function derived(name: string): string {
  const namespace = Buffer.from("7d0f9c1e52a45f0e9b1d2c6f8a41e370", "hex");
  const hash = createHash("sha1").update(namespace).update(name).digest().subarray(0, 16);
  hash.writeUInt8((hash.readUInt8(6) & 0x0f) | 0x50, 6);
  hash.writeUInt8((hash.readUInt8(8) & 0x3f) | 0x80, 8);
  const hex = hash.toString("hex");
  return [8, 12, 16, 20, 32].map((end, at, ends) => hex.slice(ends[at - 1] ?? 0, end)).join("-");
}
