import "fake-indexeddb/auto";
import { readFileSync } from "node:fs";
import { IDBFactory } from "fake-indexeddb";
import { afterEach, beforeAll, beforeEach, expect, test, vi } from "vitest";
import type { ThreadlineClient } from "./client.js";
import { createClient } from "./create.js";
import { eventually, FakeLocks, FakeWebSocket, jwt } from "./testing/fakes.js";
import { frames } from "./testing/frames.js";
import { startWasm } from "./testing/replicas.js";
import type { FieldDraft, ImportPlan } from "./wasm.js";

const wasm = readFileSync(new URL("../../pkg/threadline_bg.wasm", import.meta.url));
const CSV = "Name,Email\nInes,ines@prado.example\nNoor,noor at haddad\n";
let client: ThreadlineClient;

beforeAll(startWasm);

beforeEach(async () => {
  vi.stubGlobal("indexedDB", new IDBFactory());
  vi.stubGlobal("WebSocket", FakeWebSocket);
  vi.stubGlobal("navigator", { locks: new FakeLocks() });
  const items = new Map<string, string>();
  vi.stubGlobal("localStorage", {
    getItem: (key: string) => items.get(key) ?? null,
    setItem: (key: string, value: string) => items.set(key, value),
  });
  FakeWebSocket.made = [];
  const tokenProvider = () => Promise.resolve(jwt({ sub: "ana" }));
  const endpoint = "ws://host/sync";
  client = await createClient({ endpoint, workspace: "acme", tokenProvider, wasm });
  await eventually(() => FakeWebSocket.made.length === 1);
  FakeWebSocket.last.open();
  for (const frame of frames.welcome("ana", "admin")) FakeWebSocket.last.receive(...frame);
  // The network goes, and with it everything has to work.
  client.setOffline(true);
});

afterEach(async () => {
  await client.stop();
  vi.unstubAllGlobals();
});

const bytes = (text: string) => new TextEncoder().encode(text);
const verdicts = ({ rows }: ImportPlan) => rows.map(({ verdict }) => verdict);

test("a file is taken in without a network, and adds nothing a second time", async () => {
  const plan = await client.contactFiles.plan(bytes(CSV));
  expect(verdicts(plan)).toEqual(["new", "refused"]);
  expect(plan.rows[1]?.remarks).toEqual([
    { reason: "bad_email", heading: "Email", line: null, stays: null },
  ]);
  const [row] = plan.rows;
  if (!row) throw new Error("no row");
  expect(await client.contactFiles.take(row)).toBe(true);
  expect(await client.contactFiles.take(row)).toBe(false);
  const { contacts } = client.reads.contacts({ limit: 10 });
  expect(contacts.map(({ name, saved }) => [name, saved])).toEqual([["Ines", true]]);
  expect(verdicts(await client.contactFiles.plan(bytes(CSV)))).toEqual(["known", "refused"]);
  expect(client.syncState.waiting).toBe(1);
});

test("contacts go into a file piece by piece, under one line of headings", async () => {
  const many = Array.from({ length: 120 }, (_, n) => `Person ${n},p${n}@prado.example`);
  const plan = await client.contactFiles.plan(bytes(["Name,Email", ...many].join("\n")));
  for (const row of plan.rows) await client.contactFiles.take(row);
  const ids = plan.rows.map(({ contact }) => contact);
  const { file: csv } = await client.contactFiles.export("csv", ids);
  expect(csv.match(/UID,Name/g)).toHaveLength(1);
  expect(csv.split("\r\n")).toHaveLength(122);
  const { file: vcard } = await client.contactFiles.export("vcard", ids);
  for (const file of [csv, vcard]) {
    const again = await client.contactFiles.plan(bytes(file));
    expect(new Set(verdicts(again))).toEqual(new Set(["known"]));
    expect(again.rows.map(({ contact }) => contact)).toEqual(ids);
  }
});

/** A workspace with a custom field. */
async function putField(): Promise<void> {
  const field: FieldDraft = {
    id: "plan",
    name: "Plan",
    type: "text",
    choices: [],
    position: 0,
    archived: false,
  };
  await eventually(() => {
    try {
      return Boolean(client.apply({ type: "put_field", field }));
    } catch {
      return false;
    }
  });
}

test("of more contacts than are held at once none is offered what it has", async () => {
  await putField();
  const many = Array.from({ length: 105 }, (_, n) => `Person ${n},p${n}@prado.example,gold`);
  const file = bytes(["Name,Email,Plan", ...many].join("\n"));
  const plan = await client.contactFiles.plan(file);
  await client.contactFiles.begin("people.csv", plan).go();
  expect([client.contactFiles.run?.taken, client.contactFiles.run?.left]).toEqual([105, 0]);
  const again = await client.contactFiles.plan(file);
  expect(new Set(verdicts(again))).toEqual(new Set(["known"]));
});

test("whom this device has only the row of is waited for, and no whole part of a file", async () => {
  await putField();
  const [row] = (await client.contactFiles.plan(bytes(CSV))).rows;
  if (!row) throw new Error("no row");
  // The same person comes by mail after the plan.
  client.setOffline(false);
  await eventually(() => FakeWebSocket.made.length === 2);
  FakeWebSocket.last.open();
  for (const frame of frames.welcome("ana", "admin")) FakeWebSocket.last.receive(...frame);
  FakeWebSocket.last.receive(...frames.row(row.contact, "ines@prado.example"));
  await eventually(() => client.reads.contacts({ limit: 10 }).total === 1);
  client.setOffline(true);
  await expect(client.contactFiles.take(row)).rejects.toMatchObject({ code: "unavailable" });
  const { file, partial } = await client.contactFiles.export("csv", [row.contact]);
  expect(file).toContain("ines@prado.example");
  expect(partial).toBe(1);
});

test("what is no file of contacts is refused", async () => {
  await expect(client.contactFiles.plan(bytes("Colour\nred"))).rejects.toMatchObject({
    code: "invalid",
    field: "file",
  });
});
