/** How the entries of a workspace's lists read: purposes, types, tags, stages. */
import { html, type TemplateResult } from "lit";
import { word } from "./strings.js";
import type { Choice } from "./types.js";

type BuiltIn = Readonly<Record<string, string>>;

/** The entry's own name; for one that everybody has from the start, the word of the language. */
export function choiceName({ id, name }: Choice, builtIn: BuiltIn): string {
  return name || word(builtIn, id);
}

/** What a document names by its id, also when the list does not have it any more. */
export function choiceText(choices: readonly Choice[], id: string, builtIn: BuiltIn): string {
  const choice = choices.find((each) => each.id === id);
  return choice ? choiceName(choice, builtIn) : word(builtIn, id);
}

/** What can be chosen: what is offered, and what is chosen already. */
export function offered(choices: readonly Choice[], selected: string): Choice[] {
  return choices.filter(({ id, archived }) => !archived || id === selected);
}

/** Options of a select: what is offered, and what is chosen even when it is offered no longer. */
export function choiceOptions(
  choices: readonly Choice[],
  selected: string,
  builtIn: BuiltIn,
): TemplateResult[] {
  const shown = offered(choices, selected);
  const gone = selected !== "" && !shown.some(({ id }) => id === selected);
  const option = (id: string): TemplateResult =>
    html`<option value=${id} ?selected=${id === selected}>
      ${choiceText(choices, id, builtIn)}
    </option>`;
  return [...shown.map(({ id }) => option(id)), ...(gone ? [option(selected)] : [])];
}
