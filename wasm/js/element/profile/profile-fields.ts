import { html, nothing, type PropertyValues, type TemplateResult } from "lit";
import { property, state } from "lit/decorators.js";
import { live } from "lit/directives/live.js";
import { choiceOptions } from "../common/choices.js";
import { conflictChips } from "../common/conflict-chips.js";
import type { Desk, Problem } from "../common/desk.js";
import { fieldError, fieldsOfForm, onEscape, options } from "../common/field-form.js";
import { icon } from "../common/icons.js";
import { Part } from "../common/part.js";
import { settleContact, valueText } from "../common/settle.js";
import { strings, word } from "../common/strings.js";
import type {
  Channel,
  ContactCommand,
  ContactField,
  ContactStatus,
  ContactView,
  FieldDefinition,
  Identity,
  WorkspaceView,
} from "../common/types.js";
import { profile as words } from "../strings/en/profile.js";
import { base } from "../styles/base.css.js";
import { conflictStyles } from "../styles/conflicts.css.js";
import { profileStyles } from "./profile-panel.css.js";
import { tagEditor } from "./tag-editor.js";

/** The fields a person types. */
const TEXT_FIELDS = ["name", "email", "phone", "company"] as const;
type TextField = (typeof TEXT_FIELDS)[number];

const CHANNELS: readonly Channel[] = ["email", "sms", "whatsapp", "webchat", "call"];

/** What is known of a contact, each field edited in its place. */
export class ProfileFields extends Part {
  static override styles = [base, conflictStyles, profileStyles];

  @property({ attribute: false }) contact: ContactView | undefined;

  @state() private editing: TextField | undefined;
  @state() private adding = false;
  @state() private problem: Problem | undefined;
  /** The custom field that the last refusal is about. */
  @state() private refused: string | undefined;

  protected override willUpdate(changed: PropertyValues<this>): void {
    const before = changed.get("contact");
    if (changed.has("contact") && before?.id !== this.contact?.id) this.leave();
  }

  protected override updated(changed: PropertyValues): void {
    if (changed.has("editing") && this.editing) {
      this.renderRoot.querySelector<HTMLInputElement>("#editing")?.select();
    }
  }

  protected override render(): unknown {
    const { desk, contact } = this;
    if (!desk || !contact) return nothing;
    const settings = desk.client.reads.settings();
    const values = new Map<string, string>(Object.entries(contact.fields));
    return html`<section>
        <dl>
          ${TEXT_FIELDS.map((field) => this.renderField(contact, field))}
          ${this.row(
            strings.profile.type,
            html`<select
              class="quiet"
              aria-label=${strings.profile.type}
              .value=${live(contact.type)}
              @change=${(event: Event) => this.set({ field: "type", value: valueOf(event) })}
            >
              ${choiceOptions(settings.contactTypes, contact.type, strings.contactTypes)}
            </select>`,
          )}
          ${this.row(
            words().status,
            html`<select
              class="quiet"
              aria-label=${words().status}
              .value=${live(contact.status)}
              @change=${(event: Event) =>
                this.set({ field: "status", value: valueOf(event) as ContactStatus })}
            >
              ${options(strings.contactStatus, contact.status)}
            </select>`,
          )}
          ${this.row(strings.profile.addresses, this.renderAddresses(contact))}
          ${settings.fields
            .filter(({ id, archived }) => !archived || values.has(id))
            .map((field) => this.renderCustom(field, values.get(field.id) ?? ""))}
        </dl>
        ${conflictChips(
          contact.conflicts,
          desk,
          (field, value) => valueText(desk, field, value),
          (field, value) => this.settle(contact, field, value),
          (field) => this.nameOf(field, settings),
        )}
      </section>
      <section>
        <h3>${words().contactTags}</h3>
        ${tagEditor({
          tags: contact.tags,
          offered: settings.tags,
          label: words().addContactTag,
          add: (tag) => this.tell({ type: "add_contact_tag", tag }),
          remove: (tag) => this.tell({ type: "remove_contact_tag", tag }),
        })}
      </section>`;
  }

  private row(label: string, content: unknown): TemplateResult {
    return html`<div class="field">
      <dt>${label}</dt>
      <dd>${content}</dd>
    </div>`;
  }

  private renderField(contact: ContactView, field: TextField): TemplateResult {
    const label = strings.profile[field];
    const value = contact[field];
    return this.row(
      label,
      this.editing === field
        ? html`<form @submit=${this.onField}>
            <input
              id="editing"
              name=${field}
              dir="auto"
              aria-label=${label}
              .value=${value}
              aria-invalid=${this.problem !== undefined}
              @keydown=${onEscape(() => this.leave())}
              @blur=${this.onFieldBlur}
            />
            ${fieldError(this.problem, this.problem?.field ?? "")}
            ${
              this.problem && !this.problem.field
                ? html`<p class="field-error" role="alert">${this.problem.message}</p>`
                : nothing
            }
          </form>`
        : html`<button class="value ${value ? "" : "none"}" @click=${() => (this.editing = field)}>
            ${
              value
                ? html`<span class="unseen">${strings.profile.editField(label)}</span>`
                : nothing
            }
            <span class="clip" dir="auto">${value || strings.profile.add(label)}</span>
          </button>`,
    );
  }

  private renderAddresses(contact: ContactView): TemplateResult {
    return html`<ul class="plain-value">
        ${contact.identities.map(
          (identity) =>
            html`<li class="line">
              ${icon(identity.channel)}
              <span class="grow clip" title=${identity.address}>${identity.address}</span>
              <button
                class="plain icon-only"
                aria-label=${words().removeAddress(identity.address)}
                title=${words().removeAddress(identity.address)}
                @click=${() => this.tell({ type: "remove_identity", identity })}
              >
                ${icon("close")}
              </button>
            </li>`,
        )}
      </ul>
      ${
        this.adding
          ? html`<form
              class="address"
              @submit=${this.onAddress}
              @keydown=${onEscape(() => this.leave())}
            >
              <select name="channel" aria-label=${words().channel}>
                ${options(Object.fromEntries(CHANNELS.map((one) => [one, strings.channels[one]])))}
              </select>
              <input name="address" aria-label=${words().address} />
              ${fieldError(this.problem, "identity")}
              <button class="primary">${strings.save}</button>
            </form>`
          : html`<button class="value none" @click=${() => (this.adding = true)}>
              ${words().addAddress}
            </button>`
      }`;
  }

  /** A workspace's own field, as its type is edited. */
  private renderCustom(field: FieldDefinition, value: string): TemplateResult {
    const { id, name, type, choices } = field;
    const change = (event: Event): void => {
      const target = event.target as HTMLInputElement;
      this.setCustom(id, type === "checkbox" ? String(target.checked) : target.value);
    };
    const control = (): TemplateResult => {
      if (type === "choice") {
        return html`<select
          class="quiet"
          aria-label=${name}
          .value=${live(value)}
          @change=${change}
        >
          <option value=""></option>
          ${options(Object.fromEntries(choices.map((one) => [one, one])), value)}
        </select>`;
      }
      if (type === "checkbox") {
        return html`<label class="line">
          <input
            type="checkbox"
            aria-label=${name}
            .checked=${live(value === "true")}
            @change=${change}
          />
          ${words().yes}
        </label>`;
      }
      return html`<input
        class="quiet custom"
        type=${type === "date" ? "date" : "text"}
        inputmode=${type === "number" ? "decimal" : type === "url" ? "url" : "text"}
        dir="auto"
        aria-label=${name}
        aria-invalid=${this.refused === id}
        .value=${live(value)}
        @change=${change}
      />`;
    };
    return this.row(
      name,
      html`${control()}
      ${
        type === "url" && value
          ? html`<a class="small" href=${value} target="_blank" rel="noopener noreferrer"
              >${value}</a
            >`
          : nothing
      }
      ${
        this.refused === id && this.problem
          ? html`<p class="field-error" role="alert">${this.problem.message}</p>`
          : nothing
      }`,
    );
  }

  private nameOf(field: string, settings: WorkspaceView): string {
    const id = field.startsWith("fields/") ? field.slice("fields/".length) : field;
    const custom = settings.fields.find((each) => each.id === id);
    return custom?.name ?? word({ ...strings.fields, ...words().fields }, field);
  }

  private settle(contact: ContactView, field: string, value: string): void {
    const { desk } = this;
    if (!desk) return;
    const id = field.startsWith("fields/") ? field.slice("fields/".length) : field;
    const custom = desk.client.reads.settings().fields.some((each) => each.id === id);
    if (custom) this.setCustom(id, value);
    else if (field === "mergedInto") {
      this.tell(value ? { type: "merge_contact", into: value } : { type: "unmerge_contact" });
    } else desk.run(settleContact(contact.id, field, value));
  }

  private setCustom(field: string, value: string): void {
    const set = { field, value: value === "" ? null : value };
    this.refused = this.tell({ type: "set_custom_field", set }) ? undefined : field;
  }

  private set(set: ContactField): boolean {
    return this.tell({ type: "set_contact_field", set });
  }

  private tell(command: ContactCommand): boolean {
    const { desk, contact } = this;
    if (!desk || !contact) return false;
    const attempt = desk.attempt({ contact: contact.id, ...command });
    this.problem = "problem" in attempt ? attempt.problem : undefined;
    const shown = this.editing || this.adding || command.type === "set_custom_field";
    if (this.problem && !shown) notifyOf(desk, this.problem);
    this.requestUpdate();
    return !this.problem;
  }

  private leave(): void {
    this.editing = this.problem = this.refused = undefined;
    this.adding = false;
  }

  private readonly onField = (event: SubmitEvent): void => {
    const field = this.editing;
    if (!field) return event.preventDefault();
    const value = fieldsOfForm(event)(field);
    if (value === this.contact?.[field] || this.set({ field, value })) this.leave();
  };

  /** Leaving the field keeps what was typed; after a refusal, it keeps the field open instead. */
  private readonly onFieldBlur = (event: FocusEvent): void => {
    if (this.editing && !this.problem) (event.target as HTMLInputElement).form?.requestSubmit();
  };

  private readonly onAddress = (event: SubmitEvent): void => {
    const typed = fieldsOfForm(event);
    const identity: Identity = {
      channel: CHANNELS.find((each) => each === typed("channel")) ?? "email",
      address: typed("address"),
    };
    if (this.tell({ type: "add_identity", identity })) this.leave();
  };
}

function notifyOf(desk: Desk, { message }: Problem): void {
  desk.notify({ text: message, alert: true });
}

function valueOf(event: Event): string {
  return (event.target as HTMLSelectElement).value;
}
