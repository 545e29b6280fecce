/**
 * The second half of a local edit. New text takes its marks from its surroundings
 * by the text's own rules, which are not quite the editor's; and `update_spans` can
 * leave a remnant of a compound character. Where the text then differs from what
 * the person made, these edits put it right.
 */
import type { Mark, Node } from "prosemirror-model";
import { codePointBoundary } from "./graphemes.js";
import { toIndex } from "./positions.js";
import { expandOf, type TextEdit } from "./rich-text.js";
import { writeMark } from "./spans.js";

/** The size of an embedded object in a block's text. */
const EMBED = "\ufffc";

/**
 * The edits that bring the text from `have` to `want`: first those of the text
 * alone, and once that is equal, those of the marks. Where the blocks differ there
 * are none, and the editor follows the text.
 */
export function corrections(want: Node, have: Node): TextEdit[] {
  if (want.childCount !== have.childCount) return [];
  const pairs: { want: Node; have: Node; start: number }[] = [];
  let sameBlocks = true;
  have.forEach((block, offset, index) => {
    const wanted = want.child(index);
    sameBlocks &&= wanted.sameMarkup(block);
    if (!wanted.eq(block)) pairs.push({ want: wanted, have: block, start: offset + 1 });
  });
  if (!sameBlocks) return [];
  const texts = pairs.flatMap(({ want, have: block, start }) =>
    textCorrection(textOf(want), textOf(block), toIndex(have, start)),
  );
  // From the end, so that one edit does not move the place of the next.
  if (texts.length > 0) return texts.reverse();
  return pairs.flatMap(({ want, have: block, start }) =>
    markCorrections(want, block, toIndex(have, start)),
  );
}

function textOf(block: Node): string {
  return block.textBetween(0, block.content.size, "", EMBED);
}

function textCorrection(want: string, have: string, start: number): TextEdit[] {
  if (want === have) return [];
  const shorter = Math.min(want.length, have.length);
  let head = 0;
  while (head < shorter && want[head] === have[head]) head += 1;
  let tail = 0;
  while (tail < shorter - head && want.at(-1 - tail) === have.at(-1 - tail)) tail += 1;
  // Different emoji often share their first code unit; the cut must not fall behind it.
  head = Math.min(codePointBoundary(want, head, "before"), codePointBoundary(have, head, "before"));
  tail = Math.min(
    want.length - codePointBoundary(want, want.length - tail, "after"),
    have.length - codePointBoundary(have, have.length - tail, "after"),
  );
  const insert = want.slice(head, want.length - tail);
  const remove = have.slice(head, have.length - tail);
  if (insert.includes(EMBED) || remove.includes(EMBED)) return [];
  return [{ op: "splice", at: start + head, delete: remove.length, insert }];
}

function markCorrections(want: Node, have: Node, start: number): TextEdit[] {
  const edits: TextEdit[] = [];
  let offset = 0;
  while (offset < have.content.size) {
    const wanted = runAt(want, offset);
    const present = runAt(have, offset);
    const end = Math.min(wanted.end, present.end);
    edits.push(...markDifference(wanted.marks, present.marks, start + offset, start + end));
    offset = end;
  }
  return edits;
}

/** The marks of the inline node at an offset, and where that node ends. */
function runAt(block: Node, offset: number): { marks: readonly Mark[]; end: number } {
  const { node, offset: start } = block.childAfter(offset);
  return node === null
    ? { marks: [], end: block.content.size }
    : { marks: node.marks, end: start + node.nodeSize };
}

function markDifference(
  want: readonly Mark[],
  have: readonly Mark[],
  start: number,
  end: number,
): TextEdit[] {
  const edits: TextEdit[] = [];
  const wanted = new Map(understood(want));
  const present = new Map(understood(have));
  for (const [name, value] of wanted) {
    if (present.get(name) !== value) {
      edits.push({ op: "mark", start, end, name, value, expand: expandOf(name) });
    }
  }
  for (const name of present.keys()) {
    if (!wanted.has(name)) edits.push({ op: "unmark", start, end, name, expand: expandOf(name) });
  }
  return edits;
}

/** Whether another tool's mark goes on over new text is that tool's rule, not ours to correct. */
function understood(marks: readonly Mark[]): ReturnType<typeof writeMark>[] {
  return marks.filter((mark) => mark.type.name !== "foreign_mark").map(writeMark);
}
