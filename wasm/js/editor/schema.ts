/**
 * The editor's schema: flat blocks, one Automerge block marker for each.
 *
 * Block types carry the names of Automerge's public rich text schema. What the
 * schema does not know stays in opaque nodes and marks (`foreign_block`, `embed`,
 * `foreign_mark`), so that an edit here does not destroy another tool's content.
 * No node restricts its marks, and no mark excludes another: any list of spans is
 * a valid document.
 */
import {
  type Attrs,
  type DOMOutputSpec,
  type MarkSpec,
  type Node,
  type NodeSpec,
  Schema,
} from "prosemirror-model";

/** The deepest indent that is drawn; deeper blocks keep their depth in the document. */
export const MAX_DRAWN_INDENT = 6;

const LINK_PROTOCOLS = new Set(["http:", "https:", "mailto:", "tel:"]);

/** Whether a link may point there. Relative addresses may; `javascript:` and `data:` may not. */
export function isSafeHref(href: string): boolean {
  try {
    // The parser itself ignores the tabs and newlines that hide a protocol from a pattern.
    return LINK_PROTOCOLS.has(new URL(href, "https://relative.invalid/").protocol);
  } catch {
    return false;
  }
}

/** An address as a person types it: without a protocol it is one of the web. */
export function completeHref(typed: string): string {
  return /^([a-z][a-z\d+-]*:|[/#?])/i.test(typed) ? typed : `https://${typed}`;
}

/**
 * A block of text. `parents` and `rest` hold what the marker says besides: the
 * blocks around it, and attributes that only another tool understands.
 */
function textblock(spec: NodeSpec): NodeSpec {
  return {
    group: "block",
    content: "inline*",
    // Line breaks inside a block are newline characters, which must survive the
    // reading of a change from the DOM.
    whitespace: "pre",
    ...spec,
    attrs: { parents: { default: [] }, rest: { default: {} }, ...spec.attrs },
  };
}

function listItem(kind: "unordered" | "ordered", listTag: "UL" | "OL"): NodeSpec {
  const type = `${kind}-list-item`;
  const nested = (depth: number): Attrs => ({
    parents: Array.from({ length: depth }, () => type),
  });
  return textblock({
    defining: true,
    parseDOM: [
      {
        tag: `div[data-list=${kind}]`,
        getAttrs: (dom) => nested(Number(dom.dataset.indent ?? 0)),
      },
      {
        tag: "li",
        getAttrs: (dom) => {
          let depth = -1;
          for (let at = dom.parentElement; at !== null; at = at.parentElement) {
            if (at.nodeName === "UL" || at.nodeName === "OL") depth += 1;
          }
          const own = dom.closest("ul, ol")?.nodeName ?? "UL";
          return own === listTag ? nested(Math.max(0, depth)) : false;
        },
      },
    ],
    toDOM: (node): DOMOutputSpec => [
      "div",
      { class: "list-item", "data-list": kind, "data-indent": indentOf(node), dir: "auto" },
      0,
    ],
  });
}

const nodes = {
  doc: { content: "block+" },
  paragraph: textblock({
    parseDOM: [
      // The line of a list item or a quotation is that block itself, not a paragraph in it.
      { tag: "li > p:first-child", skip: true, priority: 60 },
      { tag: "p" },
    ],
    toDOM: () => ["p", { dir: "auto" }, 0],
  }),
  heading: textblock({
    attrs: { level: { default: 1, validate: "number" } },
    defining: true,
    parseDOM: [1, 2, 3, 4, 5, 6].map((level) => ({
      tag: `h${level}`,
      attrs: { level: Math.min(level, 3) },
    })),
    toDOM: (node) => [`h${String(node.attrs.level)}`, { dir: "auto" }, 0],
  }),
  blockquote: textblock({
    defining: true,
    parseDOM: [
      { tag: "blockquote > p", priority: 60 },
      { tag: "blockquote", getAttrs: (dom) => (dom.querySelector("p") === null ? null : false) },
    ],
    toDOM: () => ["blockquote", { dir: "auto" }, 0],
  }),
  "code-block": textblock({
    code: true,
    defining: true,
    parseDOM: [{ tag: "pre", preserveWhitespace: "full" }],
    toDOM: () => ["pre", 0],
  }),
  "unordered-list-item": listItem("unordered", "UL"),
  "ordered-list-item": listItem("ordered", "OL"),
  /** A block of a type, or with attributes, that this editor does not know; drawn as a paragraph. */
  foreign_block: textblock({
    attrs: { type: { validate: "string" } },
    toDOM: (node) => ["p", { "data-type": String(node.attrs.type), dir: "auto" }, 0],
  }),
  /** A marker inside a line, such as another tool's image; drawn as a chip with its type. */
  embed: {
    group: "inline",
    inline: true,
    atom: true,
    attrs: { type: { validate: "string" }, parents: { default: [] }, rest: { default: {} } },
    leafText: () => "\ufffc",
    toDOM: (node) => ["span", { class: "embed" }, String(node.attrs.type)],
  },
  text: { group: "inline" },
} satisfies Record<string, NodeSpec>;

const marks = {
  link: {
    attrs: { href: { validate: "string" }, title: { default: null, validate: "string|null" } },
    inclusive: false,
    parseDOM: [
      {
        tag: "a[href]",
        getAttrs: (dom) => {
          const href = dom.getAttribute("href") ?? "";
          return isSafeHref(href) && { href, title: dom.getAttribute("title") };
        },
      },
    ],
    toDOM: (mark) => [
      "a",
      { ...mark.attrs, target: "_blank", rel: "noopener noreferrer nofollow" },
      0,
    ],
  },
  mention: {
    attrs: { member: { validate: "string" } },
    inclusive: false,
    parseDOM: [
      { tag: "span[data-member]", getAttrs: (dom) => ({ member: dom.dataset.member ?? "" }) },
    ],
    toDOM: (mark) => ["span", { class: "mention", "data-member": String(mark.attrs.member) }, 0],
  },
  strong: {
    parseDOM: [
      { tag: "strong" },
      // Google Docs wraps what it copies in a <b> that is not bold.
      { tag: "b", getAttrs: (dom) => dom.style.fontWeight !== "normal" && null },
      { style: "font-weight", getAttrs: (value) => /^(bold(er)?|[5-9]\d{2})$/.test(value) && null },
    ],
    toDOM: () => ["strong", 0],
  },
  em: {
    parseDOM: [{ tag: "em" }, { tag: "i" }, { style: "font-style=italic" }],
    toDOM: () => ["em", 0],
  },
  code: {
    parseDOM: [{ tag: "code", getAttrs: (dom) => dom.closest("pre") === null && null }],
    toDOM: () => ["code", 0],
  },
  /** A mark this editor does not know or does not trust. Several may lie on one text. */
  foreign_mark: {
    attrs: { name: { validate: "string" }, value: { validate: "string|number|boolean" } },
    inclusive: false,
    excludes: "",
    toDOM: () => ["span", 0],
  },
} satisfies Record<string, MarkSpec>;

/** The schema of notes. */
export const schema = new Schema({ nodes, marks });

/** The blocks this editor writes: their node type has the marker's name. */
export const KNOWN_BLOCKS: ReadonlySet<string> = new Set([
  "paragraph",
  "heading",
  "blockquote",
  "code-block",
  "unordered-list-item",
  "ordered-list-item",
]);

/** Whether a node is an item of a list. */
export function isListItem(node: Node): boolean {
  return node.type.name.endsWith("-list-item");
}

/** How far in a block is drawn: one step for each block around it. */
export function indentOf(node: Node): number {
  const parents: unknown = node.attrs.parents;
  return Array.isArray(parents) ? Math.min(parents.length, MAX_DRAWN_INDENT) : 0;
}
