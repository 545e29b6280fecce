/** A hint in an empty note. */
import { Plugin } from "prosemirror-state";
import { Decoration, DecorationSet } from "prosemirror-view";

/** The plugin that shows `hint` until something is typed; the style sheet draws it. */
export function placeholder(hint: string): Plugin {
  return new Plugin({
    props: {
      decorations({ doc }) {
        const block = doc.firstChild;
        if (doc.childCount !== 1 || block === null || block.content.size > 0) return null;
        const attrs = { class: "placeholder", "data-placeholder": hint };
        return DecorationSet.create(doc, [Decoration.node(0, block.nodeSize, attrs)]);
      },
    },
  });
}
