import { css, html, nothing, type PropertyValues, type TemplateResult } from "lit";
import { property, state } from "lit/decorators.js";
import type { UiCommand } from "../commands/command.js";
import { hoursText } from "../appointment/when.js";
import { blank } from "../common/blank.js";
import { ClientListener } from "../common/client-listener.js";
import { addDays, weekOf } from "../common/days.js";
import type { Desk } from "../common/desk.js";
import { memberOptions } from "../common/fields.js";
import { avatar, dayOf, dayText, overTime, timeText } from "../common/format.js";
import { perLocale } from "../common/locale.js";
import { paced } from "../common/pace.js";
import { Part } from "../common/part.js";
import { direction, strings } from "../common/strings.js";
import type { CalendarEntry } from "../common/types.js";
import { viewFrame, viewStyles } from "../common/view-frame.js";
import { appointments } from "../strings/en/appointments.js";
import { calendar as words } from "../strings/en/calendar.js";
import { base } from "../styles/base.css.js";
import { agenda, placeOfNow, type Day } from "./agenda.js";

/** While somebody types, the rows change with every key; this often, in milliseconds, is enough. */
const REFRESH_MS = 200;

const RANGES = { day: 1, week: 7 } as const;
type Range = keyof typeof RANGES;

const title = perLocale(
  (tag) => new Intl.DateTimeFormat(tag, { year: "numeric", month: "long", day: "numeric" }),
);

const calendarStyles = css`
  .tools {
    flex: none;
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 6px;
    padding: 8px 14px;
    border-block-end: 1px solid var(--threadline-border);
  }
  .tools h3 {
    margin-inline-start: 4px;
  }
  .back,
  .forth {
    font-size: 16px;
  }
  .tools [aria-pressed="true"] {
    border-color: transparent;
    background: var(--threadline-accent-tint);
    color: var(--threadline-accent);
  }
  .agenda {
    display: grid;
    align-content: start;
    gap: 16px;
    padding: 14px;
  }
  .day > h3 {
    margin-block-end: 6px;
    color: var(--threadline-muted);
    font-size: 12px;
  }
  .today > h3 {
    color: var(--threadline-accent);
  }
  ul {
    display: grid;
    gap: 4px;
  }
  .entry {
    display: grid;
    grid-template-columns: 104px minmax(0, 1fr) auto;
    align-items: center;
    gap: 2px 12px;
    inline-size: 100%;
    padding: 6px 12px;
    border-color: var(--threadline-border);
    border-inline-start: 3px solid var(--threadline-accent);
    font-weight: 400;
    text-align: start;
  }
  .entry.task {
    border-inline-start-color: var(--threadline-warning);
  }
  .entry.over {
    border-inline-start-color: var(--threadline-border-strong);
    color: var(--threadline-muted);
  }
  .entry.cancelled .what {
    text-decoration: line-through;
  }
  .what {
    display: block;
    inline-size: fit-content;
    max-inline-size: 100%;
    font-weight: 500;
  }
  .now {
    display: flex;
    align-items: center;
    gap: 8px;
    color: var(--threadline-danger);
    font-size: 12px;
  }
  .now::after {
    content: "";
    flex: 1;
    border-block-start: 1px solid currentColor;
  }
  @container (inline-size >= 1000px) {
    .agenda.week {
      grid-template-columns: repeat(7, minmax(0, 1fr));
      gap: 8px;
    }
    .week .entry {
      grid-template-columns: minmax(0, 1fr);
      padding-inline: 8px;
    }
    .week .entry .chip {
      justify-self: start;
    }
  }
  @container (inline-size < 480px) {
    .entry {
      grid-template-columns: minmax(0, 1fr) auto;
    }
    .entry .hours {
      grid-column: 1 / -1;
    }
  }
`;

/** Appointments and due tasks by day and week. */
export class CalendarView extends Part {
  static override styles = [base, viewStyles, calendarStyles];

  /** How many days are shown. */
  @property() range: Range = "week";

  /** Commands that only this view has. */
  readonly commands: readonly UiCommand[] = [
    this.command(
      "calendar-today",
      "calendar",
      "h",
      () => words().today,
      () => this.toToday(),
    ),
    this.command(
      "calendar-earlier",
      "back",
      "ArrowLeft",
      () => words().previous,
      () => this.turn(this.rtl ? 1 : -1),
    ),
    this.command(
      "calendar-later",
      "reply",
      "ArrowRight",
      () => words().next,
      () => this.turn(this.rtl ? -1 : 1),
    ),
    this.command(
      "calendar-day",
      "calendar",
      "d",
      () => words().day,
      () => (this.range = "day"),
    ),
    this.command(
      "calendar-week",
      "calendar",
      "w",
      () => words().week,
      () => (this.range = "week"),
    ),
  ];

  /** Midnight of a day that is shown. */
  @state() private at = dayOf(Date.now());
  /** Whose entries; everybody's for `""`. */
  @state() private member = "";

  private entries: CalendarEntry[] | undefined;

  constructor() {
    super();
    const refresh = (): void => {
      this.entries = undefined;
      this.requestUpdate();
    };
    new ClientListener(this, { rows: paced(REFRESH_MS, refresh) });
  }

  /** Moves the focus along the entries. */
  move(by: 1 | -1): void {
    const all = [...this.renderRoot.querySelectorAll<HTMLElement>(".entry")];
    const at = all.findIndex((entry) => entry.matches(":focus"));
    const to = at < 0 ? (by > 0 ? 0 : all.length - 1) : at + by;
    all[Math.min(Math.max(to, 0), all.length - 1)]?.focus();
  }

  /** Opens the conversation of the entry with the focus. */
  openActive(): void {
    this.renderRoot.querySelector<HTMLElement>(".entry:focus")?.click();
  }

  override focus(): void {
    const first = this.renderRoot.querySelector<HTMLElement>(".entry, .tools button");
    first?.focus();
  }

  protected override willUpdate(changed: PropertyValues): void {
    if (["desk", "range", "at", "member"].some((name) => changed.has(name))) {
      this.entries = undefined;
    }
    this.entries ??= this.desk?.client.reads.calendar({
      from: this.first,
      to: addDays(this.first, RANGES[this.range]),
      ...(this.member && { members: [this.member] }),
    });
  }

  protected override render(): unknown {
    const { desk, entries, range } = this;
    if (!desk || !entries) return nothing;
    const days = agenda(entries, this.first, RANGES[range]);
    const whose = html`<select
      class="quiet"
      aria-label=${words().member}
      @change=${(event: Event) => (this.member = (event.target as HTMLSelectElement).value)}
    >
      ${memberOptions(desk.people, this.member, words().everybody)}
    </select>`;
    return viewFrame(
      strings.views.calendar,
      whose,
      html`${this.renderTools()}
      ${
        entries.length === 0
          ? blank("calendar", words().empty)
          : html`<div class="agenda ${range}">${days.map((day) => this.renderDay(day, desk))}</div>`
      }`,
    );
  }

  private renderTools(): TemplateResult {
    const button = (range: Range): TemplateResult =>
      html`<button aria-pressed=${this.range === range} @click=${() => (this.range = range)}>
        ${words()[range]}
      </button>`;
    const last = addDays(this.first, RANGES[this.range] - 1);
    return html`<div class="tools">
      <button @click=${() => this.toToday()}>${words().today}</button>
      <button
        class="plain icon-only back"
        aria-label=${words().previous}
        title=${words().previous}
        @click=${() => this.turn(-1)}
      >
        ${this.rtl ? "›" : "‹"}
      </button>
      <button
        class="plain icon-only forth"
        aria-label=${words().next}
        title=${words().next}
        @click=${() => this.turn(1)}
      >
        ${this.rtl ? "‹" : "›"}
      </button>
      <h3 class="grow clip" aria-live="polite">${title().formatRange(this.first, last)}</h3>
      <div class="line" role="group" aria-label=${words().range}>
        ${button("day")} ${button("week")}
      </div>
    </div>`;
  }

  private renderDay({ at, whole, timed }: Day, desk: Desk): TemplateResult {
    const now = Date.now();
    const today = at === dayOf(now);
    const here = today ? placeOfNow(timed, now) : -1;
    const line = html`<li class="now">
      ${words().now} ${overTime((moment: number) => timeText(moment))}
    </li>`;
    return html`<section class="day ${today ? "today" : ""}">
      <h3><time datetime=${new Date(at).toLocaleDateString("sv")}>${dayText(at, now)}</time></h3>
      ${
        whole.length + timed.length === 0
          ? html`<p class="faint small">${words().nothing}</p>`
          : html`<ul>
              ${whole.map((entry) => html`<li>${this.renderEntry(entry, desk)}</li>`)}
              ${timed.map(
                (entry, i) =>
                  html`${i === here ? line : nothing}
                    <li>${this.renderEntry(entry, desk)}</li>`,
              )}
              ${here === timed.length ? line : nothing}
            </ul>`
      }
    </section>`;
  }

  private renderEntry(entry: CalendarEntry, desk: Desk): TemplateResult {
    const { appointment, task, name, conversation } = entry;
    const status = appointment?.status;
    const over =
      status === undefined
        ? task?.status === "done" || task?.status === "cancelled"
        : status !== "scheduled";
    const owner = appointment ? `member:${appointment.organiser}` : task?.assignee;
    return html`<button
      class="entry ${appointment ? "appointment" : "task"} ${over ? "over" : ""} ${status ?? ""}"
      part="calendar-entry"
      @click=${() => desk.show(conversation)}
    >
      <span class="hours"> ${appointment ? hoursText(entry) : dueHours(entry)} </span>
      <span class="clip">
        <span class="what clip" dir="auto">${appointment?.title ?? task?.title}</span>
        <span class="line small muted">
          ${owner ? avatar(desk.assigneeName(owner), owner, "tiny") : nothing}
          <span class="clip" dir="auto"
            >${[name, appointment?.place].filter(Boolean).join(" · ")}</span
          >
        </span>
      </span>
      <span class="chip"
        >${
          appointment
            ? appointments().status[appointment.status]
            : task && strings.taskStatus[task.status]
        }</span
      >
    </button>`;
  }

  /** Midnight of the first day shown. */
  private get first(): number {
    return this.range === "week" ? weekOf(this.at) : this.at;
  }

  private get rtl(): boolean {
    return direction() === "rtl";
  }

  private turn(by: 1 | -1): void {
    this.at = addDays(this.at, by * RANGES[this.range]);
  }

  private toToday(): void {
    this.at = dayOf(Date.now());
  }

  private command(
    id: string,
    name: UiCommand["icon"],
    keys: string,
    text: () => string,
    run: () => unknown,
  ): UiCommand {
    return { id, title: text, icon: name, group: "move", keys, run: () => void run() };
  }
}

function dueHours({ task, start }: CalendarEntry): string {
  return task?.due?.day ? words().dueToday : words().dueAt(timeText(start));
}

/** What the view is made of. */
export const elements = { "threadline-calendar": CalendarView };
