// Clients of automerge-repo, the packages as npm has them, with the real server and with one of
// our own clients. They connect as the documentation tells them to.

import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";

import * as A from "@automerge/automerge";
import { cbor, generateAutomergeUrl, parseAutomergeUrl } from "@automerge/automerge-repo";

import { CONTACT, thread } from "../bench/support/core.mjs";
import { Server } from "../browser/support/server.mjs";
import { until } from "../browser/support/wait.mjs";
import { connect, urlOf } from "./docs.mjs";
import { Ours } from "./ours.mjs";
import { Raw, ticket } from "./raw.mjs";

const WORKSPACE = "bench";
const { conversation } = thread(0);
const paragraph = { type: "paragraph", parents: [], attrs: {}, isEmbed: false };

let data;
let server;
/** Everyone who connected, to be sent away in the end. */
const peers = [];

before(async () => {
  data = await mkdtemp(join(tmpdir(), "threadline-"));
  server = await Server.start({ data, args: ["--free-documents"] });
});

after(async () => {
  for (const { adapter } of peers) if (adapter.socket) adapter.disconnect();
  await server.stop();
  await rm(data, { recursive: true, force: true });
});

/** A member's client of automerge-repo. */
async function peer(member, { workspace = WORKSPACE, role, at = server } = {}) {
  const token = await at.token({ workspace, member, role });
  // The package begins anew where a socket does not open in that time.
  const retry = 3_000;
  const made = connect({ server: at.origin, workspace, token: async () => token, retry });
  peers.push(made);
  await made.repo.networkSubsystem.whenReady();
  await until(`${member} is connected`, () => made.adapter.remotePeerId);
  return made;
}

const online = ({ adapter, repo }) => adapter.connect(repo.networkSubsystem.peerId, {});
const offline = async ({ adapter }) => {
  await adapter.asked;
  adapter.disconnect();
};

/** A document that somebody else is just making. */
const found = ({ repo }, url) => until(`${url} is there`, () => repo.find(url));

/** A conversation with one note, written by one of our own clients. */
async function conversationWithNote(member) {
  const token = await server.token({ workspace: WORKSPACE, member });
  const ours = new Ours(server, member, token, conversation);
  await ours.online();
  if (ours.wasm.header(conversation)?.contact === undefined) {
    ours.apply({ type: "start_conversation", contact: CONTACT, ordinal: 0, subject: "Hello" });
  }
  const text = { type: "text", value: "One." };
  const spans = [{ type: "block", value: paragraph }, text];
  const note = ours.apply({ type: "add_note", spans }).created;
  await until("the note is on the server", () => ours.settled);
  return { ours, note };
}

/** Types into a note as another program does: the first unit of a text is its block marker. */
const type = (handle, note, words) =>
  handle.change((doc) => A.splice(doc, ["notes", note, "text"], 1, 0, words));
const textOf = (handle, note) => handle.doc().notes[note].text.slice(1);

test("two clients of automerge-repo and one of ours write one note, offline and over a restart", async () => {
  const { ours, note } = await conversationWithNote("ana");
  const [ben, cleo] = [await peer("ben"), await peer("cleo")];
  const [bens, cleos] = [
    await ben.repo.find(urlOf(conversation)),
    await cleo.repo.find(urlOf(conversation)),
  ];
  const same = (...words) => {
    const all = () => {
      const [first, ...others] = [ours.text(note), textOf(bens, note), textOf(cleos, note)];
      return others.every((text) => text === first) && words.every((word) => first.includes(word));
    };
    return until(`everybody has ${words}`, all);
  };
  await same("One.");

  type(bens, note, "Two. ");
  await same("One.", "Two.");
  ours.type(note, 1, "Three. ");
  await same("Three.");

  ours.offline();
  await offline(ben);
  await offline(cleo);
  type(bens, note, "Ben’s. ");
  type(bens, note, "Ben’s too. ");
  type(cleos, note, "Cleo’s. ");
  ours.type(note, 1, "Ana’s. ");
  await server.kill();
  await server.restart();
  online(ben);
  online(cleo);
  await ours.online();
  await same("Ana’s.", "Ben’s.", "Ben’s too.", "Cleo’s.");

  // A server that goes and comes back while everybody is there: they return by themselves.
  await server.stop();
  type(bens, note, "While it was away. ");
  await server.restart();
  ours.offline();
  await ours.online();
  await same("While it was away.");
  ours.offline();
});

test("a free document is there for who is told of it, durable, and in no list of ours", async () => {
  const [ben, cleo] = [await peer("ben"), await peer("cleo")];
  const bens = ben.repo.create({ list: ["milk"], count: new A.Counter(1), text: "Shop. " });
  const cleos = await found(cleo, bens.url);
  assert.deepEqual(cleos.doc().list, ["milk"]);

  await offline(ben);
  await offline(cleo);
  bens.change((doc) => {
    doc.list.push("bread");
    doc.count.increment(2);
    A.splice(doc, ["text"], 0, 0, "Ben: ");
  });
  cleos.change((doc) => {
    doc.list.unshift("tea");
    doc.count.increment(3);
    doc.nested = { deep: [{ down: true }] };
  });
  online(ben);
  online(cleo);
  await until("both have both", () => cleos.doc().list.length === 3 && bens.doc().nested);
  assert.deepEqual(bens.doc(), cleos.doc());
  assert.equal(bens.doc().count.value, 6);

  await server.kill();
  await server.restart();
  const dora = await peer("dora");
  const doras = await dora.repo.find(bens.url);
  assert.deepEqual(doras.doc(), bens.doc());
});

test("a long list is emptied at once", async () => {
  const ben = await peer("ben");
  const bens = ben.repo.create({ list: [] });
  // More old changes in one than the guard takes apart.
  for (let i = 0; i < 100; i += 1) bens.change((doc) => doc.list.push(i));
  bens.change((doc) => doc.list.splice(0, 100));
  const cleos = await found(await peer("cleo"), bens.url);
  await until("it is empty for others as well", () => cleos.doc().list.length === 0);
});

test("free documents are unavailable where they are not admitted", async () => {
  const strict = await Server.start();
  try {
    const ben = await peer("ben", { at: strict });
    await assert.rejects(ben.repo.find(generateAutomergeUrl()), /unavailable/);
    const made = ben.repo.create({ mine: true });
    const cleo = await peer("cleo", { at: strict });
    await assert.rejects(cleo.repo.find(made.url), /unavailable/);
    await offline(ben);
    await offline(cleo);
  } finally {
    await strict.stop();
  }
});

test("a viewer reads and does not write, and nobody else notices", async () => {
  const { ours, note } = await conversationWithNote("ana");
  const vera = await peer("vera", { role: "viewer" });
  const ben = await peer("ben");
  const veras = await vera.repo.find(urlOf(conversation));
  const bens = await ben.repo.find(urlOf(conversation));
  const heard = [];
  vera.adapter.socket.addEventListener("message", ({ data }) => {
    heard.push(cbor.decode(new Uint8Array(data)));
  });
  type(veras, note, "Not mine to say. ");
  const refused = ({ type, message }) => type === "error" && message.startsWith("forbidden on ");
  await until("the viewer is told", () => heard.some(refused));
  type(bens, note, "Mine. ");
  await until("others go on", () => ours.text(note).includes("Mine."));
  assert.ok(!ours.text(note).includes("Not mine"));
  ours.offline();
});

test("another workspace’s documents are not there", async () => {
  const { ours } = await conversationWithNote("ana");
  ours.offline();
  const eve = await peer("eve", { workspace: "elsewhere", role: "admin" });
  const free = (await peer("ben")).repo.create({ secret: true });
  assert.ok((await found(await peer("cleo"), free.url)).doc().secret);
  await assert.rejects(eve.repo.find(urlOf(conversation)), /unavailable/);
  await assert.rejects(eve.repo.find(free.url), /unavailable/);
});

test("a ticket opens one connection", async () => {
  const mine = await ticketOf("ben");
  const first = await new Raw(server, mine).join();
  for (const bad of [mine, "", `${WORKSPACE}.00`, "x".repeat(4_000)]) {
    const second = new Raw(server, bad);
    await until("it is closed", () => second.closed);
    assert.match(second.errors[0], /^bad_token/);
  }
  assert.ok(!first.closed);
  first.socket.terminate();
});

const ticketOf = async (member, role) =>
  ticket(server, WORKSPACE, await server.token({ workspace: WORKSPACE, member, role }));

test("hostile sync messages get an error and harm nobody", async () => {
  const ben = await peer("ben");
  const victim = ben.repo.create({ count: 0 });
  const { documentId } = parseAutomergeUrl(victim.url);
  const huge = [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f];
  const filter = (...bytes) => [0x42, 0, 0, 1, 0, bytes.length, ...bytes, 0];
  const attacks = {
    "no bits for an entry": filter(1, 0, 7),
    "more probes than the library’s": filter(1, 10, 100, 0, 0),
    "an entry without bits": filter(1, 10, 7),
    "a filter of nothing": filter(0, 10, 7),
    "entries without end": filter(0xff, 0xff, 0xff, 0xff, 0x0f, 10, 7),
    "heads without end": [0x42, ...huge],
    "needs without end": [0x42, 0, ...huge],
    "haves without end": [0x42, 0, 0, ...huge],
    "changes without end": [0x42, 0, 0, 0, ...huge],
    "a change cut short": [0x42, 0, 0, 0, 1, 100, 0x85, 0x6f, 0x4a, 0x83],
    "a change of nothing": [0x42, 0, 0, 0, 1, 0],
    "the second version": [0x43, 0, 0, 0, 1, 4, 0x85, 0x6f, 0x4a, 0x83],
    nothing: [],
    "a whole document": withChunk(A.save(A.from({ a: 1 }))),
    "a change of another’s document": withChunk(A.getLastLocalChange(A.from({ a: 1 })), 10),
  };
  for (const [name, bytes] of Object.entries(attacks)) {
    const raw = await new Raw(server, await ticketOf("mallory")).join();
    raw.sync(documentId, bytes);
    await until(`${name} is answered`, () => raw.errors.length > 0 || raw.closed);
    raw.socket.terminate();
  }

  const garbage = await new Raw(server, await ticketOf("mallory")).join();
  for (const bytes of [[], [0xff], [0x9f, 0x9f, 0x9f], Array(5_000).fill(0x81)]) {
    const before = garbage.errors.length;
    garbage.socket.send(Uint8Array.from(bytes));
    await until("garbage is answered", () => garbage.errors.length > before);
  }
  garbage.socket.send(new Uint8Array(9 << 20));
  await until("what is too large ends the connection", () => garbage.closed);

  const cleos = await found(await peer("cleo"), victim.url);
  victim.change((doc) => (doc.count = 1));
  await until("the victim is well", () => cleos.doc().count === 1);
});

/** A sync message that brings one chunk, cut by so many bytes. */
function withChunk(chunk, cut = 0) {
  const bytes = [...chunk].slice(0, chunk.length - cut);
  const length = [(bytes.length & 0x7f) | 0x80, bytes.length >> 7];
  return [0x42, 0, 0, 0, 1, ...length, ...bytes];
}

test("ephemeral messages reach the document’s other readers once", async () => {
  const [ben, cleo] = [await peer("ben"), await peer("cleo")];
  const bens = ben.repo.create({ page: 1 });
  const cleos = await found(cleo, bens.url);
  const heard = [];
  cleos.on("ephemeral-message", ({ message }) => heard.push(message));
  const echoes = [];
  bens.on("ephemeral-message", ({ message }) => echoes.push(message));
  bens.broadcast({ cursor: 1 });
  bens.broadcast({ cursor: 2 });
  await until("both were heard", () => heard.length >= 2);
  cleos.broadcast({ bye: true });
  await until("the answer was heard", () => echoes.length > 0);
  assert.deepEqual(heard, [{ cursor: 1 }, { cursor: 2 }]);
  assert.deepEqual(echoes, [{ bye: true }]);
});
