// A peer that says what it likes: the protocol's messages on a bare socket.

import { once } from "node:events";

import { cbor } from "@automerge/automerge-repo";
import { WebSocket } from "ws";

import { until } from "../browser/support/wait.mjs";

/** A ticket for the member whose token this is. */
export async function ticket(server, workspace, token) {
  const answer = await fetch(`${server.origin}/v1/workspaces/${workspace}/tickets`, {
    method: "POST",
    headers: { authorization: `Bearer ${token}` },
  });
  return (await answer.json()).ticket;
}

/** A socket to `/automerge-repo`, and all that came on it. */
export class Raw {
  heard = [];
  closed = false;

  constructor(server, ticket) {
    const address = `${server.origin.replace("http", "ws")}/automerge-repo?ticket=${ticket}`;
    this.socket = new WebSocket(address);
    this.socket.on("message", (bytes) => this.heard.push(cbor.decode(bytes)));
    this.socket.on("close", () => (this.closed = true));
    // What breaks is closed.
    this.socket.on("error", () => {});
  }

  /** Opens and joins. */
  async join(senderId = "raw") {
    await this.open();
    this.say({ type: "join", senderId, peerMetadata: {}, supportedProtocolVersions: ["1"] });
    await until("the server joins", () => this.heard.some(({ type }) => type === "peer"));
    return this;
  }

  async open() {
    await once(this.socket, "open");
  }

  say(message) {
    this.socket.send(cbor.encode(message));
  }

  /** Sends a sync message about a document. */
  sync(documentId, data, type = "sync") {
    this.say({
      type,
      senderId: "raw",
      targetId: "server",
      documentId,
      data: Uint8Array.from(data),
    });
  }

  /** The texts of the errors so far. */
  get errors() {
    return this.heard.filter(({ type }) => type === "error").map(({ message }) => message);
  }
}
