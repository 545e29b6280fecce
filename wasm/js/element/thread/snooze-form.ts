import { html, nothing } from "lit";
import { property, query } from "lit/decorators.js";
import { fieldsOfForm } from "../common/field-form.js";
import { Part } from "../common/part.js";
import { strings } from "../common/strings.js";
import type { ConversationHeader } from "../common/types.js";
import { conversation as words } from "../strings/en/conversation.js";
import { base } from "../styles/base.css.js";
import { snoozeUntil } from "./header-menus.js";

/**
 * Asks for the time at which a conversation comes back.
 * @fires done when it is put off or the form was given up
 */
export class SnoozeForm extends Part {
  static override styles = [base];

  @property({ attribute: false }) header: ConversationHeader | undefined;

  @query("input") private readonly field!: HTMLInputElement;

  protected override firstUpdated(): void {
    this.field.focus();
  }

  protected override render(): unknown {
    if (!this.desk) return nothing;
    return html`<form class="form" aria-label=${words().snooze.label} @submit=${this.onSubmit}>
      <div>
        <label for="until">${words().snooze.until}</label>
        <input id="until" type="datetime-local" name="until" required />
      </div>
      <div class="actions wide">
        <button class="primary">${words().snooze.label}</button>
        <button type="button" class="plain" @click=${this.onDone}>${strings.cancel}</button>
      </div>
    </form>`;
  }

  private readonly onSubmit = (event: SubmitEvent): void => {
    const { desk, header } = this;
    const until = new Date(fieldsOfForm(event)("until")).getTime();
    if (desk && header) snoozeUntil(desk, header, until);
    this.onDone();
  };

  private readonly onDone = (): void => {
    this.dispatchEvent(new Event("done"));
  };
}

/** What the form is made of. */
export const elements = { "threadline-snooze-form": SnoozeForm };
