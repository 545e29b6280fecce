import { css, html, nothing, type TemplateResult } from "lit";
import { property, state } from "lit/decorators.js";
import { chunk, lazy } from "../common/chunk.js";
import { conflictChips } from "../common/conflict-chips.js";
import type { Desk } from "../common/desk.js";
import { fieldsOfForm, onEscape, options, submitOnEnter } from "../common/field-form.js";
import { avatar, overTime } from "../common/format.js";
import { icon } from "../common/icons.js";
import type { MenuItem } from "../common/menu.js";
import { Part } from "../common/part.js";
import { settleAppointment, valueText } from "../common/settle.js";
import { strings } from "../common/strings.js";
import type { Answer, Appointment, AppointmentStatus, Command, Guest } from "../common/types.js";
import { appointments as words } from "../strings/en/appointments.js";
import { base } from "../styles/base.css.js";
import { conflictStyles } from "../styles/conflicts.css.js";
import { guestName } from "./guests.js";
import { elsewhere, spanText } from "./when.js";

const FORM = chunk(() => import("./appointment-form.js"));

const CHIPS: Record<AppointmentStatus, string> = {
  scheduled: "accent",
  completed: "success",
  cancelled: "",
  no_show: "warning",
};

const appointmentStyles = css`
  .card {
    border-inline-start: 3px solid var(--threadline-accent);
  }
  .card.over {
    border-inline-start-color: var(--threadline-border-strong);
  }
  .mark {
    color: var(--threadline-accent);
  }
  .title {
    font-size: 14px;
    overflow-wrap: anywhere;
  }
  .cancelled .title {
    text-decoration: line-through;
  }
  .facts {
    display: grid;
    gap: 4px;
    margin-block: 6px;
  }
  .facts .line {
    gap: 6px;
  }
  .facts .icon {
    color: var(--threadline-faint);
  }
  .prose {
    margin-block-start: 6px;
    white-space: pre-wrap;
    overflow-wrap: anywhere;
  }
  .attendees {
    display: flex;
    flex-wrap: wrap;
    gap: 2px 12px;
  }
  .attendees li {
    display: flex;
    align-items: center;
    gap: 4px;
  }
  .accepted {
    color: var(--threadline-success);
  }
  .declined {
    color: var(--threadline-danger);
  }
  .actions {
    margin-block-start: 8px;
  }
  a {
    color: var(--threadline-accent);
  }
  .edit {
    margin-block-start: 12px;
  }
`;

/** An appointment in the timeline: when, who, where; moved, answered and settled in place. */
export class AppointmentCard extends Part {
  static override styles = [base, conflictStyles, appointmentStyles];

  @property({ attribute: false }) appointment: Appointment | undefined;
  @property() conversation = "";

  /** What is being written: the whole appointment, or its notes. */
  @state() private editing: "all" | "notes" | undefined;

  protected override render(): unknown {
    const { appointment: it, desk } = this;
    if (!it || !desk) return nothing;
    const scheduled = it.status === "scheduled";
    return html`<article
      class="card ${it.status} ${scheduled ? "" : "over"}"
      part="appointment"
      aria-label=${words().label(it.title)}
    >
      <header class="line">
        <span class="mark">${icon("calendar")}</span>
        <h3 class="title grow" dir="auto">${it.title}</h3>
        <span class="chip ${CHIPS[it.status]}">${words().status[it.status]}</span>
      </header>
      ${this.renderFacts(it, desk, scheduled)}
      ${
        it.agenda
          ? html`<h4 class="label">${words().agenda}</h4>
              <p class="prose" dir="auto">${it.agenda}</p>`
          : nothing
      }
      ${this.editing === "notes" ? this.renderNotesForm(it) : this.renderNotes(it)}
      ${conflictChips(
        it.conflicts,
        desk,
        (field, value) => valueText(desk, field, value),
        (field, value) => this.run(settleAppointment(this.conversation, it, field, value)),
      )}
      ${
        this.editing === "all"
          ? html`<div class="edit">
              ${lazy(
                FORM,
                html`<threadline-appointment-form
                  .desk=${desk}
                  .conversation=${this.conversation}
                  .appointment=${it}
                  @done=${this.onEdited}
                  @keydown=${onEscape(this.onEdited)}
                ></threadline-appointment-form>`,
              )}
            </div>`
          : this.renderActions(it, desk, scheduled)
      }
      <threadline-history
        .desk=${desk}
        .conversation=${this.conversation}
        .item=${it.id}
        .since=${it.at}
      ></threadline-history>
    </article>`;
  }

  private renderFacts(it: Appointment, desk: Desk, scheduled: boolean): TemplateResult {
    const { start } = it.when;
    const there = elsewhere(it.when);
    return html`<div class="facts">
      <p class="line wrap">
        ${icon("clock")}
        <time datetime=${new Date(start).toISOString()}
          >${overTime((now: number) => spanText(it.when, now))}</time
        >
        ${there ? html`<span class="muted small">(${there})</span>` : nothing}
      </p>
      <p class="line">
        ${avatar(desk.nameOf(it.organiser), it.organiser, "tiny")}
        <span class="muted">${words().organiser}</span> ${desk.nameOf(it.organiser)}
      </p>
      ${this.renderAttendees(it, desk, scheduled)}
      ${it.place ? html`<p dir="auto" class="muted">${it.place}</p>` : nothing}
      ${
        // The core takes addresses of the web only; what came another way is shown, not followed.
        /^https?:\/\//i.test(it.link)
          ? html`<p class="line">
              ${icon("link")}
              <a class="clip" href=${it.link} target="_blank" rel="noopener noreferrer" dir="ltr"
                >${it.link}</a
              >
            </p>`
          : nothing
      }
    </div>`;
  }

  private renderAttendees(it: Appointment, desk: Desk, scheduled: boolean): TemplateResult {
    const absent = this.absent(it, desk);
    return html`<ul class="attendees" aria-label=${words().guests}>
      ${it.attendees.map(({ who, answer }) => {
        const name = guestName(desk, who);
        return html`<li>
          <span dir="auto">${name}</span>
          ${
            scheduled
              ? html`<select
                    class="quiet ${answer}"
                    aria-label=${words().answerOf(name)}
                    .value=${answer}
                    @change=${(event: Event) =>
                      this.answer(who, (event.target as HTMLSelectElement).value as Answer)}
                  >
                    ${options(words().answers, answer)}
                  </select>
                  <button
                    class="plain icon-only"
                    aria-label=${words().remove(name)}
                    title=${words().remove(name)}
                    @click=${() => this.attend("remove_attendee", who)}
                  >
                    ${icon("close")}
                  </button>`
              : html`<span class="small ${answer}">${words().answers[answer]}</span>`
          }
        </li>`;
      })}
      ${
        scheduled && absent.length > 0
          ? html`<li>
              <threadline-menu .desk=${desk} .label=${words().add} .items=${() => absent}
                >${icon("plus")} ${words().add}</threadline-menu
              >
            </li>`
          : nothing
      }
    </ul>`;
  }

  /** Who could be asked to come and is not yet: the team, and the conversation's contact. */
  private absent(it: Appointment, desk: Desk): MenuItem[] {
    const contact = desk.client.header(this.conversation)?.contact;
    const all: Guest[] = desk.people.map(({ id }): Guest => `member:${id}`);
    if (contact) all.unshift(`contact:${contact}`);
    return all
      .filter((guest) => !it.attendees.some(({ who }) => who === guest))
      .map((guest) => ({
        text: guestName(desk, guest),
        run: () => this.attend("add_attendee", guest),
      }));
  }

  private renderNotes(it: Appointment): unknown {
    if (!it.notes) return nothing;
    return html`<h4 class="label">${words().notes}</h4>
      <p class="prose" dir="auto">${it.notes}</p>`;
  }

  private renderNotesForm(it: Appointment): TemplateResult {
    const close = (): void => void (this.editing = undefined);
    return html`<form class="edit" @submit=${this.onNotes} @keydown=${onEscape(close)}>
      <label for="notes">${words().notes}</label>
      <textarea
        id="notes"
        name="notes"
        rows="4"
        dir="auto"
        placeholder=${words().notesHint}
        .value=${it.notes}
        @keydown=${submitOnEnter}
      ></textarea>
      <div class="actions">
        <button class="primary">${strings.save}</button>
        <button type="button" class="plain" @click=${close}>${strings.cancel}</button>
      </div>
    </form>`;
  }

  private renderActions(it: Appointment, desk: Desk, scheduled: boolean): TemplateResult {
    if (desk.client.member?.role === "viewer") return html``;
    const { reschedule, complete, noShow, cancel, again, addNotes, notes } = words();
    const move = (status: AppointmentStatus, text: string, look = "plain"): TemplateResult =>
      html`<button class=${look} @click=${() => this.move(it, status)}>${text}</button>`;
    return html`<div class="actions">
      ${
        scheduled
          ? html`<button class="change" @click=${() => (this.editing = "all")}>
                ${icon("pencil")} ${reschedule}
              </button>
              ${move("completed", complete, "")} ${move("no_show", noShow)}
              ${move("cancelled", cancel)}`
          : move("scheduled", again, "")
      }
      <button class="plain notes" @click=${() => (this.editing = "notes")}>
        ${icon("note")} ${it.notes ? notes : addNotes}
      </button>
    </div>`;
  }

  /** A form that opens takes the focus; one that closes gives it back. */
  protected override updated(changed: Map<PropertyKey, unknown>): void {
    if (!changed.has("editing")) return;
    const was = changed.get("editing");
    const target =
      this.editing === "notes" ? "#notes" : was === "all" ? ".change" : was ? ".notes" : undefined;
    if (target) this.renderRoot.querySelector<HTMLElement>(target)?.focus();
  }

  private readonly onEdited = (): void => {
    this.editing = undefined;
  };

  private readonly onNotes = (event: SubmitEvent): void => {
    const value = fieldsOfForm(event)("notes");
    const { appointment: it, conversation } = this;
    if (!it) return;
    const set = { field: "notes", value } as const;
    if (this.run({ conversation, type: "set_appointment_field", appointment: it.id, set })) {
      this.editing = undefined;
    }
  };

  private move({ id }: Appointment, status: AppointmentStatus): void {
    const { conversation } = this;
    this.run({ conversation, type: "set_appointment_status", appointment: id, status });
  }

  private answer(who: Guest, answer: Answer): void {
    const { appointment: it, conversation } = this;
    if (!it) return;
    this.run({ conversation, type: "answer_appointment", appointment: it.id, who, answer });
  }

  private attend(type: "add_attendee" | "remove_attendee", who: Guest): void {
    const { appointment: it, conversation } = this;
    if (it) this.run({ conversation, type, appointment: it.id, who });
  }

  private run(command: Command | undefined): boolean {
    const done = command !== undefined && (this.desk?.run(command) ?? false);
    // A select shows what was chosen, even when it was refused: draw the truth again.
    this.requestUpdate();
    return done;
  }
}
