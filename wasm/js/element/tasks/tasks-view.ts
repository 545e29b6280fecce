import { css, html, nothing, type PropertyValues, type TemplateResult } from "lit";
import { query, state } from "lit/decorators.js";
import { repeat } from "lit/directives/repeat.js";
import type { UiCommand } from "../commands/command.js";
import { runApart, type ConversationOrder } from "../common/apart.js";
import { blank } from "../common/blank.js";
import { ClientListener } from "../common/client-listener.js";
import type { Desk } from "../common/desk.js";
import { icon } from "../common/icons.js";
import { filterSelect, listToolStyles, searchField } from "../common/list-tools.js";
import { number } from "../common/locale.js";
import { paced } from "../common/pace.js";
import { Part } from "../common/part.js";
import { place } from "../common/place.js";
import { Sight } from "../common/sight.js";
import { strings } from "../common/strings.js";
import type {
  Assignee,
  TaskField,
  TaskRow,
  TaskScope,
  TaskSort,
  TaskStatus,
} from "../common/types.js";
import { viewFrame, viewStyles } from "../common/view-frame.js";
import { tasks as words } from "../strings/en/tasks.js";
import { base } from "../styles/base.css.js";
import { dueOf } from "../task/due.js";
import { assigneeMenu, isOver, taskLine, taskLineStyles, typeEntries } from "./task-line.js";
import { NO_FILTERS, narrowed, taskQuery, type TaskFilters } from "./task-query.js";
import { HEADING, TaskRows, type Line } from "./task-rows.js";

/** Height of a task in pixels: fixed, so that thousands of them know their length without being drawn. */
const ROW_HEIGHT = 52;
/** Pixels drawn beyond each edge, so that scrolling shows no gap before the next frame. */
const BEYOND = 320;
/** While somebody types, the rows change with every key; this often, in milliseconds, is enough. */
const REFRESH_MS = 200;

const SCOPES: readonly TaskScope[] = ["mine", "teams", "unassigned", "all"];

const tasksStyles = css`
  .bulk {
    position: sticky;
    inset-block-end: 0;
    flex: none;
    flex-wrap: wrap;
    padding: 8px 14px;
    border-block-start: 1px solid var(--threadline-border-strong);
    background: var(--threadline-surface-raised);
  }
`;

/** All tasks of the workspace: whose they are, when they are due, and what can be done with them at once. */
export class TasksView extends Part {
  static override styles = [base, viewStyles, listToolStyles, taskLineStyles, tasksStyles];

  /** Commands that only this view has. */
  readonly commands: readonly UiCommand[] = [
    {
      id: "tasks-mark",
      title: () => words().choose,
      icon: "check",
      group: "move",
      keys: "x",
      enabled: () => this.active !== undefined,
      run: () => this.markActive(),
    },
    {
      id: "tasks-finish",
      title: () => words().finish,
      icon: "checkCircle",
      group: "move",
      keys: "e",
      enabled: () => this.active !== undefined,
      run: () => this.completeActive(),
    },
  ];

  @state() private scope: TaskScope = "mine";
  @state() private search = "";
  @state() private sort: TaskSort = "due";
  @state() private filters: TaskFilters = NO_FILTERS;
  @state() private filtering = false;
  /** Tasks that are ticked, as they were then. */
  @state() private marked: ReadonlyMap<string, TaskRow> = new Map();
  /** The task the keyboard is at. */
  @state() private active: { id: string; index: number } | undefined;
  /** The task whose date is being chosen. */
  @state() private dating: string | undefined;

  @query(".rows") private readonly scroller!: HTMLElement | null;
  @query("input[type=search]") private readonly searchInput!: HTMLInputElement | null;

  private rows: TaskRows | undefined;
  private wantsFocus = false;
  private readonly sight = new Sight(this, () => this.scroller);

  constructor() {
    super();
    const refresh = (): void => this.refresh();
    new ClientListener(this, {
      rows: paced(REFRESH_MS, refresh),
      changed: ({ detail }) => {
        if (detail.doc === "workspace") this.refresh();
      },
    });
  }

  /** Moves the keyboard's row. */
  move(by: 1 | -1): void {
    const total = this.rows?.total ?? 0;
    if (total === 0) return;
    const from = this.active?.index ?? (by > 0 ? -1 : total);
    const index = Math.min(Math.max(from + by, 0), total - 1);
    const task = this.rows?.at(index);
    if (!task) return;
    this.active = { id: task.id, index };
    this.wantsFocus = true;
    this.sight.show((this.rows?.topOf(index) ?? 0) - HEADING, ROW_HEIGHT + HEADING);
  }

  /** Opens the conversation of the keyboard's row. */
  openActive(): void {
    const task = this.activeTask();
    if (task) this.desk?.show(task.conversation);
  }

  focusSearch(): void {
    this.searchInput?.focus();
  }

  /** Forgets what is ticked, before the view is left. */
  back(): boolean {
    const had = this.marked.size > 0;
    this.marked = new Map();
    return had;
  }

  override focus(): void {
    if (this.rows && this.rows.total > 0) this.move(1);
    else this.focusSearch();
  }

  protected override willUpdate(changed: PropertyValues): void {
    const asks = ["desk", "scope", "search", "sort", "filters"];
    if (asks.some((name) => changed.has(name))) this.forget();
    const client = this.desk?.client;
    if (!client) return;
    const { scope, search, sort, filters } = this;
    const ask = taskQuery({ scope, search, sort, filters }, Date.now());
    this.rows ??= new TaskRows(
      (part) => client.reads.tasks({ ...ask, ...part }),
      ask.groups ?? [],
      ROW_HEIGHT,
    );
    if (this.active) {
      const index = this.rows.indexOf(this.active.id, this.active.index);
      if (index >= 0 && index !== this.active.index) this.active = { ...this.active, index };
    }
  }

  protected override updated(changed: PropertyValues): void {
    if (changed.has("dating") && this.dating) {
      this.renderRoot.querySelector<HTMLInputElement>(".pick")?.focus();
    }
    if (!this.wantsFocus || !this.active) return;
    const target = this.renderRoot.querySelector<HTMLElement>(`[data-id="${this.active.id}"]`);
    target?.focus({ preventScroll: true });
    this.wantsFocus = target === null;
  }

  protected override render(): unknown {
    const { desk, rows } = this;
    if (!desk || !rows) return nothing;
    const sorts = html`<select
      class="quiet"
      aria-label=${words().sort}
      @change=${(event: Event) =>
        (this.sort = (event.target as HTMLSelectElement).value as TaskSort)}
    >
      ${(Object.entries(words().sorts) as [TaskSort, string][]).map(
        ([value, text]) =>
          html`<option value=${value} ?selected=${value === this.sort}>${text}</option>`,
      )}
    </select>`;
    return viewFrame(
      strings.views.tasks,
      sorts,
      html`${this.renderTools(desk, rows)}
      ${rows.total === 0 ? this.renderEmpty() : this.renderRows(desk, rows)}
      ${this.marked.size > 0 ? this.renderBulk(desk, rows) : nothing}`,
    );
  }

  private renderTools(desk: Desk, rows: TaskRows): TemplateResult {
    const { counts } = rows.page;
    return html`<div class="tools">
      <div class="scopes" role="group" aria-label=${words().scopeLabel}>
        ${SCOPES.map(
          (scope) =>
            html`<button aria-pressed=${scope === this.scope} @click=${() => (this.scope = scope)}>
              ${words().scopes[scope]} <span class="count">${number(counts[scope])}</span>
            </button>`,
        )}
      </div>
      ${searchField(words().search, this.search, (text) => (this.search = text))}
      <button aria-expanded=${this.filtering} @click=${() => (this.filtering = !this.filtering)}>
        ${icon("settings")} ${words().filter(narrowed(this.filters))}
      </button>
      ${this.filtering ? this.renderFilters(desk) : nothing}
    </div>`;
  }

  private renderFilters(desk: Desk): TemplateResult {
    const { filters } = this;
    const { any, anyone, unfinished, groups } = words();
    const set =
      (field: keyof TaskFilters) =>
      (value: string): void => {
        this.filters = { ...filters, [field]: value } as TaskFilters;
      };
    const people = [
      ...desk.people.map(({ id, name }) => [`member:${id}`, name] as const),
      ...desk.teams.map((id) => [`team:${id}`, desk.assigneeName(`team:${id}`)] as const),
    ];
    const { call, message, email, whatsapp, sms } = strings.channels;
    const channels = Object.entries({ call, message, email, whatsapp, sms });
    const { task, fields } = strings;
    return html`<div class="filters" role="group" aria-label=${words().filters}>
      ${filterSelect(task.due, any, filters.group, Object.entries(groups), set("group"))}
      ${filterSelect(
        fields.status,
        unfinished,
        filters.status,
        Object.entries(strings.taskStatus),
        set("status"),
      )}
      ${filterSelect(
        task.priority,
        any,
        filters.priority,
        Object.entries(strings.priorities),
        set("priority"),
      )}
      ${filterSelect(task.assignee, anyone, filters.assignee, people, set("assignee"))}
      ${filterSelect(task.type, any, filters.type, typeEntries(desk, filters.type), set("type"))}
      ${filterSelect(task.channel, any, filters.channel, channels, set("channel"))}
      ${narrowed(filters) > 0 ? this.clearButton() : nothing}
    </div>`;
  }

  private clearButton(): TemplateResult {
    return html`<button class="plain" @click=${() => (this.filters = NO_FILTERS)}>
      ${icon("close")} ${words().clear}
    </button>`;
  }

  private renderEmpty(): TemplateResult {
    const { empty } = words();
    if (narrowed(this.filters) > 0) return blank("task", empty.narrowed, this.clearButton());
    if (this.search.trim()) return blank("search", empty.narrowed);
    return blank("task", empty[this.scope]);
  }

  private renderRows(desk: Desk, rows: TaskRows): TemplateResult {
    const { from, size } = this.sight;
    const lines = rows.between(Math.max(0, from - BEYOND), from + size + BEYOND);
    return html`<div class="rows" @scroll=${this.sight.look}>
      <div
        class="canvas"
        role="list"
        aria-label=${words().list}
        ${place({ blockSize: `${rows.height}px` })}
      >
        ${repeat(
          lines,
          (line) => (line.type === "task" ? line.task.id : line.group),
          (line) => this.renderLine(line, desk),
        )}
      </div>
    </div>`;
  }

  private renderLine(line: Line, desk: Desk): TemplateResult {
    const at = (size: number): unknown =>
      place({ transform: `translateY(${line.top}px)`, blockSize: `${size}px` });
    if (line.type === "heading") {
      return html`<div class="heading ${line.group}" role="listitem" ${at(HEADING)}>
        <h3>${words().groups[line.group]}</h3>
        <span>${number(line.count)}</span>
      </div>`;
    }
    const { task, index } = line;
    const marked = this.marked.has(task.id);
    return html`<div
      class="row ${marked ? "marked" : ""}"
      part="task-row"
      role="listitem"
      ${at(ROW_HEIGHT)}
    >
      ${taskLine(task, desk, {
        marked,
        dating: this.dating === task.id,
        mark: () => this.mark(task),
        open: () => desk.show(task.conversation),
        focus: () => (this.active = { id: task.id, index }),
        complete: () => void this.complete([task]),
        reopen: () => void this.order([this.status(task, "to_do")]),
        claim: () => void this.claim(task),
        status: (status) =>
          void (status === "done"
            ? this.complete([task])
            : this.order([this.status(task, status)])),
        set: (set) => void this.order([this.field(task, set)]),
        pickDate: () => (this.dating = this.dating === task.id ? undefined : task.id),
        due: (day) => {
          this.dating = undefined;
          void this.order([this.field(task, { field: "due", value: dueOf(day, "") })]);
        },
      })}
    </div>`;
  }

  private renderBulk(desk: Desk, rows: TaskRows): TemplateResult {
    const { selected, selectAll, clearSelection, completeSelected, assignSelected } = words();
    return html`<div class="bulk line" role="group" aria-label=${selected(this.marked.size)}>
      <strong>${selected(this.marked.size)}</strong>
      ${
        this.marked.size < rows.total
          ? html`<button class="link" @click=${() => this.markAll(rows)}>${selectAll}</button>`
          : nothing
      }
      <span class="grow"></span>
      <button @click=${() => void this.complete([...this.marked.values()])}>
        ${icon("checkCircle")} ${completeSelected}
      </button>
      <threadline-menu
        look=""
        .label=${assignSelected}
        .items=${() => assigneeMenu(desk, undefined, (to) => void this.assign(to))}
        >${icon("user")} ${assignSelected}</threadline-menu
      >
      <button class="plain" @click=${() => (this.marked = new Map())}>
        ${icon("close")} <span class="words">${clearSelection}</span>
      </button>
    </div>`;
  }

  private activeTask(): TaskRow | undefined {
    const { active } = this;
    const task = active && this.rows?.at(active.index);
    return task?.id === active?.id ? task : undefined;
  }

  private mark(task: TaskRow): void {
    const marked = new Map(this.marked);
    if (!marked.delete(task.id)) marked.set(task.id, task);
    this.marked = marked;
  }

  private markActive(): void {
    const task = this.activeTask();
    if (task) this.mark(task);
  }

  private markAll(rows: TaskRows): void {
    const marked = new Map<string, TaskRow>();
    for (let index = 0; index < rows.total; index += 1) {
      const task = rows.at(index);
      if (task) marked.set(task.id, task);
    }
    this.marked = marked;
  }

  private completeActive(): void {
    const task = this.activeTask();
    if (task && !isOver(task)) void this.complete([task]);
  }

  private async complete(tasks: TaskRow[]): Promise<void> {
    const open = tasks.filter((task) => !isOver(task));
    this.marked = new Map();
    const done = await this.order(open.map((task) => this.status(task, "done")));
    if (done === 0) return;
    // A task reopens to `to_do`, and goes on from there to where it was.
    const undo = open.flatMap((task) => [
      this.status(task, "to_do"),
      ...(task.status === "in_progress" ? [this.status(task, task.status)] : []),
    ]);
    this.offerUndo(words().completed(done), undo);
  }

  private async assign(to: Assignee | null): Promise<void> {
    const tasks = [...this.marked.values()];
    this.marked = new Map();
    const give = (task: TaskRow, value: Assignee | null): ConversationOrder =>
      this.field(task, { field: "assignee", value });
    const done = await this.order(tasks.map((task) => give(task, to)));
    if (done === 0) return;
    const undo = tasks.map((task) => give(task, task.assignee ?? null));
    this.offerUndo(words().assigned(done, this.desk?.assigneeName(to) ?? ""), undo);
  }

  private async claim({ conversation, id }: TaskRow): Promise<void> {
    const done = await this.order([{ conversation, type: "claim_task", task: id }]);
    if (done > 0) this.desk?.notify({ text: words().claimed });
  }

  private offerUndo(text: string, undo: ConversationOrder[]): void {
    const run = (): void => void this.order(undo);
    this.desk?.notify({ text, action: { label: strings.undo, run } });
  }

  private status({ conversation, id }: TaskRow, status: TaskStatus): ConversationOrder {
    return { conversation, type: "set_task_status", task: id, status };
  }

  private field({ conversation, id }: TaskRow, set: TaskField): ConversationOrder {
    return { conversation, type: "set_task_field", task: id, set };
  }

  private async order(commands: ConversationOrder[]): Promise<number> {
    return this.desk ? runApart(this.desk, commands) : 0;
  }

  /** Asks again for what is visible. */
  private refresh(): void {
    this.rows = undefined;
    this.requestUpdate();
  }

  /** The list is another one: begin at its top. */
  private forget(): void {
    this.rows = undefined;
    this.active = undefined;
    this.scroller?.scrollTo({ top: 0 });
  }
}

/** What the view is made of. */
export const elements = { "threadline-tasks": TasksView };
