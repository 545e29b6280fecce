import { css, html, nothing, type PropertyValues, type TemplateResult } from "lit";
import { property, query, state } from "lit/decorators.js";
import type { Attempt, Desk, Problem } from "../common/desk.js";
import {
  draftOfForm,
  fieldError,
  fieldsOfForm,
  formError,
  options,
  restoreForm,
} from "../common/field-form.js";
import { lineField, memberOptions, selectField } from "../common/fields.js";
import { dayText, timeText } from "../common/format.js";
import { Part } from "../common/part.js";
import { strings } from "../common/strings.js";
import type { Interaction, Topic, TopicDraft, TopicField, TopicOrigin } from "../common/types.js";
import { log as words } from "../strings/en/log.js";
import { tasks as taskWords } from "../strings/en/tasks.js";
import { base } from "../styles/base.css.js";
import { TASK_FIELDS, briefTaskFields, taskDraftOf } from "../task/task-fields.js";
import { TOPIC_FIELDS, topicDraftOf, topicFields } from "./topic-fields.js";

const FIELDS = [
  ...[...TOPIC_FIELDS, ...TASK_FIELDS],
  ...["owner", "start", "end", "firstMessage", "lastMessage", "reference", "origin"],
];

/** Messages offered as the first or last one: the newest of them. */
const OFFERED = 200;
/** Characters of a message that tell it from the others. */
const SNIPPET = 60;

/** The first and the last message a topic is about, as far as they are chosen. */
export interface MessageSpan {
  first?: string | undefined;
  last?: string | undefined;
}

const formStyles = css`
  details,
  .follow {
    padding: 8px 12px;
    border: 1px solid var(--threadline-border);
    border-radius: var(--threadline-radius);
  }
  summary {
    cursor: pointer;
    font-weight: 500;
  }
  details[open] > summary {
    margin-block-end: 8px;
  }
  .check {
    margin: 0;
  }
`;

/** A moment as a field of day and time has it, in the person's zone. */
function localField(at: number | undefined): string {
  if (at === undefined) return "";
  const date = new Date(at - new Date(at).getTimezoneOffset() * 60_000);
  return date.toISOString().slice(0, 16);
}

/** The moment of a field of day and time. */
function momentOf(text: string): number | undefined {
  const at = new Date(text).getTime();
  return Number.isNaN(at) ? undefined : at;
}

/**
 * Logs a topic by hand, with a follow-up task where one is wanted; or changes one.
 * @fires done when it is logged, saved, or given up
 * @fires span when other messages were chosen; {@link TopicForm.span} has them
 */
export class TopicForm extends Part {
  static override styles = [base, formStyles];

  @property() conversation = "";
  /** Starts in the subject field. */
  @property() subject = "";
  /** The messages it is about, which may also be chosen in the timeline. */
  @property({ attribute: false }) span: MessageSpan = {};
  /** The topic to change; without one a new one is logged. */
  @property({ attribute: false }) topic: Topic | undefined;

  @query("form") private readonly form!: HTMLFormElement;

  @state() private problem: Problem | undefined;
  @state() private following = false;
  /** Whether the conversation is closed with it, as its draft says. */
  @state() private closing = false;

  private messages: Interaction[] = [];

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has("conversation") || changed.has("desk")) this.messages = this.readMessages();
    if (changed.has("topic") && this.topic) {
      this.span = { first: this.topic.firstMessage, last: this.topic.lastMessage };
    }
    // A draft's messages may be older than those that are offered: they are offered, too.
    if (!this.hasUpdated && !this.topic) this.span = this.draftSpan();
    if (changed.has("span") && this.hasUpdated) this.keep();
  }

  protected override firstUpdated(): void {
    const draft = this.topic ? "" : this.desk?.drafts.get(this.conversation, "topic");
    if (draft) {
      restoreForm(this.form, draft);
      this.closing = this.form.querySelector<HTMLInputElement>("[name=closing]")?.value !== "";
      this.following = this.form.querySelector<HTMLInputElement>("[name=follow]")?.checked ?? false;
      this.onSpan();
      // The fields of the follow-up task are there with the next drawing.
      if (this.following) void this.updateComplete.then(() => restoreForm(this.form, draft));
    }
    const field = this.renderRoot.querySelector<HTMLInputElement>("#subject");
    field?.focus();
    // The conversation's subject is a suggestion, which typing replaces.
    if (!this.topic) field?.select();
  }

  protected override render(): unknown {
    const { desk, problem, topic, subject } = this;
    if (!desk) return nothing;
    const heading = topic ? words().edit : strings.topic.new;
    return html`<form
      class="form"
      novalidate
      aria-label=${heading}
      @submit=${this.onSubmit}
      @input=${this.keep}
    >
      <h3 class="wide">${heading}</h3>
      <input type="hidden" name="closing" />
      ${topicFields(desk, problem, { subject, topic })} ${this.renderSpan(problem)}
      ${this.renderMore(desk, problem, topic)} ${topic ? nothing : this.renderNew(desk, problem)}
      ${formError(problem, FIELDS)}
      <div class="actions wide">
        <button class="primary">${topic ? strings.save : strings.topic.create}</button>
        <button type="button" class="plain" @click=${this.onDone}>${strings.cancel}</button>
      </div>
    </form>`;
  }

  private renderSpan(problem: Problem | undefined): TemplateResult {
    const { first, last } = this.span;
    const select = (name: "firstMessage" | "lastMessage", label: string, value = "") =>
      html`<div>
        <label for=${name}>${label}</label>
        <select id=${name} name=${name} @change=${this.onSpan}>
          <option value="" ?selected=${value === ""}>${words().noMessage}</option>
          ${
            value && !this.messages.some(({ id }) => id === value)
              ? html`<option value=${value} selected>…</option>`
              : nothing
          }
          ${this.messages.map(
            (message) =>
              html`<option value=${message.id} ?selected=${message.id === value}>
                ${snippet(message)}
              </option>`,
          )}
        </select>
        ${fieldError(problem, name)}
      </div>`;
    return html`${select("firstMessage", words().firstMessage, first)}
    ${select("lastMessage", words().lastMessage, last)}
    ${this.topic ? nothing : html`<p class="wide faint small">${words().pickHint}</p>`}`;
  }

  private renderMore(
    desk: Desk,
    problem: Problem | undefined,
    topic: Topic | undefined,
  ): TemplateResult {
    const time = (name: "start" | "end", label: string): TemplateResult =>
      html`<div>
        <label for=${name}>${label}</label>
        <input
          id=${name}
          name=${name}
          type="datetime-local"
          .value=${localField(topic?.[name])}
          aria-invalid=${problem?.field === name}
        />
        ${fieldError(problem, name)}
      </div>`;
    const { task: _task, flow: _flow, ...origins } = words().origins;
    return html`<details class="wide" ?open=${topic !== undefined}>
      <summary>${words().more}</summary>
      <div class="form">
        ${selectField(
          "owner",
          words().owner,
          problem,
          memberOptions(desk.people, topic ? topic.owner : desk.me, strings.nobody),
        )}
        ${time("start", words().start)} ${time("end", words().end)}
        ${lineField("reference", words().reference, problem, { value: topic?.reference ?? "" })}
        ${topic ? nothing : selectField("origin", words().origin, problem, options(origins, "manual"))}
      </div>
    </details>`;
  }

  /** What only a new topic has: whether it is over, and what is to be done next. */
  private renderNew(desk: Desk, problem: Problem | undefined): TemplateResult {
    return html`<div class="wide line wrap">
        <label class="line check">
          <input type="checkbox" name="open" /> ${strings.topic.stillOpen}
        </label>
        ${
          // Closing is one command, and brings no task along.
          this.closing
            ? nothing
            : html`<label class="line check">
                <input
                  type="checkbox"
                  name="follow"
                  @change=${(event: Event) =>
                    (this.following = (event.target as HTMLInputElement).checked)}
                />
                ${taskWords().followUp}
              </label>`
        }
      </div>
      ${
        this.following
          ? html`<div class="wide follow" role="group" aria-label=${taskWords().followUpTitle}>
              <div class="form">${briefTaskFields(desk, problem, () => this.form, "task-")}</div>
            </div>`
          : nothing
      }`;
  }

  /** The messages that are here, oldest first. */
  private readMessages(): Interaction[] {
    const items = this.desk?.client.items(this.conversation, { limit: OFFERED }) ?? [];
    return items.flatMap((item) => (item.kind === "interaction" ? [item.value] : []));
  }

  /** The messages a draft brings. */
  private draftSpan(): MessageSpan {
    const draft = this.desk?.drafts.get(this.conversation, "topic");
    const fields = new Map(draft ? (JSON.parse(draft) as [string, string][]) : []);
    return {
      first: fields.get("firstMessage") || undefined,
      last: fields.get("lastMessage") || undefined,
    };
  }

  private readonly onSpan = (): void => {
    const value = (name: string): string | undefined =>
      this.form.querySelector<HTMLSelectElement>(`[name=${name}]`)?.value || undefined;
    this.span = { first: value("firstMessage"), last: value("lastMessage") };
    this.dispatchEvent(new Event("span"));
  };

  private readonly keep = (): void => {
    if (!this.topic) this.desk?.drafts.set(this.conversation, "topic", draftOfForm(this.form));
  };

  private readonly onSubmit = (event: SubmitEvent): void => {
    const field = fieldsOfForm(event);
    const { desk, topic } = this;
    if (!desk) return;
    const attempt = topic ? this.change(desk, topic, field) : this.create(desk, field);
    this.problem = "problem" in attempt ? attempt.problem : undefined;
    if (!this.problem) this.onDone();
  };

  private create(desk: Desk, field: (name: string) => string): Attempt {
    const { conversation } = this;
    const draft: TopicDraft = {
      ...topicDraftOf(field),
      status: field("open") ? "open" : "closed",
      firstMessage: field("firstMessage") || undefined,
      lastMessage: field("lastMessage") || undefined,
      start: momentOf(field("start")),
      end: momentOf(field("end")),
      owner: field("owner") || undefined,
      origin: (field("origin") || "manual") as TopicOrigin,
      reference: field("reference"),
    };
    if (this.closing) {
      return desk.attempt({ conversation, type: "close_conversation", topic: draft });
    }
    return desk.attempt({
      conversation,
      type: "create_topic",
      draft,
      ...(this.following && { followUp: taskDraftOf(field, "task-") }),
    });
  }

  /** Sets what was changed, field by field, until one is refused. */
  private change(desk: Desk, old: Topic, field: (name: string) => string): Attempt {
    const { conversation } = this;
    const sets: TopicField[] = [];
    for (const name of ["subject", "purpose", "summary", "reference"] as const) {
      if (field(name) !== old[name]) sets.push({ field: name, value: field(name) });
    }
    for (const name of ["owner", "firstMessage", "lastMessage"] as const) {
      if (field(name) !== (old[name] ?? "")) sets.push({ field: name, value: field(name) || null });
    }
    // The field shows minutes: one that nobody touched keeps its seconds.
    const [start, end] = [field("start"), field("end")];
    const [begun, ended] = [momentOf(start), momentOf(end)];
    if (start !== localField(old.start) && begun !== undefined) {
      sets.push({ field: "start", value: begun });
    }
    if (end !== localField(old.end)) sets.push({ field: "end", value: ended ?? null });
    let attempt: Attempt = { outcome: {} };
    for (const set of sets) {
      attempt = desk.attempt({ conversation, type: "set_topic_field", topic: old.id, set });
      if ("problem" in attempt) break;
    }
    return attempt;
  }

  private readonly onDone = (): void => {
    this.dispatchEvent(new Event("done"));
  };
}

/** A message on one line: when, and how it begins. */
function snippet({ at, text }: Interaction): string {
  const line = text.replace(/\s+/g, " ").trim();
  const begin = line.length > SNIPPET ? `${line.slice(0, SNIPPET)}…` : line;
  return `${dayText(at, Date.now())}, ${timeText(at)}: ${begin}`;
}

/** What the form is made of. */
export const elements = { "threadline-topic-form": TopicForm };
