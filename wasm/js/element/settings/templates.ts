import { css, html, nothing, type TemplateResult } from "lit";
import { state } from "lit/decorators.js";
import { fieldError, fieldsOfForm, formError, options } from "../common/field-form.js";
import { icon } from "../common/icons.js";
import { strings, word } from "../common/strings.js";
import type { Channel, Template } from "../common/types.js";
import { settings as words } from "../strings/en/settings.js";
import { base } from "../styles/base.css.js";
import { PLACEHOLDERS, preview } from "./placeholders.js";
import { Section, sectionStyles } from "./section.js";

/** Channels a template can be for: those that carry text. */
const CHANNELS: readonly Channel[] = ["email", "sms", "whatsapp", "webchat"];

const styles = css`
  .preview {
    padding: 10px 12px;
    border-radius: 6px;
    background: var(--threadline-surface-sunk);
    white-space: pre-wrap;
    overflow-wrap: anywhere;
  }
  .text {
    display: -webkit-box;
    -webkit-box-orient: vertical;
    -webkit-line-clamp: 2;
    overflow: hidden;
  }
`;

/** The canned replies. */
export class Templates extends Section {
  static override styles = [base, sectionStyles, styles];

  /** The template in the form: its id, or `new`. */
  @state() private editing: string | undefined;
  @state() private typed = "";

  protected override render(): unknown {
    const { settings } = this;
    if (!settings) return nothing;
    const { templates } = settings;
    return html`
      ${templates.length === 0 ? html`<p class="hint">${words().noTemplates}</p>` : nothing}
      <ul class=${templates.length > 0 ? "entries" : ""}>
        ${templates.map((template) =>
          this.editing === template.id
            ? html`<li>${this.renderForm(template)}</li>`
            : this.renderTemplate(template),
        )}
      </ul>
      ${
        this.readOnly
          ? nothing
          : this.editing === "new"
            ? html`<div class="block card">${this.renderForm(undefined)}</div>`
            : html`<p class="block actions">
                <button @click=${() => this.edit("new", "")}>
                  ${icon("plus")} ${words().newTemplate}
                </button>
              </p>`
      }
    `;
  }

  private renderTemplate(template: Template): TemplateResult {
    const { id, name, channel, language, text } = template;
    return html`<li class="line">
      <div class="grow">
        <p class="line">
          <span class="clip" dir="auto">${name}</span>
          <span class="chip"
            >${channel ? word(strings.channels, channel) : words().everyChannel}</span
          >
          ${language ? html`<span class="chip">${language}</span>` : nothing}
        </p>
        <p class="faint small text" dir="auto">${text}</p>
      </div>
      ${
        this.readOnly
          ? nothing
          : html`<button
                class="plain icon-only"
                aria-label=${words().editTemplate(name)}
                title=${words().editTemplate(name)}
                @click=${() => this.edit(id, text)}
              >
                ${icon("pencil")}
              </button>
              <button
                class="plain icon-only"
                aria-label=${words().removeTemplate(name)}
                title=${words().removeTemplate(name)}
                @click=${() => this.drop(template)}
              >
                ${icon("trash")}
              </button>`
      }
    </li>`;
  }

  private renderForm(template: Template | undefined): TemplateResult {
    const fields = this.settings?.fields.map(({ id }) => `fields.${id}`) ?? [];
    return html`<form
      class="form"
      @submit=${(event: SubmitEvent) => this.onSubmit(event, template)}
    >
      <div>
        <label for="name">${words().name}</label>
        <input id="name" name="name" .value=${template?.name ?? ""} />
        ${fieldError(this.problem, "name")}
      </div>
      <div>
        <label for="channel">${words().channel}</label>
        <select id="channel" name="channel">
          <option value="">${words().everyChannel}</option>
          ${options(
            Object.fromEntries(CHANNELS.map((each) => [each, strings.channels[each]])),
            template?.channel,
          )}
        </select>
      </div>
      <div>
        <label for="language">${words().language}</label>
        <input id="language" name="language" placeholder="en" .value=${template?.language ?? ""} />
        ${fieldError(this.problem, "language")}
      </div>
      <div class="wide">
        <label for="subject">${words().subject}</label>
        <input id="subject" name="subject" dir="auto" .value=${template?.subject ?? ""} />
        ${fieldError(this.problem, "subject")}
      </div>
      <div class="wide">
        <label for="text">${words().text}</label>
        <textarea
          id="text"
          name="text"
          rows="6"
          dir="auto"
          aria-describedby="placeholders"
          .value=${template?.text ?? ""}
          @input=${(event: Event) => (this.typed = (event.target as HTMLTextAreaElement).value)}
        ></textarea>
        ${fieldError(this.problem, "text")}
        <div class="actions" id="placeholders" role="group" aria-label=${words().placeholders}>
          ${[...PLACEHOLDERS, ...fields].map(
            (name) =>
              html`<button
                type="button"
                class="link small"
                title=${words().insert(name)}
                @click=${() => this.insert(`{{${name}}}`)}
              >
                ${name}
              </button>`,
          )}
        </div>
      </div>
      ${
        this.typed.includes("{{")
          ? html`<div class="wide">
              <p class="label">${words().preview}</p>
              <p class="preview" dir="auto">${preview(this.typed)}</p>
            </div>`
          : nothing
      }
      ${formError(this.problem, ["name", "language", "subject", "text"])}
      <div class="wide actions">
        <button class="primary">${strings.save}</button>
        <button type="button" class="plain" @click=${() => this.edit(undefined, "")}>
          ${strings.cancel}
        </button>
      </div>
    </form>`;
  }

  private edit(id: string | undefined, text: string): void {
    this.editing = id;
    this.typed = text;
    this.problem = undefined;
  }

  /** Puts a placeholder where the caret stands. */
  private insert(placeholder: string): void {
    const area = this.renderRoot.querySelector("textarea");
    if (!area) return;
    area.setRangeText(placeholder, area.selectionStart, area.selectionEnd, "end");
    area.focus();
    this.typed = area.value;
  }

  private drop(template: Template): void {
    const { id, ...rest } = template;
    if (!this.put({ type: "remove_template", template: id })) return;
    this.desk?.notify({
      text: words().templateRemoved(template.name),
      action: {
        label: strings.undo,
        run: () => this.put({ type: "put_template", template: { id, ...rest } }),
      },
    });
  }

  private onSubmit(event: SubmitEvent, known: Template | undefined): void {
    const typed = fieldsOfForm(event);
    const channel = CHANNELS.find((each) => each === typed("channel"));
    const template = {
      ...(known && { id: known.id }),
      ...(channel && { channel }),
      name: typed("name"),
      language: typed("language"),
      subject: typed("subject"),
      text: typed("text"),
    };
    if (this.put({ type: "put_template", template })) this.edit(undefined, "");
  }
}
