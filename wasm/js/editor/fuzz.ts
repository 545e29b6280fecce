/**
 * Random editing by three people through the real binding, without a browser.
 *
 * Each person's editor must equal their own text after every operation, and all
 * must be equal once everything has been exchanged. A run depends on its seed
 * alone, so a failure is replayed with `fuzz({ seeds: [seed], … })`.
 */
import { joinBackward, splitBlock, toggleMark } from "prosemirror-commands";
import { history, redo, undo } from "prosemirror-history";
import { type Command, EditorState, TextSelection, type Transaction } from "prosemirror-state";
import { type EditorHost, NoteBinding, readDocument } from "./binding.js";
import type { RichText } from "./rich-text.js";
import { schema } from "./schema.js";

/** Replicas of one note, made anew for each run. */
export interface Peers {
  /** One text for each person; all begin equal. */
  texts: RichText[];
  /** Brings everything that replica `from` knows to replica `to`; both by index in `texts`. */
  sync(from: number, to: number): void;
}

/** What to run. */
export interface FuzzOptions {
  makePeers(): Peers;
  /** One run for each seed. */
  seeds: Iterable<number>;
  /** Operations in each run. */
  operations: number;
}

/** What the runs found. */
export interface FuzzReport {
  operations: number;
  /** Every run in which an editor and its text, or two people, came apart. */
  divergences: { seed: number; operation: number; problem: string }[];
}

/** Runs every seed to its end or to its first divergence. */
export function fuzz({ makePeers, seeds, operations }: FuzzOptions): FuzzReport {
  const report: FuzzReport = { operations: 0, divergences: [] };
  for (const seed of seeds) {
    const run = new Run(seed, makePeers());
    let operation = 0;
    try {
      for (; operation < operations; operation += 1) {
        run.step();
        report.operations += 1;
      }
      run.finish();
    } catch (error) {
      const problem = error instanceof Error ? (error.stack ?? error.message) : String(error);
      report.divergences.push({ seed, operation, problem });
    }
  }
  return report;
}

const WORDS = [
  "hello",
  "wörld",
  "a",
  "aa",
  "  ",
  "\n",
  "😀",
  "😁",
  "👩‍👩‍👧",
  "🇫🇷",
  "e\u0301",
  "\u0301",
  "שלום",
  "مرحبا",
];

/** Numbers that look random and depend on the seed alone (mulberry32). */
function numbers(seed: number): (below: number) => number {
  let state = seed >>> 0;
  return (below) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}

/** One person at an editor that has no view. */
class Person implements EditorHost {
  readonly text: RichText;
  state: EditorState;
  composing = false;
  readonly #binding: NoteBinding;

  constructor(text: RichText) {
    this.text = text;
    this.state = EditorState.create({ doc: readDocument(text), plugins: [history()] });
    this.#binding = new NoteBinding({
      text,
      host: this,
      setTimer: () => () => {},
      onRefused: (error) => {
        throw error;
      },
    });
  }

  updateState(state: EditorState): void {
    this.state = state;
  }

  dispatch = (transaction: Transaction): void => this.#binding.dispatch(transaction);

  run(command: Command): void {
    command(this.state, this.dispatch);
  }

  update(): void {
    this.#binding.update();
  }

  commit(): void {
    this.#binding.commit();
  }

  /** Throws when the document is not valid, or not what the text says. */
  check(): void {
    this.state.doc.check();
    const want = readDocument(this.text);
    if (!this.composing && !want.eq(this.state.doc)) {
      throw new Error(`editor ${String(this.state.doc)}, but text ${String(want)}`);
    }
  }
}

class Run {
  readonly #random: (below: number) => number;
  readonly #peers: Peers;
  readonly #people: Person[];

  constructor(seed: number, peers: Peers) {
    this.#random = numbers(seed);
    this.#peers = peers;
    this.#people = peers.texts.map((text) => new Person(text));
  }

  /** One random operation by one person. */
  step(): void {
    const index = this.#random(this.#people.length);
    const person = this.#people[index];
    if (person === undefined) return;
    person.dispatch(person.state.tr.setSelection(this.#selection(person.state)));
    this.#operate(person, index);
    person.check();
  }

  /** Exchanges everything, after which all must be equal. */
  finish(): void {
    for (const person of this.#people) person.composing = false;
    for (let round = 0; round < 2; round += 1) {
      this.#people.forEach((_, to) => this.#people.forEach((_, from) => this.#exchange(from, to)));
    }
    const [first, ...others] = this.#people;
    for (const other of others) {
      other.check();
      if (first?.state.doc.eq(other.state.doc) !== true) {
        throw new Error(
          `people differ: ${String(first?.state.doc)} and ${String(other.state.doc)}`,
        );
      }
    }
  }

  #exchange(from: number, to: number): void {
    if (from === to) return;
    this.#people[from]?.commit();
    this.#people[to]?.commit();
    this.#peers.sync(from, to);
    this.#people[to]?.update();
  }

  #operate(person: Person, index: number): void {
    const { state } = person;
    const { $from, from, to } = state.selection;
    switch (this.#random(16)) {
      case 0:
      case 1:
      case 2:
        return person.dispatch(state.tr.insertText(this.#pick(WORDS)));
      case 3:
        return person.dispatch(state.tr.deleteSelection());
      case 4:
        return person.run(splitBlock);
      case 5:
        person.dispatch(state.tr.setSelection(TextSelection.create(state.doc, $from.start())));
        return person.run(joinBackward);
      case 6:
        return person.run(toggleMark(schema.marks[this.#pick(["strong", "em", "code"] as const)]));
      case 7:
        return person.run(
          toggleMark(schema.marks.link, { href: `https://example.org/${this.#random(3)}` }),
        );
      case 8:
        return person.dispatch(this.#changeBlocks(state));
      case 9:
        return person.run(undo);
      case 10:
        return person.run(redo);
      case 11: {
        const source = this.#selection(state);
        return person.dispatch(state.tr.replace(from, to, state.doc.slice(source.from, source.to)));
      }
      case 12: {
        const mark = schema.mark("mention", { member: `m${this.#random(2)}` });
        return person.dispatch(state.tr.replaceSelectionWith(schema.text("@Ada", [mark]), false));
      }
      case 13:
        // While an input method composes, the editor falls behind the text and catches up later.
        person.composing = !person.composing;
        return person.update();
      default:
        return this.#exchange(this.#random(this.#people.length), index);
    }
  }

  #changeBlocks(state: EditorState): Transaction {
    const { tr } = state;
    const depth = this.#random(3);
    const [type, attrs] = this.#pick([
      ["paragraph", null],
      ["heading", { level: depth + 1 }],
      ["blockquote", null],
      ["code-block", null],
      ["unordered-list-item", { parents: Array<string>(depth).fill("unordered-list-item") }],
      ["ordered-list-item", { parents: Array<string>(depth).fill("unordered-list-item") }],
    ] as const);
    state.doc.nodesBetween(state.selection.from, state.selection.to, (node, position) => {
      if (node.isTextblock) tr.setNodeMarkup(position, schema.nodes[type], attrs);
    });
    return tr;
  }

  /** Mostly a short range, sometimes one over several blocks; it may cut graphemes, never code points. */
  #selection(state: EditorState): TextSelection {
    const position = (below: number): number => {
      const $at = state.doc.resolve(below);
      const unit = $at.parent.isTextblock
        ? ($at.nodeBefore?.text?.charCodeAt(($at.nodeBefore.text?.length ?? 0) - 1) ?? 0)
        : 0;
      return unit >= 0xd800 && unit < 0xdc00 && $at.textOffset > 0 ? below + 1 : below;
    };
    const size = state.doc.content.size;
    const anchor = position(this.#random(size + 1));
    const head = position(
      this.#random(4) === 0 ? this.#random(size + 1) : Math.min(size, anchor + this.#random(6)),
    );
    const selection = TextSelection.between(state.doc.resolve(anchor), state.doc.resolve(head));
    return selection instanceof TextSelection ? selection : TextSelection.create(state.doc, 1);
  }

  #pick<T>(list: readonly [T, ...T[]] | readonly T[]): T {
    return list[this.#random(list.length)] as T;
  }
}
