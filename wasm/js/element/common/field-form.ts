/** Small templates and readings that all forms share. */
import { html, nothing, type TemplateResult } from "lit";
import type { Desk, Problem } from "./desk.js";
import { strings } from "./strings.js";

/** The fields of a form that was sent, as trimmed text. */
export function fieldsOfForm(event: SubmitEvent): (name: string) => string {
  event.preventDefault();
  const data = new FormData(event.target as HTMLFormElement);
  return (name) => String(data.get(name) ?? "").trim();
}

/** What was typed into a form, to be kept as a draft. */
export function draftOfForm(form: HTMLFormElement): string {
  return JSON.stringify([...new FormData(form)]);
}

/** Puts a draft of {@link draftOfForm} back into its form. */
export function restoreForm(form: HTMLFormElement, draft: string | undefined): void {
  for (const [name, value] of draft ? (JSON.parse(draft) as [string, string][]) : []) {
    const field = form.elements.namedItem(name);
    if (field instanceof HTMLInputElement && field.type === "checkbox") field.checked = true;
    else if (field && "value" in field) field.value = value;
  }
}

/** The sentence of a refusal, beside the field it names. */
export function fieldError(problem: Problem | undefined, field: string): unknown {
  if (problem?.field !== field) return nothing;
  return html`<p class="field-error" role="alert">${problem.message}</p>`;
}

/** The sentence of a refusal that none of the form's fields shows. */
export function formError(problem: Problem | undefined, fields: string[]): unknown {
  if (!problem || (problem.field && fields.includes(problem.field))) return nothing;
  return html`<p class="field-error wide" role="alert">${problem.message}</p>`;
}

/** Options of a select from a table of words. */
export function options(words: Record<string, string>, selected?: string): TemplateResult[] {
  return Object.entries(words).map(
    ([value, text]) =>
      html`<option value=${value} ?selected=${value === selected}>${text}</option>`,
  );
}

/** Everybody a task can be for: nobody, members, teams. */
export function assigneeOptions(desk: Desk, selected: string | undefined): TemplateResult {
  const option = (value: string, text: string): TemplateResult =>
    html`<option value=${value} ?selected=${value === (selected ?? "")}>${text}</option>`;
  return html`
    ${option("", strings.nobody)}
    <optgroup label=${strings.task.members}>
      ${desk.people.map(({ id, name }) => option(`member:${id}`, name))}
    </optgroup>
    <optgroup label=${strings.task.teams}>
      ${desk.teams.map((team) => option(`team:${team}`, strings.task.team(desk.teamName(team))))}
    </optgroup>
  `;
}

/** A handler of keys that closes what they are pressed in on Escape, and nothing around it. */
export function onEscape(close: () => void): (event: KeyboardEvent) => void {
  return (event) => {
    if (event.key !== "Escape") return;
    event.stopPropagation();
    close();
  };
}

/** Sends the form around a text field on Ctrl or ⌘ and Enter. */
export function submitOnEnter(event: KeyboardEvent): void {
  if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
  event.preventDefault();
  (event.currentTarget as HTMLElement).closest("form")?.requestSubmit();
}
