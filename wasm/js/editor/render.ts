/** A note as it is read: the same document as in the editor, with real lists. */
import { DOMSerializer } from "prosemirror-model";
import type { Span } from "./rich-text.js";
import { indentOf, isListItem, schema } from "./schema.js";
import { docFromSpans } from "./spans.js";

const serializer = DOMSerializer.fromSchema(schema);

/**
 * The elements that show a note which nobody is editing. Nodes are created one by
 * one and text stays text, so no content of a note can become markup. The style
 * sheet draws them inside an element of the class `note-text`.
 */
export function renderSpans(
  spans: readonly Span[],
  document = globalThis.document,
): DocumentFragment {
  const fragment = document.createDocumentFragment();
  const lists = new Lists(fragment, document);
  docFromSpans(spans).forEach((block) => {
    if (isListItem(block)) {
      const tag = block.type.name === "ordered-list-item" ? "ol" : "ul";
      const item = lists.item(tag, indentOf(block));
      item.append(serializer.serializeFragment(block.content, { document }));
    } else {
      lists.end();
      fragment.append(serializer.serializeNode(block, { document }));
    }
  });
  return fragment;
}

/** Builds nested lists from items that only know their depth. */
class Lists {
  readonly #root: DocumentFragment;
  readonly #document: Document;
  /** The list that is open at each depth. */
  #open: HTMLElement[] = [];

  constructor(root: DocumentFragment, document: Document) {
    this.#root = root;
    this.#document = document;
  }

  /** A new item at this depth of the current list. */
  item(tag: "ol" | "ul", depth: number): HTMLElement {
    this.#open.length = Math.min(this.#open.length, depth + 1);
    if (this.#open[depth] !== undefined && this.#open[depth].localName !== tag) this.#open.pop();
    while (this.#open.length <= depth) this.#begin(tag);
    const item = this.#document.createElement("li");
    item.dir = "auto";
    this.#open[depth]?.append(item);
    return item;
  }

  /** Closes the current list. */
  end(): void {
    this.#open = [];
  }

  #begin(tag: "ol" | "ul"): void {
    const list = this.#document.createElement(tag);
    const around = this.#open.at(-1);
    if (around === undefined) {
      this.#root.append(list);
    } else {
      if (around.lastElementChild === null) {
        // An item may be deeper than any before it; the levels between have none of their own.
        const gap = this.#document.createElement("li");
        gap.className = "gap";
        around.append(gap);
      }
      around.lastElementChild?.append(list);
    }
    this.#open.push(list);
  }
}
