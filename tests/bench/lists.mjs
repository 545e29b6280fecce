// Lists over 100,000 conversations in one browser. A widget holds far fewer; what keeps up here does so there.

import { now, replica } from "./support/core.mjs";
import { figure, heading, machine, time } from "./support/report.mjs";

const ROWS = 100_000;
const uuid = (series, n) => `018f0000-0000-7${series}00-8000-${n.toString(16).padStart(12, "0")}`;

function conversation(n) {
  return {
    doc: `conversation:${uuid(1, n)}`,
    seq: n + 1,
    heads: [],
    row: {
      kind: "conversation",
      value: {
        id: uuid(1, n),
        contact: uuid(2, n % 20_000),
        ordinal: Math.floor(n / 20_000),
        subject: `Order ${n}`,
        status: n % 3 === 0 ? "closed" : "open",
        starred: n % 50 === 0 ? ["ana"] : [],
        owner: n % 4 === 0 ? "ana" : null,
        team: null,
        priority: "medium",
        tags: n % 7 === 0 ? ["returns"] : [],
        channel: "email",
        last: { kind: "interaction", direction: "in", by: null, text: "Where is it?", at: now - n },
        at: now - n * 1_000,
        inbound: [now - n * 1_000],
        read: {},
        mentions: {},
        important: false,
        spam: false,
        stuck: 0,
        tasks: [],
        topics: [],
        appointments: [],
        conflicted: false,
      },
    },
  };
}

function contact(n) {
  const value = {
    id: uuid(2, n),
    name: `Contact ${n}`,
    company: "",
    status: "active",
    saved: true,
  };
  return { doc: `contact:${uuid(2, n)}`, seq: 1, heads: [], row: { kind: "contact", value } };
}

console.log(machine());
heading(`Lists over ${ROWS.toLocaleString("en")} rows, script time in wasm`);

const rows = [
  ...Array.from({ length: ROWS }, (_, n) => conversation(n)),
  ...Array.from({ length: 20_000 }, (_, n) => contact(n)),
];
const begun = performance.now();
const here = replica("ana", { rows });
here.takeEffects();
figure("taking the rows in from storage", performance.now() - begun, "ms");

const page = { now, offset: 0, limit: 60 };
for (const [name, query] of [
  ["first page, open", { filter: "open" }],
  ["first page, mine and unread, by waiting", { filter: "mine", sort: "waiting" }],
  ["one tag", { filter: "all", tags: ["returns"] }],
  ["words", { filter: "all", search: "order 777" }],
]) {
  const answer = here.rows({ ...page, ...query });
  if (answer.rows.length === 0) throw new Error(`${name}: nothing found`);
  figure(
    name,
    time(
      7,
      () => undefined,
      () => here.rows({ ...page, ...query }),
    ),
    "ms",
    30,
  );
}
