import { html, nothing } from "lit";
import { property, query, state } from "lit/decorators.js";
import type { Problem } from "../common/desk.js";
import {
  draftOfForm,
  fieldError,
  fieldsOfForm,
  formError,
  options,
  restoreForm,
  submitOnEnter,
} from "../common/field-form.js";
import { Part } from "../common/part.js";
import { strings } from "../common/strings.js";
import type { CallOutcome, Direction } from "../common/types.js";
import { conversation as words } from "../strings/en/conversation.js";
import { base } from "../styles/base.css.js";

const FIELDS = ["at", "duration", "number", "recording", "text"];

/**
 * Logs a call by hand: who called, how it went, how long it took.
 * @fires done when it is logged or given up
 */
export class CallForm extends Part {
  static override styles = [base];

  @property() conversation = "";
  /** Starts in the number field. */
  @property() number = "";

  @query("form") private readonly form!: HTMLFormElement;

  @state() private problem: Problem | undefined;

  protected override firstUpdated(): void {
    restoreForm(this.form, this.desk?.drafts.get(this.conversation, "call"));
    this.renderRoot.querySelector<HTMLElement>("#direction")?.focus();
  }

  protected override render(): unknown {
    if (!this.desk) return nothing;
    const { problem } = this;
    const call = words().call;
    return html`<form
      class="form"
      aria-label=${call.new}
      @submit=${this.onSubmit}
      @input=${this.onInput}
    >
      <h3 class="wide">${call.new}</h3>
      <div>
        <label for="direction">${call.direction}</label>
        <select id="direction" name="direction">
          ${options(call.directions, "out")}
        </select>
      </div>
      <div>
        <label for="outcome">${call.outcome}</label>
        <select id="outcome" name="outcome">
          ${options(call.outcomes, "answered")}
        </select>
      </div>
      <div>
        <label for="minutes">${call.minutes}</label>
        <input
          id="minutes"
          name="minutes"
          type="number"
          min="0"
          aria-invalid=${problem?.field === "duration"}
        />
        ${fieldError(problem, "duration")}
      </div>
      <div>
        <label for="seconds">${call.seconds}</label>
        <input id="seconds" name="seconds" type="number" min="0" max="59" />
      </div>
      <div>
        <label for="at">${call.at}</label>
        <input id="at" name="at" type="datetime-local" aria-invalid=${problem?.field === "at"} />
        ${fieldError(problem, "at")}
      </div>
      <div>
        <label for="number">${call.number}</label>
        <input id="number" name="number" type="tel" dir="ltr" .value=${this.number} />
        ${fieldError(problem, "number")}
      </div>
      <div class="wide">
        <label for="recording">${call.recording}</label>
        <input
          id="recording"
          name="recording"
          type="url"
          dir="ltr"
          aria-invalid=${problem?.field === "recording"}
        />
        ${fieldError(problem, "recording")}
      </div>
      <div class="wide">
        <label for="text">${call.text}</label>
        <textarea id="text" name="text" dir="auto" rows="2" @keydown=${submitOnEnter}></textarea>
        ${fieldError(problem, "text")}
      </div>
      ${formError(problem, FIELDS)}
      <div class="actions wide">
        <button class="primary">${call.save}</button>
        <button type="button" class="plain" @click=${this.onDone}>${strings.cancel}</button>
      </div>
    </form>`;
  }

  private readonly onInput = (): void => {
    this.desk?.drafts.set(this.conversation, "call", draftOfForm(this.form));
  };

  private readonly onSubmit = (event: SubmitEvent): void => {
    const field = fieldsOfForm(event);
    const recording = field("recording");
    const attempt = this.desk?.attempt({
      conversation: this.conversation,
      type: "log_call",
      draft: {
        direction: field("direction") as Direction,
        ...(field("at") && { at: new Date(field("at")).getTime() }),
        number: field("number"),
        call: {
          outcome: field("outcome") as CallOutcome,
          duration: Number(field("minutes")) * 60 + Number(field("seconds")),
          ...(recording && { recording }),
        },
        text: field("text"),
      },
    });
    this.problem = attempt && "problem" in attempt ? attempt.problem : undefined;
    if (!this.problem) this.onDone();
  };

  private readonly onDone = (): void => {
    this.dispatchEvent(new Event("done"));
  };
}

/** What the form is made of. */
export const elements = { "threadline-call-form": CallForm };
