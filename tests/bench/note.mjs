// A note of 20,000 characters in which three people type at the same time.

import { now, open, replica, thread, written } from "./support/core.mjs";
import { figure, heading, machine, time } from "./support/report.mjs";

const LENGTH = 20_000;
const text = "Three people write one note at once. ".repeat(LENGTH).slice(0, LENGTH);
const { conversation, note, chunks } = thread(100, text);
const people = ["ana", "ben", "mira"].map((id) => {
  const made = replica(id);
  open(made, conversation, chunks);
  return made;
});
const [ana, ...others] = people;
const length = () =>
  ana.spans(conversation, note).reduce((sum, span) => sum + (span.value.length ?? 1), 0);

/** Everybody types a letter at a place of their own. */
function typeLetter(made, at) {
  made.edit(conversation, note, [{ op: "splice", at, delete: 0, insert: "x" }], now);
}

console.log(machine());
heading(`A note of ${LENGTH.toLocaleString("en")} characters, three people typing`);

const before = length();
const KEYSTROKES = 50;
figure(
  "keystroke here",
  time(
    KEYSTROKES,
    () => undefined,
    () => typeLetter(ana, 5),
  ),
  "ms",
  4,
);
ana.commit(now);
const mine = written(ana);
for (const made of others) made.merge(`conversation:${conversation}`, mine);

figure(
  "keystrokes of both teammates, taken in and read",
  time(
    KEYSTROKES,
    () =>
      others.flatMap((made, index) => {
        typeLetter(made, 1_000 * (index + 1));
        made.commit(now);
        return written(made);
      }),
    (changes) => {
      ana.merge(`conversation:${conversation}`, changes);
      ana.takeEffects();
      ana.spans(conversation, note);
    },
  ),
  "ms",
  4,
);
const typed = length() - before;
if (typed !== 3 * KEYSTROKES) throw new Error(`${typed} letters arrived, not ${3 * KEYSTROKES}`);
