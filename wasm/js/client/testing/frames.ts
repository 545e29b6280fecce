import { member } from "./replicas.js";

type Value = null | boolean | number | string | Uint8Array | Value[] | { [key: string]: Value };

/** Whole numbers, text, bytes, lists and maps as CBOR (RFC 8949): what the server's frames need. */
function cbor(value: Value): number[] {
  if (value === null) return [0xf6];
  if (typeof value === "boolean") return [value ? 0xf5 : 0xf4];
  if (typeof value === "number") return head(0, value);
  if (typeof value === "string") {
    const bytes = new TextEncoder().encode(value);
    return [...head(3, bytes.length), ...bytes];
  }
  if (value instanceof Uint8Array) return [...head(2, value.length), ...value];
  if (Array.isArray(value)) return [...head(4, value.length), ...value.flatMap(cbor)];
  const entries = Object.entries(value);
  return [...head(5, entries.length), ...entries.flat().flatMap(cbor)];
}

function head(major: number, count: number): number[] {
  const type = major << 5;
  if (count < 24) return [type | count];
  const bytes = [...new Uint8Array(new BigUint64Array([BigInt(count)]).buffer)].reverse();
  return [type | 27, ...bytes];
}

function hash(hex: string): Uint8Array {
  return Uint8Array.from(Buffer.from(hex, "hex"));
}

/** Frames as bytes: those of the server, and what a client opens and closes. */
export const frames = {
  open: (doc: string) => cbor([1, "open", { doc, have: [] }]),
  close: (doc: string) => cbor([1, "close", { doc }]),
  /** The session begins, and there are no rows to bring. */
  welcome: (id: string, role = "agent") => [
    cbor([
      1,
      "welcome",
      {
        session: 1,
        member: { ...member(id), role },
        members: [{ ...member(id), role }],
        epoch: "e1",
        now: 0,
      },
    ]),
    cbor([1, "rows", { rows: [], cursor: 0, complete: true }]),
  ],
  /** Somebody of whom this device has the row and not the document. */
  row: (contact: string, email: string) =>
    cbor([
      1,
      "rows",
      {
        rows: [
          {
            doc: `contact:${contact}`,
            seq: 1,
            heads: [hash("00".repeat(32))],
            row: {
              kind: "contact",
              value: {
                id: contact,
                name: email,
                company: "",
                type: "other",
                status: "active",
                saved: true,
                email,
                phone: "",
                identities: [{ channel: "email", address: email }],
                tags: [],
                opportunities: [],
                conflicted: false,
              },
            },
          },
        ],
        cursor: 1,
        complete: true,
      },
    ]),
  changes: (doc: string, changes: Map<string, Uint8Array>) =>
    cbor([
      1,
      "changes",
      {
        doc,
        changes: [...changes.values()],
        heads: [...changes.keys()].slice(-1).map(hash),
        seq: 1,
        complete: true,
      },
    ]),
  ack: (doc: string, hashes: string[]) => cbor([1, "ack", { doc, hashes: hashes.map(hash) }]),
  nack: (doc: string, refused: string, code: string) =>
    cbor([1, "nack", { doc, hash: hash(refused), refusal: { code, text: "no" } }]),
};
