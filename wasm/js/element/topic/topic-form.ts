import { html, nothing } from "lit";
import { property, query, state } from "lit/decorators.js";
import type { Problem } from "../common/desk.js";
import {
  fieldError,
  fieldsOfForm,
  draftOfForm,
  formError,
  options,
  restoreForm,
  submitOnEnter,
} from "../common/field-form.js";
import { Part } from "../common/part.js";
import { strings } from "../common/strings.js";
import type { TopicDraft } from "../common/types.js";
import { base } from "../styles/base.css.js";

const FIELDS = ["subject", "purpose", "summary"];

/** What a draft may bring that the person does not type; `closing`: the conversation is closed with it. */
const HIDDEN = ["closing", "origin", "firstMessage", "lastMessage"];

/**
 * Logs a topic by hand.
 * @fires done when it is logged or given up
 */
export class TopicForm extends Part {
  static override styles = [base];

  @property() conversation = "";
  /** Starts in the subject field. */
  @property() subject = "";

  @query("form") private readonly form!: HTMLFormElement;

  @state() private problem: Problem | undefined;

  protected override firstUpdated(): void {
    restoreForm(this.form, this.desk?.drafts.get(this.conversation, "topic"));
    const field = this.renderRoot.querySelector<HTMLInputElement>("#subject");
    field?.focus();
    // The conversation's subject is a suggestion, which typing replaces.
    field?.select();
  }

  protected override render(): unknown {
    if (!this.desk) return nothing;
    const { problem } = this;
    return html`<form
      class="form"
      aria-label=${strings.topic.new}
      @submit=${this.onSubmit}
      @input=${this.onInput}
    >
      <h3 class="wide">${strings.topic.new}</h3>
      ${HIDDEN.map((name) => html`<input type="hidden" name=${name} />`)}
      <div>
        <label for="subject">${strings.topic.subject}</label>
        <input
          id="subject"
          name="subject"
          dir="auto"
          .value=${this.subject}
          aria-invalid=${problem?.field === "subject"}
        />
        ${fieldError(problem, "subject")}
      </div>
      <div>
        <label for="purpose">${strings.topic.purpose}</label>
        <select id="purpose" name="purpose">
          ${options(strings.purposes)}
        </select>
        ${fieldError(problem, "purpose")}
      </div>
      <div class="wide">
        <label for="summary">${strings.topic.summary}</label>
        <textarea
          id="summary"
          name="summary"
          dir="auto"
          rows="3"
          placeholder=${strings.topic.summaryHint}
          aria-invalid=${problem?.field === "summary"}
          @keydown=${submitOnEnter}
        ></textarea>
        ${fieldError(problem, "summary")}
      </div>
      <div class="wide">
        <label class="line check">
          <input type="checkbox" name="open" /> ${strings.topic.stillOpen}
        </label>
      </div>
      ${formError(problem, FIELDS)}
      <div class="actions wide">
        <button class="primary">${strings.topic.create}</button>
        <button type="button" class="plain" @click=${this.onDone}>${strings.cancel}</button>
      </div>
    </form>`;
  }

  private readonly onInput = (): void => {
    this.desk?.drafts.set(this.conversation, "topic", draftOfForm(this.form));
  };

  private readonly onSubmit = (event: SubmitEvent): void => {
    const field = fieldsOfForm(event);
    const given = (name: string): Record<string, string> =>
      field(name) ? { [name]: field(name) } : {};
    const draft: TopicDraft = {
      subject: field("subject"),
      purpose: field("purpose"),
      summary: field("summary"),
      status: field("open") ? "open" : "closed",
      ...given("origin"),
      ...given("firstMessage"),
      ...given("lastMessage"),
    };
    const { conversation } = this;
    const attempt = this.desk?.attempt(
      field("closing")
        ? { conversation, type: "close_conversation", topic: draft }
        : { conversation, type: "create_topic", draft },
    );
    this.problem = attempt && "problem" in attempt ? attempt.problem : undefined;
    if (!this.problem) this.onDone();
  };

  private readonly onDone = (): void => {
    this.dispatchEvent(new Event("done"));
  };
}

/** What the form is made of. */
export const elements = { "threadline-topic-form": TopicForm };
