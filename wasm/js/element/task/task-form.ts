import { html, nothing } from "lit";
import { property, query, state } from "lit/decorators.js";
import type { Problem } from "../common/desk.js";
import {
  assigneeOptions,
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
import type { Assignee, Priority, TaskChannel } from "../common/types.js";
import { base } from "../styles/base.css.js";
import { dueOf } from "./due.js";

const FIELDS = ["title", "assignee", "due", "description"];

/** The media a task can be about, in the order of the list. */
function channels(): Record<string, string> {
  const { call, message, email, whatsapp, sms } = strings.channels;
  return { "": strings.none, call, message, email, whatsapp, sms };
}

/**
 * Plans a task, for oneself unless somebody else is chosen.
 * @fires done when it is planned or given up
 */
export class TaskForm extends Part {
  static override styles = [base];

  @property() conversation = "";

  @query("form") private readonly form!: HTMLFormElement;

  @state() private problem: Problem | undefined;

  protected override firstUpdated(): void {
    restoreForm(this.form, this.desk?.drafts.get(this.conversation, "task"));
    this.renderRoot.querySelector<HTMLElement>("#title")?.focus();
  }

  protected override render(): unknown {
    const { desk, problem } = this;
    if (!desk) return nothing;
    return html`<form
      class="form"
      aria-label=${strings.task.new}
      @submit=${this.onSubmit}
      @input=${this.onInput}
    >
      <h3 class="wide">${strings.task.new}</h3>
      <div class="wide">
        <label for="title">${strings.task.title}</label>
        <input id="title" name="title" dir="auto" aria-invalid=${problem?.field === "title"} />
        ${fieldError(problem, "title")}
      </div>
      <div>
        <label for="assignee">${strings.task.assignee}</label>
        <select id="assignee" name="assignee">
          ${assigneeOptions(desk, `member:${desk.me}`)}
        </select>
        ${fieldError(problem, "assignee")}
      </div>
      <div>
        <label for="day">${strings.task.due}</label>
        <input id="day" type="date" name="day" aria-invalid=${problem?.field === "due"} />
        ${fieldError(problem, "due")}
      </div>
      <div>
        <label for="time">${strings.task.dueTime}</label>
        <input id="time" type="time" name="time" />
      </div>
      <div>
        <label for="priority">${strings.task.priority}</label>
        <select id="priority" name="priority">
          ${options(strings.priorities, "medium")}
        </select>
      </div>
      <div>
        <label for="type">${strings.task.type}</label>
        <select id="type" name="type">
          ${options(strings.taskTypes, "follow_up")}
        </select>
      </div>
      <div>
        <label for="channel">${strings.task.channel}</label>
        <select id="channel" name="channel">
          ${options(channels())}
        </select>
      </div>
      <div class="wide">
        <label for="description">${strings.task.description}</label>
        <textarea
          id="description"
          name="description"
          dir="auto"
          rows="2"
          @keydown=${submitOnEnter}
        ></textarea>
        ${fieldError(problem, "description")}
      </div>
      ${formError(problem, FIELDS)}
      <div class="actions wide">
        <button class="primary">${strings.task.create}</button>
        <button type="button" class="plain" @click=${this.onDone}>${strings.cancel}</button>
      </div>
    </form>`;
  }

  private readonly onInput = (): void => {
    this.desk?.drafts.set(this.conversation, "task", draftOfForm(this.form));
  };

  private readonly onSubmit = (event: SubmitEvent): void => {
    const field = fieldsOfForm(event);
    const attempt = this.desk?.attempt({
      conversation: this.conversation,
      type: "create_task",
      draft: {
        title: field("title"),
        description: field("description"),
        channel: (field("channel") || undefined) as TaskChannel | undefined,
        taskType: field("type"),
        priority: field("priority") as Priority,
        assignee: (field("assignee") || undefined) as Assignee | undefined,
        due: dueOf(field("day"), field("time")) ?? undefined,
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
export const elements = { "threadline-task-form": TaskForm };
