// One of our own clients in Node: the core as the browser runs it, on a socket to `/sync`.

import { WebSocket } from "ws";

import { open, replica } from "../bench/support/core.mjs";
import { until } from "../browser/support/wait.mjs";

/** A member's client that has one conversation open. */
export class Ours {
  #socket;
  #server;
  #token;

  constructor(server, member, token, conversation) {
    this.#server = server;
    this.#token = token;
    this.conversation = conversation;
    this.wasm = replica(member);
    open(this.wasm, conversation, []);
  }

  /** Connects, and waits for the conversation. */
  async online() {
    const socket = new WebSocket(`${this.#server.origin}/sync`, "threadline.v1");
    this.#socket = socket;
    socket.on("error", () => {});
    socket.on("message", (frame) => {
      this.wasm.receive(new Uint8Array(frame), Date.now());
      this.#flush();
    });
    await new Promise((done) => socket.once("open", done));
    this.wasm.connected(this.#token);
    this.#flush();
    await until("our client has nothing to say", () => this.settled);
  }

  /** Loses the connection. */
  offline() {
    this.#socket.terminate();
    this.#socket = undefined;
    this.wasm.disconnected();
  }

  /** Whether the server has all that was written here. */
  get settled() {
    return this.wasm.session() !== null && this.wasm.waiting().length === 0;
  }

  /** Executes a command of the conversation. */
  apply(command) {
    const outcome = this.wasm.apply({ conversation: this.conversation, ...command }, Date.now());
    this.#flush();
    return outcome;
  }

  /** Types into a note. */
  type(note, at, insert) {
    const splice = { op: "splice", at, delete: 0, insert };
    this.wasm.edit(this.conversation, note, [splice], Date.now());
    this.wasm.commit(Date.now());
    this.#flush();
  }

  /** The text of a note, without its block markers. */
  text(note) {
    const spans = this.wasm.spans(this.conversation, note);
    return spans.map((span) => (span.type === "text" ? span.value : "")).join("");
  }

  #flush() {
    for (const effect of this.wasm.takeEffects()) {
      if (effect.type === "send") this.#socket?.send(effect.frame);
      if (effect.type === "refused") throw new Error(JSON.stringify(effect.refused));
    }
  }
}
