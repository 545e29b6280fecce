/** The fields of a task, wherever one is planned or changed. */
import { html, type TemplateResult } from "lit";
import { choiceOptions } from "../common/choices.js";
import type { Desk, Problem } from "../common/desk.js";
import { assigneeOptions, fieldError, options } from "../common/field-form.js";
import { lineField, selectField, textField } from "../common/fields.js";
import { icon } from "../common/icons.js";
import { strings } from "../common/strings.js";
import type { Assignee, Due, Priority, Task, TaskChannel, TaskDraft } from "../common/types.js";
import { tasks as words } from "../strings/en/tasks.js";
import { suggestions } from "./due-menu.js";
import { dueOf, fieldsOf } from "./due.js";

/** Fields of the command that the form shows a refusal beside. */
export const TASK_FIELDS = ["title", "assignee", "due", "description", "taskType"];

/** The media a task can be about, in the order of the list. */
function channels(): Record<string, string> {
  const { call, message, email, whatsapp, sms } = strings.channels;
  return { "": strings.none, call, message, email, whatsapp, sms };
}

/**
 * The fields of a task that is planned beside something else: what, who, when.
 * @param prefix keeps their names apart from those of the form they stand in
 * @param form gives that form, for the due dates that are suggested
 */
export function briefTaskFields(
  desk: Desk,
  problem: Problem | undefined,
  form: () => HTMLFormElement,
  prefix = "",
  task?: Task,
): TemplateResult {
  const { day, time } = fieldsOf(task?.due);
  const { title, assignee, due, dueTime } = strings.task;
  return html`${lineField(`${prefix}title`, title, problem, {
      wide: true,
      field: "title",
      value: task?.title ?? "",
    })}
    ${selectField(
      `${prefix}assignee`,
      assignee,
      problem,
      assigneeOptions(desk, task ? task.assignee : `member:${desk.me}`),
      { field: "assignee" },
    )}
    <div>
      <label for="${prefix}day">${due}</label>
      <div class="line">
        <input
          id="${prefix}day"
          type="date"
          name="${prefix}day"
          .value=${day}
          aria-invalid=${problem?.field === "due"}
        />
        <threadline-menu
          .desk=${desk}
          .label=${words().soon}
          .items=${() =>
            suggestions(desk, Date.now()).map(({ text, due: when }) => ({
              text,
              run: () => fillDue(form(), prefix, when()),
            }))}
          >${icon("clock")}</threadline-menu
        >
      </div>
      ${fieldError(problem, "due")}
    </div>
    ${lineField(`${prefix}time`, dueTime, undefined, { type: "time", value: time })}`;
}

/** All fields of a task. */
export function taskFields(
  desk: Desk,
  problem: Problem | undefined,
  form: () => HTMLFormElement,
  task?: Task,
): TemplateResult {
  const { taskTypes } = desk.settings;
  const { priority, type, channel, description } = strings.task;
  return html`${briefTaskFields(desk, problem, form, "", task)}
  ${selectField(
    "priority",
    priority,
    problem,
    options(strings.priorities, task?.priority ?? "medium"),
  )}
  ${selectField(
    "type",
    type,
    problem,
    choiceOptions(taskTypes, task?.taskType ?? "follow_up", strings.taskTypes),
    { field: "taskType" },
  )}
  ${selectField("channel", channel, problem, options(channels(), task?.channel ?? ""))}
  ${textField("description", description, problem, { value: task?.description ?? "" })}`;
}

/** Puts a due date into its fields, as if it had been typed. */
function fillDue(form: HTMLFormElement, prefix: string, due: Due): void {
  const { day, time } = fieldsOf(due);
  const fill = (name: string, value: string): void => {
    const field = form.elements.namedItem(`${prefix}${name}`);
    if (field instanceof HTMLInputElement) field.value = value;
  };
  fill("day", day);
  fill("time", time);
  form.dispatchEvent(new Event("input", { bubbles: true }));
}

/** The task that the fields of {@link briefTaskFields} or {@link taskFields} say. */
export function taskDraftOf(field: (name: string) => string, prefix = ""): TaskDraft {
  return {
    title: field(`${prefix}title`),
    description: field(`${prefix}description`),
    channel: (field(`${prefix}channel`) || undefined) as TaskChannel | undefined,
    taskType: field(`${prefix}type`) || "follow_up",
    priority: (field(`${prefix}priority`) || "medium") as Priority,
    assignee: (field(`${prefix}assignee`) || undefined) as Assignee | undefined,
    due: dueOf(field(`${prefix}day`), field(`${prefix}time`)) ?? undefined,
  };
}
