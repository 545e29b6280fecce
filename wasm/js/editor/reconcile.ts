/**
 * Brings the editor's document to what the text says with the smallest steps that
 * do it, so that the caret, the undo history and the browser's own state stay where
 * nothing changed.
 */
import { Fragment, type Node, Slice } from "prosemirror-model";
import { ReplaceStep, type Transform } from "prosemirror-transform";

/** Adds the steps to `transform` after which its document equals `want`. */
export function reconcile<T extends Transform>(transform: T, want: Node): T {
  const have = transform.doc;
  const before = equalBlocks(have, want, 0, (node, i) => node.child(i));
  const after = equalBlocks(have, want, before, (node, i) => node.child(node.childCount - 1 - i));
  const starts = blockStarts(have);
  const haveEnd = have.childCount - after;
  const wantEnd = want.childCount - after;
  if (haveEnd === wantEnd) {
    // From the end, so that the starts of the blocks still to come stay right.
    for (let index = haveEnd - 1; index >= before; index -= 1) {
      reconcileBlock(transform, starts[index] ?? 0, want.child(index));
    }
    return transform;
  }
  // Whole blocks that came or went need no step into a block beside them.
  const wholeBlocks = haveEnd === before || wantEnd === before;
  const inside = wholeBlocks ? null : differingRange(have, want);
  if (inside !== null) return transform.step(inside) as T;
  const blocks = Array.from({ length: wantEnd - before }, (_, i) => want.child(before + i));
  return transform.replaceWith(
    starts[before] ?? have.content.size,
    starts[haveEnd] ?? have.content.size,
    Fragment.fromArray(blocks),
  ) as T;
}

/** How many blocks are equal, counted by `at` from one of the two ends. */
function equalBlocks(
  have: Node,
  want: Node,
  taken: number,
  at: (node: Node, index: number) => Node,
): number {
  const most = Math.min(have.childCount, want.childCount) - taken;
  let count = 0;
  while (count < most && at(have, count).eq(at(want, count))) count += 1;
  return count;
}

function blockStarts(doc: Node): number[] {
  const starts: number[] = [];
  doc.forEach((_block, offset) => starts.push(offset));
  return starts;
}

function reconcileBlock(transform: Transform, position: number, want: Node): void {
  const have = transform.doc.nodeAt(position);
  if (have === null || have.eq(want)) return;
  if (!have.sameMarkup(want)) transform.setNodeMarkup(position, want.type, want.attrs);
  const range = difference(have, want);
  if (range === null) return;
  const content = want.slice(range.start, range.wantEnd);
  const inside = position + 1;
  transform.step(new ReplaceStep(inside + range.start, inside + range.haveEnd, content));
}

/**
 * One step over the range in which two documents differ, when its ends fit
 * together: a block that somebody split or joined, for example.
 */
function differingRange(have: Node, want: Node): ReplaceStep | null {
  const range = difference(have, want);
  if (range === null) return null;
  const slice: Slice = want.slice(range.start, range.wantEnd);
  const step = new ReplaceStep(range.start, range.haveEnd, slice);
  return step.apply(have).doc?.eq(want) === true ? step : null;
}

function difference(
  have: Node,
  want: Node,
): { start: number; haveEnd: number; wantEnd: number } | null {
  const start = have.content.findDiffStart(want.content);
  const end = have.content.findDiffEnd(want.content);
  if (start === null || end === null) return null;
  // In "aa" against "aaa" the equal ends overlap; the surplus belongs to the difference.
  const overlap = Math.max(0, start - Math.min(end.a, end.b));
  return { start, haveEnd: end.a + overlap, wantEnd: end.b + overlap };
}
