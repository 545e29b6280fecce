// Threads of 100, 1,000 and 10,000 messages: opening them, typing in them, taking in others' work.

import { now, open, replica, thread, written } from "./support/core.mjs";
import { figure, heading, machine, time } from "./support/report.mjs";

const splice = [{ op: "splice", at: 10, delete: 0, insert: "x" }];

console.log(machine());
for (const length of [100, 1_000, 10_000]) {
  heading(`A thread of ${length.toLocaleString("en")} messages, script time in wasm`);
  const { conversation, note, chunks } = thread(length);

  const openBar = length === 1_000 ? 60 : undefined;
  const runs = length === 10_000 ? 5 : 15;
  figure(
    "open from stored changes, first 100 items",
    time(
      runs,
      () => replica("ana"),
      (fresh) => {
        open(fresh, conversation, chunks);
        fresh.items(conversation, { limit: 100 });
      },
    ),
    "ms",
  );

  const here = replica("ana");
  const compact = open(here, conversation, chunks).find(({ type }) => type === "compact");
  if (compact !== undefined) {
    figure(
      "open from the snapshot that then takes their place",
      time(
        runs,
        () => replica("ana"),
        (fresh) => {
          open(fresh, conversation, [compact.bytes]);
          fresh.items(conversation, { limit: 100 });
        },
      ),
      "ms",
      openBar,
    );
  }
  const there = replica("ben");
  open(there, conversation, chunks);

  const typed = time(
    50,
    () => undefined,
    () => here.edit(conversation, note, splice, now),
  );
  here.commit(now);
  written(here);
  figure("keystroke here", typed, "ms", 4);
  figure(
    "closing a run of keystrokes into a change",
    time(
      20,
      () => here.edit(conversation, note, splice, now),
      () => {
        here.commit(now);
        written(here);
      },
    ),
    "ms",
  );
  figure(
    "keystroke of a teammate",
    time(
      20,
      () => {
        there.edit(conversation, note, splice, now);
        there.commit(now);
        return written(there);
      },
      (changes) => {
        here.merge(`conversation:${conversation}`, changes);
        here.takeEffects();
        here.spans(conversation, note);
      },
    ),
    "ms",
    4,
  );
  figure(
    "merge of 64 changes at once",
    time(
      5,
      () => {
        for (let i = 0; i < 64; i += 1) {
          there.edit(conversation, note, splice, now);
          there.commit(now);
        }
        return written(there);
      },
      (changes) => {
        here.merge(`conversation:${conversation}`, changes);
        here.takeEffects();
      },
    ),
    "ms",
  );
}
