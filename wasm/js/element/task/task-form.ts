import { html, nothing } from "lit";
import { property, query, state } from "lit/decorators.js";
import type { Attempt, Desk, Problem } from "../common/desk.js";
import { draftOfForm, fieldsOfForm, formError, restoreForm } from "../common/field-form.js";
import { Part } from "../common/part.js";
import { strings } from "../common/strings.js";
import type { Task, TaskDraft, TaskField } from "../common/types.js";
import { base } from "../styles/base.css.js";
import { TASK_FIELDS, taskDraftOf, taskFields } from "./task-fields.js";

/**
 * Plans a task, for oneself unless somebody else is chosen; or changes one.
 * @fires done when it is planned, saved, or given up
 */
export class TaskForm extends Part {
  static override styles = [base];

  @property() conversation = "";
  /** The task to change; without one a new one is planned. */
  @property({ attribute: false }) task: Task | undefined;

  @query("form") private readonly form!: HTMLFormElement;

  @state() private problem: Problem | undefined;

  protected override firstUpdated(): void {
    if (!this.task) restoreForm(this.form, this.desk?.drafts.get(this.conversation, "task"));
    this.renderRoot.querySelector<HTMLElement>("#title")?.focus();
  }

  protected override render(): unknown {
    const { desk, problem, task } = this;
    if (!desk) return nothing;
    const heading = task ? strings.task.label(task.title) : strings.task.new;
    return html`<form
      class="form"
      aria-label=${heading}
      @submit=${this.onSubmit}
      @input=${this.onInput}
    >
      <h3 class="wide">${heading}</h3>
      ${taskFields(desk, problem, () => this.form, task)} ${formError(problem, TASK_FIELDS)}
      <div class="actions wide">
        <button class="primary">${task ? strings.save : strings.task.create}</button>
        <button type="button" class="plain" @click=${this.onDone}>${strings.cancel}</button>
      </div>
    </form>`;
  }

  private readonly onInput = (): void => {
    if (!this.task) this.desk?.drafts.set(this.conversation, "task", draftOfForm(this.form));
  };

  private readonly onSubmit = (event: SubmitEvent): void => {
    const draft = taskDraftOf(fieldsOfForm(event));
    const { desk, conversation, task } = this;
    if (!desk) return;
    const attempt = task
      ? this.change(desk, task, draft)
      : desk.attempt({ conversation, type: "create_task", draft });
    this.problem = "problem" in attempt ? attempt.problem : undefined;
    if (!this.problem) this.onDone();
  };

  /** Sets what was changed, field by field, until one is refused. */
  private change(desk: Desk, old: Task, draft: TaskDraft): Attempt {
    const { conversation } = this;
    const { title, description = "", channel, taskType, priority, assignee, due } = draft;
    const sets: TaskField[] = [];
    if (title !== old.title) sets.push({ field: "title", value: title });
    if (description !== old.description) sets.push({ field: "description", value: description });
    if (channel !== old.channel) sets.push({ field: "channel", value: channel ?? null });
    if (taskType !== old.taskType) sets.push({ field: "taskType", value: taskType });
    if (priority !== old.priority) sets.push({ field: "priority", value: priority });
    if (assignee !== old.assignee) sets.push({ field: "assignee", value: assignee ?? null });
    if (due?.at !== old.due?.at || due?.day !== old.due?.day) {
      sets.push({ field: "due", value: due ?? null });
    }
    let attempt: Attempt = { outcome: {} };
    for (const set of sets) {
      attempt = desk.attempt({ conversation, type: "set_task_field", task: old.id, set });
      if ("problem" in attempt) break;
    }
    return attempt;
  }

  private readonly onDone = (): void => {
    this.dispatchEvent(new Event("done"));
  };
}

/** What the form is made of. */
export const elements = { "threadline-task-form": TaskForm };
