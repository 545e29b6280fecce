/**
 * Between positions of the editor's document and indices of the text.
 *
 * A block costs two positions (its opening and its end) but one index (its
 * marker), so an index is the position minus the number of blocks before it.
 */
import type { Node } from "prosemirror-model";

/** The index of the text at an editor position, inside or between blocks. */
export function toIndex(doc: Node, position: number): number {
  return position - doc.resolve(position).index(0);
}

/**
 * The position inside a block that stands for an index of the text. The place
 * before a marker is the end of the block before; out of range means the nearest end.
 */
export function toPosition(doc: Node, index: number): number {
  let blocks = 0;
  let end = 0;
  for (; blocks < doc.childCount; blocks += 1) {
    end += doc.child(blocks).nodeSize;
    // `end - 1` is the last position inside this block.
    if (index + blocks <= end - 1) return Math.max(1, index + blocks);
  }
  return end - 1;
}
