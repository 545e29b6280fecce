// Replicas of the core as the browser runs it, our wasm in V8, without sockets or storage.

import { randomBytes } from "node:crypto";
import { readFile } from "node:fs/promises";

import { Replica, initSync } from "../../../wasm/pkg/threadline.js";

export const CONTACT = "018f0000-0000-7000-8000-000000000001";
export const now = Date.now();

const wasm = new URL("../../../wasm/pkg/threadline_bg.wasm", import.meta.url);
initSync({ module: await readFile(wasm) });

const actor = () => randomBytes(16).toString("hex");
const member = (id) => ({
  id,
  name: id,
  role: "agent",
  teams: [],
  availability: "available",
  channels: null,
  active: true,
});

/** A replica that works for a member offline. */
export function replica(id, saved = {}) {
  const made = new Replica("bench", actor());
  made.restore({
    epoch: "",
    cursor: 0,
    member: member(id),
    members: [],
    rows: [],
    outbox: [],
    refused: [],
    ...saved,
  });
  return made;
}

/** Opens a conversation from chunks and returns what is to be done then. */
export function open(made, conversation, chunks) {
  made.open(`conversation:${conversation}`);
  made.load(`conversation:${conversation}`, chunks);
  return made.takeEffects();
}

/** The changes that a replica made since it was last asked. */
export function written(made) {
  return made
    .takeEffects()
    .filter((effect) => effect.type === "store")
    .flatMap((effect) => effect.chunks.map((chunk) => chunk.bytes));
}

const text =
  "Thank you for your message. The parcel left on Monday and should be with you soon. ".repeat(4);

/** A thread of `length` messages and one note, as chunks. */
export function thread(length, noteText = "A note of some length. ".repeat(40)) {
  const ana = replica("ana");
  const conversation = conversationId;
  open(ana, conversation, []);
  ana.apply(
    { conversation, type: "start_conversation", contact: CONTACT, ordinal: 0, subject: "Bench" },
    now,
  );
  const send = {
    conversation,
    type: "send_message",
    channel: "email",
    to: [{ name: "", address: "kim@example.com" }],
    subject: "",
    text,
  };
  for (let i = 0; i < length; i += 1) ana.apply(send, now + i);
  const spans = [
    { type: "block", value: { type: "paragraph", parents: [], attrs: {}, isEmbed: false } },
    { type: "text", value: noteText },
  ];
  const note = ana.apply({ conversation, type: "add_note", spans }, now + length).created;
  return { conversation, note, chunks: written(ana) };
}

// UUIDv5 of the contact and ordinal 0, as the core derives it.
const conversationId = await derivedConversation();

async function derivedConversation() {
  const namespace = Buffer.from("7d0f9c1e52a45f0e9b1d2c6f8a41e370", "hex");
  const name = Buffer.from(`conversation\n${CONTACT}\n0`);
  const digest = await crypto.subtle.digest("SHA-1", Buffer.concat([namespace, name]));
  const bytes = Buffer.from(digest).subarray(0, 16);
  bytes[6] = (bytes[6] & 0x0f) | 0x50;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  return bytes.toString("hex").replace(/(.{8})(.{4})(.{4})(.{4})(.{12})/, "$1-$2-$3-$4-$5");
}
