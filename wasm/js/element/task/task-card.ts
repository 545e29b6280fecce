import { html, nothing, type TemplateResult } from "lit";
import { property, query, state } from "lit/decorators.js";
import { choiceText } from "../common/choices.js";
import { chunk, lazy } from "../common/chunk.js";
import { conflictChips } from "../common/conflict-chips.js";
import type { Desk, Problem } from "../common/desk.js";
import {
  assigneeOptions,
  fieldsOfForm,
  formError,
  onEscape,
  options,
} from "../common/field-form.js";
import { textField } from "../common/fields.js";
import { avatar, overTime, timeOfDay } from "../common/format.js";
import { icon } from "../common/icons.js";
import { settleTask, valueText } from "../common/settle.js";
import { Part } from "../common/part.js";
import { strings } from "../common/strings.js";
import type { Assignee, Command, Due, Priority, Span, Task, TaskField } from "../common/types.js";
import { tasks as words } from "../strings/en/tasks.js";
import { base } from "../styles/base.css.js";
import { conflictStyles } from "../styles/conflicts.css.js";
import { dueOf, dueText, fieldsOf, overdueText } from "./due.js";
import { TASK_FIELDS, briefTaskFields, taskDraftOf } from "./task-fields.js";
import { TOPIC_FIELDS, topicDraftOf, topicFields } from "../topic/topic-fields.js";
import { taskStyles } from "./task-card.css.js";

const OUTCOME_FIELDS = [...TOPIC_FIELDS, ...TASK_FIELDS, "note"];
const FORM = chunk(() => import("./task-form.js"));

type FinishTask = Extract<Command, { type: "finish_task" }>;

/** A task in the timeline: what, who, when; moved, reassigned and finished in place. */
export class TaskCard extends Part {
  static override styles = [base, conflictStyles, taskStyles];

  @property({ attribute: false }) task: Task | undefined;
  @property() conversation = "";

  /** Whether the form for the outcome is open. */
  @state() private finishing = false;
  /** Whether the outcome is logged as a topic, and whether a task follows. */
  @state() private logging = true;
  @state() private following = false;
  @state() private editingDue = false;
  /** Whether the form for all of the task is open. */
  @state() private editing = false;
  @state() private problem: Problem | undefined;

  @query(".outcome") private readonly outcomeForm!: HTMLFormElement;

  protected override render(): unknown {
    const { task, desk } = this;
    if (!task || !desk) return nothing;
    const over = task.status === "done" || task.status === "cancelled";
    return html`
      <article
        class="card ${over ? "over" : ""}"
        part="task"
        aria-label=${strings.task.label(task.title)}
      >
        <header class="line">
          <span class="mark ${task.status}"
            >${icon(task.status === "done" ? "checkCircle" : "task")}</span
          >
          <h3 class="title grow" dir="auto">${task.title}</h3>
          <span
            class="chip ${task.status === "done" ? "success" : task.status === "in_progress" ? "accent" : ""}"
            >${strings.taskStatus[task.status]}</span
          >
        </header>
        ${
          task.description
            ? html`<p class="description muted" dir="auto">${task.description}</p>`
            : nothing
        }
        <div class="line wrap properties">
          ${over ? this.renderProperties(task, desk) : this.renderEditors(task, desk)}
        </div>
        ${this.editingDue ? this.renderDueForm(task) : nothing}
        ${conflictChips(
          task.conflicts,
          desk,
          (field, value) => valueText(desk, field, value),
          (field, value) => this.run(settleTask(this.conversation, task.id, field, value)),
        )}
        ${this.editing ? this.renderForm(task, desk) : nothing}
        ${this.finishing ? this.renderOutcomeForm(task, desk) : this.renderActions(task, desk)}
        <threadline-history
          .desk=${desk}
          .conversation=${this.conversation}
          .item=${task.id}
          .since=${task.at}
        ></threadline-history>
      </article>
    `;
  }

  private renderProperties(task: Task, desk: Desk): TemplateResult {
    return html`
      <span class="line">
        ${task.assignee ? avatar(desk.assigneeName(task.assignee), task.assignee, "tiny") : nothing}
        ${desk.assigneeName(task.assignee)}
      </span>
      ${
        task.due
          ? html`<span class="muted">${icon("clock")} ${dueText(task.due, Date.now())}</span>`
          : nothing
      }
    `;
  }

  private renderEditors(task: Task, desk: Desk): TemplateResult {
    return html`
      <span class="line editor">
        ${
          task.assignee
            ? avatar(desk.assigneeName(task.assignee), task.assignee, "tiny")
            : icon("user")
        }
        <select
          class="quiet"
          aria-label=${strings.task.assignee}
          .value=${task.assignee ?? ""}
          @change=${(event: Event) =>
            this.set({
              field: "assignee",
              value: (valueOf(event) || null) as Assignee | null,
            })}
        >
          ${assigneeOptions(desk, task.assignee ?? undefined)}
        </select>
      </span>
      <button
        class="plain due ${isOverdue(task) ? "danger" : ""}"
        aria-expanded=${this.editingDue}
        @click=${() => (this.editingDue = !this.editingDue)}
      >
        ${icon("clock")}
        ${task.due ? overTime((now: number) => dueLine(task, now)) : strings.task.addDue}
      </button>
      <span class="line editor ${task.priority}">
        ${icon("flag")}
        <select
          class="quiet"
          aria-label=${strings.task.priority}
          .value=${task.priority}
          @change=${(event: Event) =>
            this.set({ field: "priority", value: valueOf(event) as Priority })}
        >
          ${options(strings.priorities, task.priority)}
        </select>
      </span>
      <span class="chip"
        >${choiceText(desk.settings.taskTypes, task.taskType, strings.taskTypes)}</span
      >
      ${
        task.channel
          ? html`<span class="chip">${icon(task.channel)} ${strings.channels[task.channel]}</span>`
          : nothing
      }
    `;
  }

  private renderForm(task: Task, desk: Desk): TemplateResult {
    const close = (): void => void (this.editing = false);
    return html`<div class="edit">
      ${lazy(
        FORM,
        html`<threadline-task-form
          .desk=${desk}
          .conversation=${this.conversation}
          .task=${task}
          @done=${close}
          @keydown=${onEscape(close)}
        ></threadline-task-form>`,
      )}
    </div>`;
  }

  private renderActions(task: Task, desk: Desk): TemplateResult {
    if (desk.client.member?.role === "viewer") return html``;
    const { start, claim, done, reopen, cancelTask } = strings.task;
    const move = (status: Task["status"], text: string): TemplateResult =>
      html`<button
        class="plain"
        @click=${() =>
          this.run({
            conversation: this.conversation,
            type: "set_task_status",
            task: task.id,
            status,
          })}
      >
        ${text}
      </button>`;
    const by = html`<span class="by faint small"
      >${desk.nameOf(task.by)}, ${timeOfDay(task.at)}</span
    >`;
    if (task.status === "done" || task.status === "cancelled") {
      return html`<div class="actions">${move("to_do", reopen)} ${by}</div>`;
    }
    return html`<div class="actions">
      <button @click=${() => (this.finishing = true)}>${icon("check")} ${done}</button>
      ${task.status === "to_do" ? move("in_progress", start) : nothing}
      ${
        task.assignee?.startsWith("team:")
          ? html`<button
              @click=${() =>
                this.run({ conversation: this.conversation, type: "claim_task", task: task.id })}
            >
              ${icon("hand")} ${claim}
            </button>`
          : nothing
      }
      <button
        class="plain"
        aria-expanded=${this.editing}
        @click=${() => (this.editing = !this.editing)}
      >
        ${icon("pencil")} ${strings.edit}
      </button>
      ${move("cancelled", cancelTask)} ${by}
    </div>`;
  }

  private renderDueForm(task: Task): TemplateResult {
    const { day, time } = fieldsOf(task.due);
    return html`<form
      class="due-form line wrap"
      @submit=${this.onDue}
      @keydown=${onEscape(() => (this.editingDue = false))}
    >
      <input type="date" name="day" aria-label=${strings.task.due} .value=${day} />
      <input type="time" name="time" aria-label=${strings.task.dueTime} .value=${time} />
      <button class="primary">${strings.save}</button>
      ${
        task.due
          ? html`<button type="button" class="plain" @click=${() => this.setDue(null)}>
              ${strings.task.clearDue}
            </button>`
          : nothing
      }
      ${formError(this.problem, [])}
    </form>`;
  }

  private renderOutcomeForm(task: Task, desk: Desk): TemplateResult {
    const { problem } = this;
    const { logTopic, note, noteHint, followUp, followUpTitle } = words();
    const tick = (name: "logging" | "following", text: string): TemplateResult =>
      html`<label class="line check">
        <input
          type="checkbox"
          .checked=${this[name]}
          @change=${(event: Event) => (this[name] = (event.target as HTMLInputElement).checked)}
        />
        ${text}
      </label>`;
    return html`<form
      class="outcome form"
      aria-label=${strings.task.outcome}
      @submit=${this.onOutcome}
      @keydown=${onEscape(this.onCancel)}
    >
      <h3 class="wide">${strings.task.outcome}</h3>
      <div class="wide line wrap">${tick("logging", logTopic)} ${tick("following", followUp)}</div>
      ${this.logging ? topicFields(desk, problem, { subject: task.title }) : nothing}
      ${textField("note", note, problem, { hint: noteHint })}
      ${
        this.following
          ? html`<div class="wide follow" role="group" aria-label=${followUpTitle}>
              <div class="form">
                ${briefTaskFields(desk, problem, () => this.outcomeForm, "task-")}
              </div>
            </div>`
          : nothing
      }
      ${formError(problem, OUTCOME_FIELDS)}
      <div class="actions wide">
        <button class="primary">${icon("check")} ${strings.task.logAndFinish}</button>
        <button type="button" @click=${this.onFinishWithout}>${strings.task.doneWithout}</button>
        <button type="button" class="plain" @click=${this.onCancel}>${strings.cancel}</button>
      </div>
    </form>`;
  }

  /** A form that opens takes the focus and comes into sight; one that closes gives it back. */
  protected override updated(changed: Map<PropertyKey, unknown>): void {
    if (changed.get("finishing") !== undefined) {
      this.goTo(this.finishing ? "#summary, #note" : ".actions button");
    }
    if (changed.get("editingDue") !== undefined) {
      this.goTo(this.editingDue ? "[name=day]" : ".due");
    }
  }

  private goTo(selector: string): void {
    const target = this.renderRoot.querySelector<HTMLElement>(selector);
    target?.focus();
    target?.closest("form")?.scrollIntoView({ block: "nearest" });
  }

  private run(command: Command | undefined): void {
    if (command) this.desk?.run(command);
    // A select shows what was chosen, even when it was refused: draw the truth again.
    this.requestUpdate();
  }

  private set(set: TaskField): void {
    if (!this.task) return;
    this.run({ conversation: this.conversation, type: "set_task_field", task: this.task.id, set });
  }

  private readonly onDue = (event: SubmitEvent): void => {
    const field = fieldsOfForm(event);
    this.setDue(dueOf(field("day"), field("time")));
  };

  private setDue(value: Due | null): void {
    this.editingDue = false;
    this.set({ field: "due", value });
  }

  private readonly onOutcome = (event: SubmitEvent): void => {
    const field = fieldsOfForm(event);
    const note = field("note");
    this.finish({
      ...(this.logging && { outcome: topicDraftOf(field) }),
      ...(note && { note: paragraphs(note) }),
      ...(this.following && { followUp: taskDraftOf(field, "task-") }),
    });
  };

  private readonly onFinishWithout = (): void => this.finish({});

  private readonly onCancel = (): void => {
    this.finishing = false;
    this.problem = undefined;
  };

  private finish(ending: Pick<FinishTask, "outcome" | "note" | "followUp">): void {
    const { desk, task, conversation } = this;
    if (!desk || !task) return;
    const attempt = desk.attempt({ conversation, type: "finish_task", task: task.id, ...ending });
    this.problem = "problem" in attempt ? attempt.problem : undefined;
    this.finishing = "problem" in attempt;
  }
}

const valueOf = (event: Event): string => (event.target as HTMLSelectElement).value;

/** A text as a note: a paragraph for each line. */
function paragraphs(text: string): Span[] {
  return text.split(/\n+/).flatMap((line): Span[] => [
    { type: "block", value: { type: "paragraph" } },
    { type: "text", value: line },
  ]);
}

const isOverdue = ({ due }: Task): boolean => !!due && due.at < Date.now();

function dueLine(task: Task, now: number): string {
  if (!task.due) return strings.task.addDue;
  return task.due.at < now ? overdueText(task.due, now) : dueText(task.due, now);
}
