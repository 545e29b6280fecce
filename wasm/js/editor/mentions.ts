/** Naming a colleague: `@` and the beginning of a name open a list to choose from. */
import {
  type EditorState,
  Plugin,
  PluginKey,
  type PluginView,
  type Transaction,
} from "prosemirror-state";
import type { EditorView } from "prosemirror-view";
import { REMOTE } from "./binding.js";
import { schema } from "./schema.js";

/** Somebody who can be mentioned. */
export interface MentionMember {
  id: string;
  name: string;
}

/** The members whose names fit what was typed after the `@`, the likeliest first. */
export type MentionSource = (query: string) => readonly MentionMember[];

/** The choice on offer, or `null` when no mention is being typed. */
interface MentionState {
  /** The position of the `@`. */
  from: number;
  members: readonly MentionMember[];
  /** Which of them Enter takes. */
  selected: number;
  /** Escape closes the list for this one `@`. */
  dismissed: boolean;
}

type MentionAction = { select: number } | "dismiss";

/** More would not fit a small panel; who is not among them is found by typing on. */
const MAX_MEMBERS = 8;

/** The `@` that begins a word, and the part of a name after it. */
const TYPED = /(?:^|[\s(\ufffc])@([\p{L}\p{M}\p{N}._'-]{0,30})$/u;

const key = new PluginKey<MentionState | null>("threadline-mentions");

let menus = 0;

/** The plugin that offers members and inserts the chosen one. */
export function mentions(source: MentionSource): Plugin<MentionState | null> {
  menus += 1;
  const id = `threadline-mentions-${menus}`;
  return new Plugin<MentionState | null>({
    key,
    state: {
      init: () => null,
      apply: (transaction, before, _old, state) => next(source, transaction, before, state),
    },
    props: {
      handleKeyDown,
      handleDOMEvents: {
        blur(view) {
          if (openMenu(view.state) !== null) view.dispatch(act(view.state, "dismiss"));
        },
      },
      attributes: (state): Record<string, string> => {
        const open = openMenu(state);
        if (open === null) return {};
        return { "aria-controls": id, "aria-activedescendant": `${id}-${open.selected}` };
      },
    },
    view: (view) => new MentionMenu(view, id),
  });
}

function next(
  source: MentionSource,
  transaction: Transaction,
  before: MentionState | null,
  state: EditorState,
): MentionState | null {
  const typed = typedMention(state);
  // Only one's own typing opens the list; to walk over an old "@" or to read another's does not.
  const isOwn = transaction.docChanged && transaction.getMeta(REMOTE) === undefined;
  if (typed === null || (before === null && !isOwn)) return null;
  const same = before !== null && transaction.mapping.map(before.from) === typed.from;
  const action: MentionAction | undefined = transaction.getMeta(key);
  const members = source(typed.query).slice(0, MAX_MEMBERS);
  const selected = typeof action === "object" ? action.select : same ? before.selected : 0;
  return {
    from: typed.from,
    members,
    selected: Math.max(0, Math.min(selected, members.length - 1)),
    dismissed: action === "dismiss" || (same && before.dismissed),
  };
}

function typedMention({ selection, doc }: EditorState): { from: number; query: string } | null {
  const { $from, empty } = selection;
  if (!empty || $from.parent.type.spec.code) return null;
  const text = $from.parent.textBetween(
    Math.max(0, $from.parentOffset - 40),
    $from.parentOffset,
    "",
    "\ufffc",
  );
  const query = TYPED.exec(text)?.[1];
  if (query === undefined) return null;
  const from = $from.pos - query.length - 1;
  const { mention, code } = schema.marks;
  if ([mention, code].some((mark) => doc.rangeHasMark(from, $from.pos, mark))) return null;
  return { from, query };
}

function openMenu(state: EditorState): MentionState | null {
  const mention = key.getState(state) ?? null;
  return mention === null || mention.dismissed || mention.members.length === 0 ? null : mention;
}

function act(state: EditorState, action: MentionAction): Transaction {
  return state.tr.setMeta(key, action);
}

function handleKeyDown(view: EditorView, event: KeyboardEvent): boolean {
  const open = openMenu(view.state);
  if (open === null || event.isComposing) return false;
  const done = (action: MentionAction): true => {
    view.dispatch(act(view.state, action));
    return true;
  };
  const count = open.members.length;
  switch (event.key) {
    case "ArrowDown":
      return done({ select: (open.selected + 1) % count });
    case "ArrowUp":
      return done({ select: (open.selected + count - 1) % count });
    case "Escape":
      // The Escape that closes the list does not also leave the note.
      event.stopPropagation();
      return done("dismiss");
    case "Enter":
    case "Tab": {
      if (event.ctrlKey || event.metaKey || event.shiftKey) return false;
      const member = open.members[open.selected];
      if (member !== undefined) insertMention(view, open, member);
      return true;
    }
    default:
      return false;
  }
}

function insertMention(
  view: EditorView,
  { from }: MentionState,
  { id, name }: MentionMember,
): void {
  const mark = schema.mark("mention", { member: id });
  const inserted = [schema.text(`@${name}`, [mark]), schema.text(" ")];
  const { tr, selection } = view.state;
  view.dispatch(tr.replaceWith(from, selection.to, inserted).scrollIntoView());
  view.focus();
}

/** Draws the list at the `@`, in the top layer: what scrolls around the note would cut it off. */
class MentionMenu implements PluginView {
  readonly #list: HTMLElement;
  readonly #id: string;

  constructor(view: EditorView, id: string) {
    this.#id = id;
    this.#list = view.dom.ownerDocument.createElement("div");
    this.#list.className = "mention-menu";
    this.#list.id = id;
    this.#list.setAttribute("role", "listbox");
    this.#list.setAttribute("part", "mention-menu");
    this.#list.setAttribute("aria-label", "Members");
    this.#list.popover = "manual";
    view.dom.parentNode?.append(this.#list);
  }

  update(view: EditorView, before: EditorState): void {
    const open = openMenu(view.state);
    if (open === openMenu(before)) return;
    if (open === null) {
      this.#list.hidePopover();
      this.#list.replaceChildren();
      return;
    }
    this.#list.replaceChildren(
      ...open.members.map((member, index) => this.#option(view, open, member, index)),
    );
    if (openMenu(before) === null) this.#list.showPopover();
    const at = view.coordsAtPos(open.from);
    const { height } = this.#list.getBoundingClientRect();
    const below = at.bottom + height <= view.dom.ownerDocument.documentElement.clientHeight;
    this.#list.style.setProperty("left", `${at.left}px`);
    this.#list.style.setProperty("top", `${below ? at.bottom : at.top - height}px`);
  }

  destroy(): void {
    this.#list.remove();
  }

  #option(view: EditorView, open: MentionState, member: MentionMember, index: number): HTMLElement {
    const option = view.dom.ownerDocument.createElement("div");
    option.id = `${this.#id}-${index}`;
    option.className = "mention-option";
    option.setAttribute("role", "option");
    option.setAttribute("aria-selected", String(index === open.selected));
    option.dir = "auto";
    option.textContent = member.name;
    option.addEventListener("mousedown", (event) => {
      // The editor keeps its focus and its selection.
      event.preventDefault();
      insertMention(view, open, member);
    });
    return option;
  }
}
