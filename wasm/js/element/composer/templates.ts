/** Templates in the reply: what is asked for by `/`, and what one still lacks. */
import type { Channel, Template } from "../common/types.js";

/** A `/` and the letters after it, up to the caret. */
export interface Slash {
  /** Where the `/` stands, in UTF-16 code units. */
  from: number;
  to: number;
  /** The letters after it. */
  search: string;
}

const PLACEHOLDER = /\{\{[^{}]*\}\}/g;

/** The `/` that is being typed: at the beginning or after white space, with no space behind it. */
export function slashAt(text: string, caret: number): Slash | undefined {
  const match = /(?:^|\s)\/(\S*)$/.exec(text.slice(0, caret));
  if (!match) return undefined;
  const search = match[1] ?? "";
  return { from: caret - search.length - 1, to: caret, search };
}

/** Templates for a channel whose name has the letters, those of the language first. */
export function templatesFor(
  templates: Template[],
  channel: Channel,
  search: string,
  language: string,
): Template[] {
  const wanted = search.toLocaleLowerCase();
  const rank = (each: Template): number => (each.language && speaks(each, language) ? 0 : 1);
  return templates
    .filter((each) => !each.channel || each.channel === channel)
    .filter(({ name }) => name.toLocaleLowerCase().includes(wanted))
    .sort((a, b) => rank(a) - rank(b) || a.name.localeCompare(b.name));
}

function speaks(template: Template, language: string): boolean {
  return template.language.split("-")[0] === language.split("-")[0];
}

/** The placeholders that nobody filled in, each once. */
export function missingIn(text: string): string[] {
  return [...new Set(text.match(PLACEHOLDER) ?? [])];
}
