/** The fields that forms are made of, each with its label and, where the core refused it, the reason. */
import { html, nothing, type TemplateResult } from "lit";
import type { Problem } from "./desk.js";
import { fieldError, submitOnEnter } from "./field-form.js";

/** What a field is, beside its name and label. */
export interface FieldOptions {
  value?: string;
  /** Takes the whole width of the form. */
  wide?: boolean;
  hint?: string;
  /** The field's name in the command, where it is another. */
  field?: string;
}

function labelled(
  name: string,
  label: string,
  problem: Problem | undefined,
  { wide, field }: FieldOptions,
  control: TemplateResult,
): TemplateResult {
  return html`<div class=${wide ? "wide" : ""}>
    <label for=${name}>${label}</label>
    ${control} ${fieldError(problem, field ?? name)}
  </div>`;
}

/** A line of text, or with another `type` a day, a time, an address. */
export function lineField(
  name: string,
  label: string,
  problem: Problem | undefined,
  given: FieldOptions & { type?: "text" | "date" | "time" | "url"; list?: string } = {},
): TemplateResult {
  return labelled(
    name,
    label,
    problem,
    given,
    html`<input
      id=${name}
      name=${name}
      type=${given.type ?? "text"}
      dir=${(given.type ?? "text") === "text" ? "auto" : nothing}
      list=${given.list ?? nothing}
      placeholder=${given.hint ?? nothing}
      .value=${given.value ?? ""}
      aria-invalid=${problem !== undefined && problem.field === (given.field ?? name)}
    />`,
  );
}

/** A longer text; Ctrl or ⌘ and Enter sends its form. */
export function textField(
  name: string,
  label: string,
  problem: Problem | undefined,
  given: FieldOptions = {},
): TemplateResult {
  return labelled(
    name,
    label,
    problem,
    { wide: true, ...given },
    html`<textarea
      id=${name}
      name=${name}
      dir="auto"
      rows="3"
      placeholder=${given.hint ?? nothing}
      .value=${given.value ?? ""}
      aria-invalid=${problem !== undefined && problem.field === (given.field ?? name)}
      @keydown=${submitOnEnter}
    ></textarea>`,
  );
}

/** A choice. `options` has the chosen one marked. */
export function selectField(
  name: string,
  label: string,
  problem: Problem | undefined,
  options: unknown,
  given: Pick<FieldOptions, "wide" | "field"> = {},
): TemplateResult {
  return labelled(
    name,
    label,
    problem,
    given,
    html`<select id=${name} name=${name}>
      ${options}
    </select>`,
  );
}

/** Options of a select for a member; the first one is for nobody where `nobody` names it. */
export function memberOptions(
  people: readonly { id: string; name: string }[],
  selected: string | undefined,
  nobody?: string,
): TemplateResult {
  return html`${
    nobody === undefined
      ? nothing
      : html`<option value="" ?selected=${!selected}>${nobody}</option>`
  }
  ${people.map(
    ({ id, name }) => html`<option value=${id} ?selected=${id === selected}>${name}</option>`,
  )}`;
}
