/**
 * The contract between the note editor and whatever holds the note's text.
 *
 * In the product the wasm core implements it over one Automerge text; the tests
 * also run the editor over plain memory. Every index counts UTF-16 code units,
 * and a block marker counts as one.
 */

/**
 * The value of a mark: `true` for `strong`, `em` and `code`; a JSON string for
 * `link` (`{"href": …, "title"?: …}`) and for a mention (`{"member": …}`).
 * `null` means that the mark is absent. A number is another tool's mark.
 */
export type MarkValue = string | number | boolean | null;

/** A block marker, in the shape of Automerge's public rich text schema. */
export interface Block {
  /** For example `paragraph` or `unordered-list-item`. */
  type: string;
  /** The types of the blocks around this one, outermost first. */
  parents: string[];
  /** For example `{ level: 2 }` for a heading. */
  attrs: Record<string, MarkValue>;
  /** True for a marker that stands inside a line, such as an image. */
  isEmbed: boolean;
}

/** A run of text with the same marks, or one block marker. */
export type Span =
  | { type: "text"; value: string; marks?: Record<string, MarkValue> }
  | { type: "block"; value: Block };

/** On which sides of a mark newly typed text joins it. */
export type Expand = "none" | "before" | "after" | "both";

/** One change of the text. A list of them applies in order, each to the result of the one before. */
export type TextEdit =
  | { op: "splice"; at: number; delete: number; insert: string }
  | { op: "mark"; start: number; end: number; name: string; value: MarkValue; expand: Expand }
  | { op: "unmark"; start: number; end: number; name: string; expand: Expand }
  /** Makes the whole text equal to `spans`; new marks expand as {@link expandOf} says. */
  | { op: "update_spans"; spans: Span[] };

/** A text with marks and blocks that several people may edit at once. */
export interface RichText {
  /** The text as it is now, with the open draft. */
  spans(): Span[];
  /**
   * Applies the edits to the open draft at once.
   * @throws a typed refusal, after which none of the edits has happened.
   */
  edit(edits: TextEdit[]): void;
  /** Closes the draft: it becomes one Automerge change. Does nothing when there is none. */
  commit(): void;
  /**
   * A name for the place before the character at index `at` that survives
   * everybody's edits. An index past the end names the end.
   */
  cursor(at: number): string;
  /** The index a cursor stands at now, or `null` for a cursor this text does not know. */
  position(cursor: string): number | null;
}

/** The name of the mention mark; the prefix keeps other tools of the schema from misreading it. */
export const MENTION_MARK = "__ext__threadline_mention";

/** How a mark of this name grows: formatting goes on as one types, links and mentions do not. */
export function expandOf(name: string): Expand {
  return name === "strong" || name === "em" || name === "code" ? "after" : "none";
}
