import { html, nothing, type TemplateResult } from "lit";
import { state } from "lit/decorators.js";
import { fieldError, fieldsOfForm, formError, options } from "../common/field-form.js";
import { icon } from "../common/icons.js";
import { strings } from "../common/strings.js";
import type { FieldDefinition, FieldType } from "../common/types.js";
import { settings as words } from "../strings/en/settings.js";
import { base } from "../styles/base.css.js";
import { Section, sectionStyles } from "./section.js";

/** The fields a workspace adds to its contacts. A field's type is chosen once: values are of it. */
export class CustomFields extends Section {
  static override styles = [base, sectionStyles];

  /** The field in the form: its id, or `new`. */
  @state() private editing: string | undefined;
  @state() private type: FieldType = "text";

  protected override render(): unknown {
    const { settings } = this;
    if (!settings) return nothing;
    const { fields } = settings;
    return html`
      ${fields.length === 0 ? html`<p class="hint">${words().noFields}</p>` : nothing}
      <ul class=${fields.length > 0 ? "entries" : ""}>
        ${fields.map((field) =>
          this.editing === field.id
            ? html`<li>${this.renderForm(field, field.position)}</li>`
            : this.renderField(field),
        )}
      </ul>
      ${
        this.readOnly
          ? nothing
          : this.editing === "new"
            ? html`<div class="block card">${this.renderForm(undefined, fields.length)}</div>`
            : html`<p class="block actions">
                <button @click=${() => this.edit("new", "text")}>
                  ${icon("plus")} ${words().newField}
                </button>
              </p>`
      }
    `;
  }

  private renderField(field: FieldDefinition): TemplateResult {
    return html`<li class="line ${field.archived ? "archived" : ""}">
      <span class="grow">
        <span dir="auto">${field.name}</span>
        <span class="faint small">
          ${words().fieldTypes[field.type]}${
            field.choices.length > 0 ? html`: ${field.choices.join(", ")}` : nothing
          }
        </span>
      </span>
      ${field.archived ? html`<span class="chip">${words().archived}</span>` : nothing}
      ${
        this.readOnly
          ? nothing
          : html`<button
                class="plain icon-only"
                aria-label=${words().rename(field.name)}
                title=${words().rename(field.name)}
                @click=${() => this.edit(field.id, field.type)}
              >
                ${icon("pencil")}
              </button>
              <button
                class="plain icon-only"
                aria-label=${field.archived ? words().restore(field.name) : words().archive(field.name)}
                title=${field.archived ? words().restore(field.name) : words().archive(field.name)}
                @click=${() =>
                  this.put({ type: "put_field", field: { ...field, archived: !field.archived } })}
              >
                ${icon(field.archived ? "reopen" : "archive")}
              </button>`
      }
    </li>`;
  }

  private renderForm(field: FieldDefinition | undefined, position: number): TemplateResult {
    return html`<form
      class="form"
      @submit=${(event: SubmitEvent) => this.onSubmit(event, field, position)}
    >
      <div>
        <label for="name">${words().name}</label>
        <input id="name" name="name" .value=${field?.name ?? ""} />
        ${fieldError(this.problem, "name")}
      </div>
      <div>
        <label for="type">${words().type}</label>
        <select
          id="type"
          name="type"
          ?disabled=${field !== undefined}
          @change=${(event: Event) =>
            (this.type = (event.target as HTMLSelectElement).value as FieldType)}
        >
          ${options(words().fieldTypes, this.type)}
        </select>
        ${fieldError(this.problem, "type")}
      </div>
      ${
        this.type === "choice"
          ? html`<div class="wide">
              <label for="choices">${words().choices}</label>
              <textarea
                id="choices"
                name="choices"
                rows="4"
                .value=${field?.choices.join("\n") ?? ""}
              ></textarea>
              ${fieldError(this.problem, "choices")}
            </div>`
          : nothing
      }
      ${formError(this.problem, ["name", "type", "choices"])}
      <div class="wide actions">
        <button class="primary">${strings.save}</button>
        <button type="button" class="plain" @click=${() => this.edit(undefined, "text")}>
          ${strings.cancel}
        </button>
      </div>
    </form>`;
  }

  private edit(id: string | undefined, type: FieldType): void {
    this.editing = id;
    this.type = type;
    this.problem = undefined;
  }

  private onSubmit(event: SubmitEvent, known: FieldDefinition | undefined, position: number): void {
    const typed = fieldsOfForm(event);
    const choices = typed("choices")
      .split("\n")
      .map((line) => line.trim())
      .filter(Boolean);
    const draft = { ...known, name: typed("name"), type: this.type, choices, position };
    if (this.put({ type: "put_field", field: draft })) this.edit(undefined, "text");
  }
}
