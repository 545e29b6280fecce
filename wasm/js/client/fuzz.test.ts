import { beforeAll, expect, test } from "vitest";
import { fuzz, type Peers } from "../editor/fuzz.js";
import { paragraph } from "../editor/memory-text.js";
import { Peer, startWasm } from "./testing/replicas.js";

/** Operations in one run; long enough for three people to write a page and tear it apart. */
const OPERATIONS = 50;
/** Runs; each begins with another seed. */
const RUNS = 400;

/** The seeds to run: `FUZZ_SEEDS=7,8` replays those two. */
const seeds =
  process.env["FUZZ_SEEDS"]?.split(",").map(Number) ??
  Array.from({ length: RUNS }, (_, index) => index + 1);

beforeAll(startWasm);

let peers: Peer[] = [];

/** Three replicas of one note, made alike for each seed: the same actors decide the same ties. */
function makePeers(): Peers {
  // The run before is over.
  for (const peer of peers) peer.free();
  peers = ["1", "2", "3"].map((digit) => new Peer(`agent-${digit}`, digit.repeat(32)));
  const [first] = peers as [Peer];
  const note = first.begin(paragraph("") as never);
  for (const peer of peers.slice(1)) first.tell(peer);
  const texts = peers.map((peer) => peer.text(note));
  return {
    texts,
    sync: (from, to) => (peers[from] as Peer).tell(peers[to] as Peer),
  };
}

test("three people edit a note at random over the real core, and never come apart", () => {
  console.info(`note binding: seeds ${seeds[0]} to ${seeds.at(-1)}, ${OPERATIONS} operations each`);
  const report = fuzz({ makePeers, seeds, operations: OPERATIONS });
  expect(report.divergences).toEqual([]);
  expect(report.operations).toBe(seeds.length * OPERATIONS);
}, 600_000);
