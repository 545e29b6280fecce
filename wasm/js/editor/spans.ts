/**
 * Between a note's spans and the editor's document. Reading is total: any list of
 * spans gives a valid document, and what the schema does not understand is kept as
 * it is, so that writing the document back does not lose it.
 */
import { Fragment, type Mark, type Node } from "prosemirror-model";
import { type Block, MENTION_MARK, type MarkValue, type Span } from "./rich-text.js";
import { isSafeHref, KNOWN_BLOCKS, schema } from "./schema.js";

/**
 * The document that a list of spans shows. Text before the first block marker
 * gets a paragraph of its own, and so does an empty list.
 */
export function docFromSpans(spans: readonly Span[]): Node {
  const blocks: { empty: Node; inline: Node[] }[] = [];
  const last = (): Node[] => {
    let block = blocks.at(-1);
    if (block === undefined) {
      block = { empty: schema.node("paragraph"), inline: [] };
      blocks.push(block);
    }
    return block.inline;
  };
  for (const span of spans) {
    if (span.type === "text") {
      if (span.value !== "") last().push(schema.text(span.value, readMarks(span.marks)));
    } else if (span.value.isEmbed === true) {
      last().push(readEmbed(span.value));
    } else {
      blocks.push({ empty: readBlock(span.value), inline: [] });
    }
  }
  last();
  return schema.node(
    "doc",
    null,
    blocks.map(({ empty, inline }) => empty.copy(Fragment.fromArray(inline))),
  );
}

/** The spans that show as this document: one block marker before each block's text. */
export function spansFromDoc(doc: Node): Span[] {
  const spans: Span[] = [];
  doc.forEach((block) => {
    spans.push({ type: "block", value: writeBlock(block) });
    block.forEach((inline) => {
      if (!inline.isText) {
        spans.push({ type: "block", value: writeBlock(inline) });
        return;
      }
      const value = inline.text ?? "";
      spans.push(
        inline.marks.length === 0
          ? { type: "text", value }
          : { type: "text", value, marks: writeMarks(inline.marks) },
      );
    });
  });
  return spans;
}

/** Whether the text begins with a block marker, as every text this editor writes does. */
export function beginsWithBlock(spans: readonly Span[]): boolean {
  const first = spans[0];
  return first?.type === "block" && first.value.isEmbed !== true;
}

/** The name and the value a mark has in the text. */
export function writeMark(mark: Mark): [name: string, value: MarkValue] {
  const attrs = mark.attrs;
  switch (mark.type.name) {
    case "link":
      return ["link", JSON.stringify({ href: attrs.href, title: attrs.title ?? undefined })];
    case "mention":
      // The bare id, as the core reads it to know whom a note calls.
      return [MENTION_MARK, String(attrs.member)];
    case "foreign_mark":
      return [String(attrs.name), attrs.value as MarkValue];
    default:
      return [mark.type.name, true];
  }
}

function writeMarks(marks: readonly Mark[]): Record<string, MarkValue> {
  // A mark the editor understands wins over an opaque one of the same name.
  const opaqueFirst = [...marks].sort(
    (a, b) => Number(b.type.name === "foreign_mark") - Number(a.type.name === "foreign_mark"),
  );
  return Object.fromEntries(opaqueFirst.map(writeMark));
}

function readMarks(marks: Record<string, MarkValue> | undefined): Mark[] {
  // Sorted, because the order of equal opaque marks decides whether two documents are equal.
  return Object.entries(marks ?? {})
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([name, value]) => (value === null ? [] : [readMark(name, value)]));
}

function readMark(name: string, value: string | number | boolean): Mark {
  switch (name) {
    case "strong":
    case "em":
    case "code":
      if (value === true) return schema.mark(name);
      break;
    case "link": {
      const { href, title } = parseObject(value);
      if (typeof href === "string" && isSafeHref(href)) {
        return schema.mark("link", { href, title: typeof title === "string" ? title : null });
      }
      break;
    }
    case MENTION_MARK: {
      if (typeof value !== "string") break;
      // Notes of an earlier version hold it as JSON.
      const member = value.startsWith("{") ? parseObject(value).member : value;
      if (typeof member === "string") return schema.mark("mention", { member });
      break;
    }
  }
  return schema.mark("foreign_mark", { name, value });
}

function parseObject(json: string | number | boolean): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(String(json));
    return typeof value === "object" && value !== null ? { ...value } : {};
  } catch {
    return {};
  }
}

function readBlock(value: Block): Node {
  const parents = readParents(value);
  const { level, ...withoutLevel } = value.attrs ?? {};
  if (value.type === "heading") {
    const drawable = typeof level === "number" && [1, 2, 3, 4, 5, 6].includes(level);
    if (drawable) return schema.node("heading", { level, parents, rest: withoutLevel });
  } else if (KNOWN_BLOCKS.has(value.type)) {
    return schema.node(value.type, { parents, rest: value.attrs ?? {} });
  }
  return schema.node("foreign_block", {
    type: String(value.type),
    parents,
    rest: value.attrs ?? {},
  });
}

function readEmbed(value: Block): Node {
  return schema.node("embed", {
    type: String(value.type),
    parents: readParents(value),
    rest: value.attrs ?? {},
  });
}

function readParents(value: Block): string[] {
  return Array.isArray(value.parents) ? value.parents.map(String) : [];
}

function writeBlock(node: Node): Block {
  const { parents, rest, level, type } = node.attrs;
  return {
    type: typeof type === "string" ? type : node.type.name,
    parents: parents as string[],
    attrs: level === undefined ? rest : { ...rest, level },
    isEmbed: !node.isTextblock,
  };
}
