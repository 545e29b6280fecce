import { css, html, nothing } from "lit";
import { property, state } from "lit/decorators.js";
import { choiceOptions } from "../common/choices.js";
import { problemOf, type Problem } from "../common/desk.js";
import { fieldError, fieldsOfForm, formError, onEscape } from "../common/field-form.js";
import { Part } from "../common/part.js";
import { strings } from "../common/strings.js";
import type { Identity } from "../common/types.js";
import { profile as words } from "../strings/en/profile.js";
import { base } from "../styles/base.css.js";

const FIELDS = ["name", "email", "phone", "company", "type", "tags", "identities"];

const styles = css`
  h3 {
    margin-block-end: 4px;
  }
`;

/**
 * The form that saves a new contact, from nothing or from an address that wrote.
 * @fires created with the contact's id as `detail`
 * @fires cancel
 */
export class ContactForm extends Part {
  static override styles = [base, styles];

  /** The address that the contact is saved for. */
  @property({ attribute: false }) identity: Identity | undefined;

  @state() private problem: Problem | undefined;

  protected override render(): unknown {
    const { desk, identity } = this;
    if (!desk) return nothing;
    const settings = desk.client.reads.settings();
    const given = {
      name: "",
      email: identity?.channel === "email" ? identity.address : "",
      phone: identity && /^\+?\d+$/.test(identity.address) ? identity.address : "",
      company: "",
    };
    return html`<form
      class="form"
      aria-label=${words().newContact}
      @submit=${this.onSubmit}
      @keydown=${onEscape(() => this.dispatchEvent(new Event("cancel")))}
    >
      <h3 class="wide">${words().newContact}</h3>
      ${(["name", "email", "phone", "company"] as const).map(
        (field) =>
          html`<div class="wide">
            <label for=${field}>${strings.profile[field]}</label>
            <input
              id=${field}
              name=${field}
              dir="auto"
              .value=${given[field]}
              aria-invalid=${this.problem?.field === field}
            />
            ${fieldError(this.problem, field)}
          </div>`,
      )}
      <div class="wide">
        <label for="type">${strings.profile.type}</label>
        <select id="type" name="type">
          ${choiceOptions(settings.contactTypes, "", strings.contactTypes)}
        </select>
        ${fieldError(this.problem, "type")}
      </div>
      ${fieldError(this.problem, "identities")} ${formError(this.problem, FIELDS)}
      <div class="wide actions">
        <button class="primary">${words().create}</button>
        <button type="button" class="plain" @click=${() => this.dispatchEvent(new Event("cancel"))}>
          ${strings.cancel}
        </button>
      </div>
    </form>`;
  }

  private readonly onSubmit = async (event: SubmitEvent): Promise<void> => {
    const typed = fieldsOfForm(event);
    const { desk, identity } = this;
    try {
      const contact = await desk?.client.contacts.create({
        saved: true,
        name: typed("name"),
        email: typed("email"),
        phone: typed("phone"),
        company: typed("company"),
        type: typed("type"),
        identities: identity ? [identity] : [],
      });
      this.problem = undefined;
      this.dispatchEvent(new CustomEvent("created", { detail: contact }));
    } catch (error) {
      this.problem = problemOf(error);
    }
  };
}
