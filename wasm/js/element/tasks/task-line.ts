/** One task in the list: what it is, and what can be done with it without leaving the list. */
import { css, html, nothing, type TemplateResult } from "lit";
import { choiceText, offered } from "../common/choices.js";
import type { Desk } from "../common/desk.js";
import { avatar, overTime } from "../common/format.js";
import { icon, labelledIcon } from "../common/icons.js";
import type { MenuItem } from "../common/menu.js";
import { strings } from "../common/strings.js";
import type { Assignee, Due, Priority, TaskField, TaskRow, TaskStatus } from "../common/types.js";
import { tasks as words } from "../strings/en/tasks.js";
import { dueText, fieldsOf } from "../task/due.js";
import { suggestions } from "../task/due-menu.js";

export const taskLineStyles = css`
  .check {
    inline-size: 16px;
    min-block-size: 16px;
    flex: none;
    margin: 0;
  }
  .complete {
    color: var(--threadline-faint);
  }
  .complete:hover,
  .complete.done {
    color: var(--threadline-success);
  }
  .over .title {
    color: var(--threadline-muted);
    text-decoration: line-through;
  }
  .late {
    color: var(--threadline-danger);
  }
  .critical {
    color: var(--threadline-danger);
  }
  .high {
    color: var(--threadline-warning);
  }
  .who {
    inline-size: 176px;
    gap: 0;
  }
  .who .words {
    max-inline-size: 112px;
  }
  .who threadline-menu .icon {
    inline-size: 12px;
    block-size: 12px;
    flex: none;
  }
  .pick {
    inline-size: auto;
  }
  @container (inline-size < 720px) {
    .who {
      inline-size: auto;
      --threadline-words-display: none;
    }
    .state {
      display: none;
    }
  }
  @container (inline-size < 480px) {
    .urgency,
    .who .avatar {
      display: none;
    }
    .due-words {
      display: none;
    }
  }
`;

/** What a person does with a task in the list. */
export interface TaskActs {
  /** Ticked for doing something with several at once. */
  marked: boolean;
  /** Whether a date is being chosen for it. */
  dating: boolean;
  mark(): void;
  open(): void;
  focus(): void;
  complete(): void;
  reopen(): void;
  claim(): void;
  status(status: TaskStatus): void;
  set(set: TaskField): void;
  pickDate(): void;
  due(day: string): void;
}

const FINAL: readonly TaskStatus[] = ["done", "cancelled"];

/** Whether nothing is left to do. */
export const isOver = ({ status }: { status: TaskStatus }): boolean => FINAL.includes(status);

/** Everybody a task can be given to, as lines of a menu. */
export function assigneeMenu(
  desk: Desk,
  now: Assignee | undefined,
  choose: (assignee: Assignee | null) => void,
): MenuItem[] {
  const line = (value: Assignee | null, text: string): MenuItem => ({
    text,
    checked: (now ?? null) === value,
    run: () => choose(value),
  });
  return [
    line(null, strings.nobody),
    { text: "" },
    ...desk.people.map(({ id, name }) => line(`member:${id}`, name)),
    { text: "" },
    ...desk.teams.map((id) => line(`team:${id}`, desk.assigneeName(`team:${id}`))),
  ];
}

/** The content of a row. */
export function taskLine(task: TaskRow, desk: Desk, acts: TaskActs): TemplateResult {
  const over = isOver(task);
  return html`<input
      class="check"
      type="checkbox"
      aria-label=${words().select(task.title)}
      .checked=${acts.marked}
      @change=${() => acts.mark()}
    />
    <button
      class="plain icon-only complete ${task.status}"
      aria-label=${over ? `${strings.task.reopen}: ${task.title}` : words().complete(task.title)}
      title=${over ? strings.task.reopen : strings.task.done}
      @click=${() => (over ? acts.reopen() : acts.complete())}
    >
      ${icon(over ? "reopen" : "checkCircle")}
    </button>
    <button
      class="open ${over ? "over" : ""}"
      data-id=${task.id}
      @click=${() => acts.open()}
      @focus=${() => acts.focus()}
    >
      <span class="title clip" dir="auto">${task.title}</span>
      <span class="line small muted">
        <span class="clip" dir="auto">${task.name}</span>
        <span class="chip"
          >${choiceText(desk.settings.taskTypes, task.taskType, strings.taskTypes)}</span
        >
        ${task.channel ? labelledIcon(task.channel, strings.channels[task.channel]) : nothing}
        ${
          task.conflicted
            ? html`<span class="chip warning">${icon("conflict")} ${strings.rowConflict}</span>`
            : nothing
        }
      </span>
    </button>
    ${
      task.claimable
        ? html`<button @click=${() => acts.claim()}>
            ${icon("hand")} <span class="words">${strings.task.claim}</span>
          </button>`
        : nothing
    }
    ${over ? html`<span class="chip">${strings.taskStatus[task.status]}</span>` : nothing}
    ${acts.dating ? dateField(task, acts) : dueMenu(task, desk, acts)} ${priorityMenu(task, acts)}
    ${whoMenu(task, desk, acts)} ${statusMenu(task, acts)}`;
}

function dateField(task: TaskRow, acts: TaskActs): TemplateResult {
  return html`<input
    class="pick"
    type="date"
    aria-label=${strings.task.due}
    .value=${fieldsOf(task.due).day}
    @change=${(event: Event) => acts.due((event.target as HTMLInputElement).value)}
    @blur=${() => acts.pickDate()}
    @keydown=${(event: KeyboardEvent) => {
      if (event.key !== "Escape") return;
      event.stopPropagation();
      acts.pickDate();
    }}
  />`;
}

function dueMenu(task: TaskRow, desk: Desk, acts: TaskActs): TemplateResult {
  const { due } = task;
  const { dates } = words();
  const set = (value: Due | null): void => acts.set({ field: "due", value });
  const text = due ? dueText(due, Date.now()) : strings.none;
  return html`<threadline-menu
    class="when"
    .desk=${desk}
    .label=${words().due(text)}
    .items=${(): MenuItem[] => [
      ...suggestions(desk, Date.now()).map(({ text: name, due: when }) => ({
        text: name,
        run: () => set(when()),
      })),
      { text: dates.pick, icon: "calendar", run: () => acts.pickDate() },
      { text: dates.none, run: () => set(null) },
    ]}
    ><span class="line ${task.group === "overdue" ? "late" : ""}"
      >${icon("clock")}
      ${
        due
          ? html`<span class="due-words">${overTime((now: number) => dueText(due, now))}</span>`
          : nothing
      }</span
    ></threadline-menu
  >`;
}

function priorityMenu(task: TaskRow, acts: TaskActs): TemplateResult {
  return html`<threadline-menu
    class="urgency"
    .label=${words().priority(strings.priorities[task.priority])}
    .items=${(): MenuItem[] =>
      (Object.entries(strings.priorities) as [Priority, string][]).map(([value, text]) => ({
        text,
        checked: value === task.priority,
        run: () => acts.set({ field: "priority", value }),
      }))}
    ><span class=${task.priority}>${icon("flag")}</span></threadline-menu
  >`;
}

function whoMenu({ assignee }: TaskRow, desk: Desk, acts: TaskActs): TemplateResult {
  const name = desk.assigneeName(assignee);
  return html`<span class="line who"
    >${assignee ? avatar(name, assignee, "tiny") : icon("user")}
    <threadline-menu
      .label=${words().assignee(name)}
      .items=${() =>
        assigneeMenu(desk, assignee, (value) => acts.set({ field: "assignee", value }))}
      ><span class="words clip">${name}</span>${icon("down")}</threadline-menu
    ></span
  >`;
}

function statusMenu(task: TaskRow, acts: TaskActs): TemplateResult {
  return html`<threadline-menu
    class="state"
    .label=${words().status(strings.taskStatus[task.status])}
    .items=${(): MenuItem[] =>
      (Object.entries(strings.taskStatus) as [TaskStatus, string][]).map(([value, text]) => ({
        text,
        checked: value === task.status,
        run: () => acts.status(value),
      }))}
    >${icon("more")}</threadline-menu
  >`;
}

/** The filters' words for types. */
export function typeEntries(desk: Desk, selected: string): [string, string][] {
  return offered(desk.settings.taskTypes, selected).map(({ id }) => [
    id,
    choiceText(desk.settings.taskTypes, id, strings.taskTypes),
  ]);
}
