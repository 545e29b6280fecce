/** The fields of what a flow does. */
import { html, nothing, type TemplateResult } from "lit";
import { choiceOptions } from "../common/choices.js";
import type { Desk, Problem } from "../common/desk.js";
import { assigneeOptions, options } from "../common/field-form.js";
import { lineField, memberOptions, selectField, textField } from "../common/fields.js";
import { strings } from "../common/strings.js";
import type { FlowAction } from "../common/types.js";
import { flows as words } from "../strings/en/flows.js";

/** The kinds of actions, in the order in which they are offered. */
export const ACTIONS = [
  "create_task",
  "log_topic",
  "add_note",
  "add_tag",
  "remove_tag",
  "set_owner",
  "set_team",
  "set_priority",
  "close",
  "reopen",
] as const satisfies FlowAction["type"][];

/** Whether an action has texts whose placeholders are filled in. */
export function hasTexts({ type }: FlowAction): boolean {
  return type === "create_task" || type === "log_topic" || type === "add_note";
}

/**
 * The fields of an action.
 * @param at the action's place, by which its fields are named: `actions/0/title`
 * @param tags the id of the list of tags that are offered
 */
export function actionFields(
  action: FlowAction,
  at: number,
  desk: Desk,
  problem: Problem | undefined,
  tags: string,
): TemplateResult | typeof nothing {
  const name = (field: string): string => `actions/${at}/${field}`;
  switch (action.type) {
    case "create_task":
      return taskFields(action.task, name, desk, problem);
    case "log_topic": {
      const { subject, purpose, summary } = action.topic;
      const { purposes } = desk.settings;
      return html`${lineField(name("subject"), strings.topic.subject, problem, {
        value: subject,
        hint: words().subjectHint,
      })}
      ${selectField(
        name("purpose"),
        strings.topic.purpose,
        problem,
        choiceOptions(purposes, purpose, strings.purposes),
      )}
      ${textField(name("summary"), strings.topic.summary, problem, { value: summary ?? "" })}`;
    }
    case "add_note":
      return textField(name("text"), strings.composer.note, problem, {
        value: action.text,
        hint: words().noteHint,
      });
    case "add_tag":
    case "remove_tag":
      return lineField(name("tag"), words().tag, problem, { value: action.tag, list: tags });
    case "set_owner":
      return selectField(
        name("owner"),
        strings.thread.owner,
        problem,
        memberOptions(desk.people, action.owner ?? undefined, strings.nobody),
      );
    case "set_team": {
      const teams = desk.teams.map((id) => ({ id, name: desk.teamName(id) }));
      return selectField(
        name("team"),
        strings.fields.team,
        problem,
        memberOptions(teams, action.team ?? undefined, strings.none),
      );
    }
    case "set_priority":
      return selectField(
        name("priority"),
        strings.thread.priority,
        problem,
        options(strings.priorities, action.priority),
      );
    case "close":
    case "reopen":
      return nothing;
  }
}

function taskFields(
  task: Extract<FlowAction, { type: "create_task" }>["task"],
  name: (field: string) => string,
  desk: Desk,
  problem: Problem | undefined,
): TemplateResult {
  const { title, description, taskType, priority, assignee, due } = task;
  const { taskTypes } = desk.settings;
  const { ownerOfConversation, teamOfConversation, asConversation, units } = words();
  return html`${lineField(name("title"), strings.task.title, problem, {
      wide: true,
      value: title,
      hint: words().titleHint,
    })}
    ${selectField(
      name("assignee"),
      strings.task.assignee,
      problem,
      html`${options(
        {
          "member:{{conversation.owner}}": ownerOfConversation,
          "team:{{conversation.team}}": teamOfConversation,
        },
        assignee,
      )}
      ${assigneeOptions(desk, assignee)}`,
    )}
    ${selectField(
      name("taskType"),
      strings.task.type,
      problem,
      choiceOptions(taskTypes, taskType, strings.taskTypes),
    )}
    ${selectField(
      name("priority"),
      strings.task.priority,
      problem,
      options(
        { ...strings.priorities, "{{conversation.priority}}": asConversation },
        priority || "medium",
      ),
    )}
    <div>
      <label for=${name("due")}>${words().due}</label>
      <div class="due">
        <input
          id=${name("due")}
          name=${name("due")}
          type="number"
          min="0"
          max="10000"
          placeholder=${words().noDue}
          .value=${due ? String(due.amount) : ""}
        />
        <select name=${name("unit")} aria-label=${words().dueUnit}>
          ${options(units, due?.unit ?? "business_days")}
        </select>
      </div>
    </div>
    ${textField(name("description"), strings.task.description, problem, {
      value: description ?? "",
    })}`;
}
