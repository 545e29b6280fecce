/**
 * What a step of the editor means for the text.
 *
 * Typing, deleting and formatting become edits of just that place, which merge
 * well with what others do at the same time. Everything else (splitting a block,
 * changing its type, pasting several) becomes `update_spans`, which finds the
 * difference itself.
 */
import type { Node } from "prosemirror-model";
import { AddMarkStep, RemoveMarkStep, ReplaceStep, type Step } from "prosemirror-transform";
import { codePointBoundary, graphemeBoundary, snap } from "./graphemes.js";
import { toIndex } from "./positions.js";
import { expandOf, type TextEdit } from "./rich-text.js";
import { spansFromDoc, writeMark } from "./spans.js";

/** The edits that do to the text what `step` does to `before`, but for the marks of new text. */
export function editsForStep(step: Step, before: Node): TextEdit[] {
  if (step instanceof ReplaceStep) return replaceEdits(step, before);
  if (step instanceof AddMarkStep || step instanceof RemoveMarkStep) return markEdits(step, before);
  return [updateSpans(step, before)];
}

function replaceEdits(step: ReplaceStep, before: Node): TextEdit[] {
  const $from = before.resolve(step.from);
  const $to = before.resolve(step.to);
  const { content, openStart, openEnd } = step.slice;
  if (content.size === 0) {
    // The markers in the range go with the text, which joins the blocks around it.
    return spliceEdits(toIndex(before, step.from), toIndex(before, step.to), "");
  }
  const closed = openStart === 0 && openEnd === 0;
  const onlyText = content.content.every((node) => node.isText);
  if (closed && onlyText && $from.parent.isTextblock && $from.sameParent($to)) {
    const from = snap($from, codePointBoundary, "before");
    const to = snap($to, codePointBoundary, "after");
    const insert =
      before.textBetween(from, step.from) +
      content.textBetween(0, content.size) +
      before.textBetween(step.to, to);
    return spliceEdits(toIndex(before, from), toIndex(before, to), insert);
  }
  // `update_spans` compares whole graphemes but deletes single code points, so what
  // goes is deleted beforehand, and no grapheme is left cut for it to find.
  const from = snap($from, graphemeBoundary, "before");
  const to = snap($to, graphemeBoundary, "after");
  return [
    ...spliceEdits(toIndex(before, from), toIndex(before, to), ""),
    updateSpans(step, before),
  ];
}

function spliceEdits(start: number, end: number, insert: string): TextEdit[] {
  if (start === end && insert === "") return [];
  return [{ op: "splice", at: start, delete: end - start, insert }];
}

function markEdits(step: AddMarkStep | RemoveMarkStep, before: Node): TextEdit[] {
  const edits: TextEdit[] = [];
  const [name, value] = writeMark(step.mark);
  const expand = expandOf(name);
  before.nodesBetween(step.from, step.to, (block, position) => {
    if (!block.isTextblock) return true;
    // One edit for each block: a mark over a marker would reach into a block made there later.
    const from = Math.max(position + 1, step.from);
    const to = Math.min(position + 1 + block.content.size, step.to);
    if (from < to) {
      const range = { start: toIndex(before, from), end: toIndex(before, to), name, expand };
      edits.push(
        step instanceof AddMarkStep ? { op: "mark", ...range, value } : { op: "unmark", ...range },
      );
    }
    return false;
  });
  return edits;
}

function updateSpans(step: Step, before: Node): TextEdit {
  const after = step.apply(before).doc;
  if (after === null) throw new RangeError("a step was recorded that does not apply");
  return { op: "update_spans", spans: spansFromDoc(after) };
}
