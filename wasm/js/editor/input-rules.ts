/** What turns into formatting as one types it, in the manner of Markdown. Backspace takes it back. */
import { InputRule, inputRules, textblockTypeInputRule } from "prosemirror-inputrules";
import type { MarkType } from "prosemirror-model";
import type { Plugin } from "prosemirror-state";
import { completeHref, isSafeHref, schema } from "./schema.js";

const { nodes, marks } = schema;

/** A rule that marks the text which the pattern's only group matches, and drops what stands around it. */
function markRule(pattern: RegExp, type: MarkType): InputRule {
  return new InputRule(pattern, (state, match, start, end) => {
    const [whole, opened = "", text = ""] = match;
    // What precedes the opening sign, a space for example, belongs to the match but stays.
    const from = start + whole.indexOf(opened + text);
    return state.tr
      .insertText(text, from, end)
      .addMark(from, from + text.length, type.create())
      .removeStoredMark(type);
  });
}

/** `[text](address)`; an address that nothing may link to stays as it was typed. */
const linkRule = new InputRule(/\[([^[\]\n]+)\]\(([^()\s]+)\)$/, (state, match, start, end) => {
  const [, text = "", address = ""] = match;
  const href = completeHref(address);
  if (!isSafeHref(href)) return null;
  return state.tr
    .insertText(text, start, end)
    .addMark(start, start + text.length, marks.link.create({ href }))
    .removeStoredMark(marks.link);
});

/** The rules as a plugin. */
export function markdownRules(): Plugin {
  return inputRules({
    rules: [
      textblockTypeInputRule(/^(#{1,3}) $/, nodes.heading, (match) => ({
        level: match[1]?.length ?? 1,
      })),
      textblockTypeInputRule(/^[-+*] $/, nodes["unordered-list-item"]),
      textblockTypeInputRule(/^\d{1,9}[.)] $/, nodes["ordered-list-item"]),
      textblockTypeInputRule(/^> $/, nodes.blockquote),
      textblockTypeInputRule(/^```$/, nodes["code-block"]),
      markRule(/(?:^|\s)(\*\*)([^*\s](?:[^*]*[^*\s])?)\*\*$/, marks.strong),
      markRule(/(?:^|\s)(\*)([^*\s](?:[^*]*[^*\s])?)\*$/, marks.em),
      markRule(/(?:^|\s)(_)([^_\s](?:[^_]*[^_\s])?)_$/, marks.em),
      markRule(/(?:^|\s)(`)([^`]+)`$/, marks.code),
      linkRule,
    ],
  });
}
