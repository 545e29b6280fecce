/**
 * What a reader sees as one character may be several code points, and one code
 * point may be two code units. A cut through either damages the text.
 */
import type { ResolvedPos } from "prosemirror-model";

const segmenter = new Intl.Segmenter(undefined, { granularity: "grapheme" });

/** Which way to leave the inside of a character. */
export type Side = "before" | "after";

/** The nearest place on that side that does not cut a character as a reader sees it. */
export function graphemeBoundary(text: string, offset: number, side: Side): number {
  const around = segmenter.segment(text).containing(offset);
  if (around === undefined || around.index === offset) return offset;
  return side === "before" ? around.index : around.index + around.segment.length;
}

/** The nearest place on that side that does not cut a surrogate pair. */
export function codePointBoundary(text: string, offset: number, side: Side): number {
  const inside =
    isHighSurrogate(text.charCodeAt(offset - 1)) && isLowSurrogate(text.charCodeAt(offset));
  if (!inside) return offset;
  return side === "before" ? offset - 1 : offset + 1;
}

/** Applies one of the boundaries above to a position of the document. */
export function snap(position: ResolvedPos, boundary: typeof graphemeBoundary, side: Side): number {
  const block = position.parent;
  if (!block.isTextblock) return position.pos;
  // An embedded object has no text of its own; a placeholder of its size keeps the offsets.
  const text = block.textBetween(0, block.content.size, "", "\ufffc");
  return position.start() + boundary(text, position.parentOffset, side);
}

function isHighSurrogate(unit: number): boolean {
  return unit >= 0xd800 && unit < 0xdc00;
}

function isLowSurrogate(unit: number): boolean {
  return unit >= 0xdc00 && unit < 0xe000;
}
