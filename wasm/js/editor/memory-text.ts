/**
 * A text in plain memory, for a note that is not yet added and for tests: no history and no
 * merging, but the whole contract.
 */
import {
  type Block,
  type Expand,
  expandOf,
  type MarkValue,
  type RichText,
  type Span,
  type TextEdit,
} from "./rich-text.js";

interface Element {
  id: number;
  /** A deleted element stays, because a cursor may name it. */
  deleted: boolean;
  /** One UTF-16 code unit, or a block marker. */
  content: string | Block;
  marks: Map<string, { value: MarkValue; expand: Expand }>;
}

/** One text; several editors may share it. */
export class MemoryText implements RichText {
  /** How often a draft was closed. */
  commits = 0;
  /** Every accepted edit, in order. */
  readonly accepted: TextEdit[] = [];
  /** When set, the next edit is refused with it. */
  refusal: Error | null = null;

  #elements: Element[] = [];
  #ids = 0;

  constructor(spans: Span[]) {
    this.#updateSpans(spans);
  }

  spans(): Span[] {
    const spans: Span[] = [];
    let marksOfLast = "";
    for (const { content, marks } of this.#visible()) {
      if (typeof content !== "string") {
        spans.push({ type: "block", value: content });
        continue;
      }
      const values = Object.fromEntries(
        [...marks].sort().map(([name, { value }]) => [name, value]),
      );
      const key = JSON.stringify(values);
      const last = spans.at(-1);
      if (last?.type === "text" && key === marksOfLast) last.value += content;
      else spans.push({ type: "text", value: content, ...(marks.size > 0 && { marks: values }) });
      marksOfLast = key;
    }
    return spans;
  }

  edit(edits: TextEdit[]): void {
    const refusal = this.refusal;
    this.refusal = null;
    if (refusal !== null) throw refusal;
    for (const edit of edits) this.#apply(edit);
    this.accepted.push(...edits);
  }

  commit(): void {
    this.commits += 1;
  }

  cursor(at: number): string {
    return String(this.#visible()[at]?.id ?? "end");
  }

  position(cursor: string): number | null {
    const place = this.#elements.findIndex(({ id }) => String(id) === cursor);
    if (place < 0) return cursor === "end" ? this.#visible().length : null;
    return this.#elements.slice(0, place).filter(({ deleted }) => !deleted).length;
  }

  #visible(): Element[] {
    return this.#elements.filter(({ deleted }) => !deleted);
  }

  #apply(edit: TextEdit): void {
    switch (edit.op) {
      case "splice":
        this.#splice(edit.at, edit.delete, unitsOf(edit.insert));
        break;
      case "mark":
        for (const { content, marks } of this.#range(edit.start, edit.end)) {
          if (typeof content === "string") marks.set(edit.name, edit);
        }
        break;
      case "unmark":
        for (const { marks } of this.#range(edit.start, edit.end)) marks.delete(edit.name);
        break;
      case "update_spans":
        this.#updateSpans(edit.spans);
        break;
    }
  }

  #range(start: number, end: number): Element[] {
    const visible = this.#visible();
    if (start > end || end > visible.length) throw new RangeError(`no range ${start}–${end}`);
    return visible.slice(start, end);
  }

  #splice(at: number, remove: number, insert: (string | Block)[]): void {
    const removed = this.#range(at, at + remove);
    const visible = this.#visible();
    const left = visible[at - 1];
    const right = visible[at + remove];
    for (const element of removed) element.deleted = true;
    const inherited = [...(left?.marks ?? [])].filter(
      ([name, { value, expand }]) =>
        expand === "after" || expand === "both" || right?.marks.get(name)?.value === value,
    );
    const place = left === undefined ? 0 : this.#elements.indexOf(left) + 1;
    const made = insert.map((content): Element => {
      this.#ids += 1;
      const marks = new Map(typeof content === "string" ? inherited : []);
      return { id: this.#ids, deleted: false, content, marks };
    });
    this.#elements.splice(place, 0, ...made);
  }

  #updateSpans(spans: Span[]): void {
    const want = spans.flatMap((span): (string | Block)[] =>
      span.type === "text" ? unitsOf(span.value) : [span.value],
    );
    const have = this.#visible().map(({ content }) => content);
    const equal = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);
    const shorter = Math.min(want.length, have.length);
    let head = 0;
    while (head < shorter && equal(want[head], have[head])) head += 1;
    let tail = 0;
    while (tail < shorter - head && equal(want.at(-1 - tail), have.at(-1 - tail))) tail += 1;
    this.#splice(head, have.length - tail - head, want.slice(head, want.length - tail));
    const marks = spans.flatMap((span) =>
      span.type === "text" ? unitsOf(span.value).map(() => span.marks ?? {}) : [{}],
    );
    this.#visible().forEach((element, index) => {
      element.marks = new Map(
        Object.entries(marks[index] ?? {}).map(([name, value]) => [
          name,
          { value, expand: expandOf(name) },
        ]),
      );
    });
  }
}

function unitsOf(text: string): string[] {
  return text.split("");
}

/** A paragraph's marker, and text after it. */
export function paragraph(...texts: (string | Span)[]): Span[] {
  return [block("paragraph"), ...texts.map(asSpan)];
}

/** A block marker. */
export function block(type: string, attrs: Block["attrs"] = {}, parents: string[] = []): Span {
  return { type: "block", value: { type, parents, attrs, isEmbed: false } };
}

/** Text with marks. */
export function marked(value: string, marks: Record<string, MarkValue>): Span {
  return { type: "text", value, marks };
}

function asSpan(text: string | Span): Span {
  return typeof text === "string" ? { type: "text", value: text } : text;
}
