/** The workspace's own lists of words: purposes, task types, and the like. */
import { html, type TemplateResult } from "lit";
import { word } from "./strings.js";
import type { Choice } from "./types.js";

/** An entry's name: what the workspace calls it, else the built-in word for it. */
export function choiceName(
  choices: readonly Choice[],
  words: Readonly<Record<string, string>>,
  id: string,
): string {
  return choices.find((choice) => choice.id === id)?.name || word(words, id);
}

/** What can be chosen: what is offered, and what is chosen already. */
export function offered(choices: readonly Choice[], selected?: string): Choice[] {
  return choices.filter(({ id, archived }) => !archived || id === selected);
}

/** Options of a select from one of the workspace's lists. */
export function choiceOptions(
  choices: readonly Choice[],
  words: Readonly<Record<string, string>>,
  selected?: string,
): TemplateResult[] {
  return offered(choices, selected).map(
    ({ id }) =>
      html`<option value=${id} ?selected=${id === selected}>
        ${choiceName(choices, words, id)}
      </option>`,
  );
}
