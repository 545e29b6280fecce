/**
 * How pasted HTML is read. Notes keep every space and line break of their own, but
 * a page's source is indented and wrapped for its author, not for its reader.
 */
import { DOMParser, type ParseOptions, type ParseRule, type Slice } from "prosemirror-model";
import { schema } from "./schema.js";

const own = DOMParser.fromSchema(schema);

const foreign = new DOMParser(
  schema,
  own.rules.map((rule: ParseRule): ParseRule =>
    "node" in rule && rule.node !== undefined ? { preserveWhitespace: false, ...rule } : rule,
  ),
);

class ClipboardParser extends DOMParser {
  /** `options` ask to preserve white space for plain text and for what this editor copied. */
  override parseSlice(dom: Node, options: ParseOptions = {}): Slice {
    const exact = options.preserveWhitespace !== undefined && options.preserveWhitespace !== false;
    return exact ? super.parseSlice(dom, options) : foreign.parseSlice(dom, options);
  }
}

/** The parser for what is pasted or dropped. */
export const clipboardParser: DOMParser = new ClipboardParser(schema, own.rules);
