import { css, html, nothing, type TemplateResult } from "lit";
import { property, query, state } from "lit/decorators.js";
import type { Attempt, Desk, Problem } from "../common/desk.js";
import { draftOfForm, fieldsOfForm, formError, restoreForm } from "../common/field-form.js";
import { lineField, memberOptions, selectField, textField } from "../common/fields.js";
import { Part } from "../common/part.js";
import { strings } from "../common/strings.js";
import type {
  Appointment,
  AppointmentField,
  ContactView,
  Guest,
  TimeSpan,
} from "../common/types.js";
import { appointments as words } from "../strings/en/appointments.js";
import { base } from "../styles/base.css.js";
import { guestsOf } from "./guests.js";
import { fieldsOfSpan, nextHour, ownZone, spanOf, zoneText, type WhenFields } from "./when.js";

const FIELDS = [
  "title",
  "start",
  "end",
  "zone",
  "organiser",
  "attendees",
  "place",
  "link",
  "agenda",
];

const formStyles = css`
  fieldset {
    min-inline-size: 0;
    margin: 0;
    padding: 0;
    border: 0;
  }
  legend {
    padding: 0;
  }
  .guests {
    display: flex;
    flex-wrap: wrap;
    gap: 2px 14px;
  }
  .guests label {
    display: flex;
    align-items: center;
    gap: 4px;
    margin: 0;
    color: inherit;
    font-weight: 400;
  }
`;

/** All zones the browser knows, with the person's own and the appointment's first. */
function zones(first: string): string[] {
  return [...new Set([first, ownZone(), ...Intl.supportedValuesOf("timeZone"), "UTC"])];
}

/**
 * Books an appointment, or changes one.
 * @fires done when it is booked, saved, or given up
 */
export class AppointmentForm extends Part {
  static override styles = [base, formStyles];

  @property() conversation = "";
  /** The conversation's contact, who is asked to come unless that is taken back. */
  @property({ attribute: false }) contact: ContactView | undefined;
  /** The appointment to change; without one a new one is booked. */
  @property({ attribute: false }) appointment: Appointment | undefined;

  @query("form") private readonly form!: HTMLFormElement;

  @state() private problem: Problem | undefined;

  private readonly begun = nextHour(Date.now());

  protected override firstUpdated(): void {
    if (!this.appointment) {
      restoreForm(this.form, this.desk?.drafts.get(this.conversation, "appointment"));
    }
    this.renderRoot.querySelector<HTMLElement>("#title")?.focus();
  }

  protected override render(): unknown {
    const { desk, problem, appointment } = this;
    if (!desk) return nothing;
    const when = appointment ? fieldsOfSpan(appointment.when) : this.begun;
    const heading = appointment ? words().editTitle : words().new;
    return html`<form
      class="form"
      novalidate
      aria-label=${heading}
      @submit=${this.onSubmit}
      @input=${this.onInput}
    >
      <h3 class="wide">${heading}</h3>
      ${lineField("title", words().title, problem, { wide: true, value: appointment?.title ?? "" })}
      ${lineField("day", words().day, problem, { type: "date", value: when.day, field: "start" })}
      ${lineField("from", words().from, problem, { type: "time", value: when.from })}
      ${lineField("to", words().to, problem, { type: "time", value: when.to, field: "end" })}
      ${selectField(
        "zone",
        words().zone,
        problem,
        zones(when.zone).map(
          (zone) =>
            html`<option value=${zone} ?selected=${zone === when.zone}>${zoneText(zone)}</option>`,
        ),
      )}
      ${selectField(
        "organiser",
        words().organiser,
        problem,
        memberOptions(desk.people, appointment?.organiser ?? desk.me),
      )}
      ${lineField("place", words().place, problem, { value: appointment?.place ?? "" })}
      ${lineField("link", words().link, problem, {
        type: "url",
        hint: words().linkHint,
        value: appointment?.link ?? "",
      })}
      ${appointment ? nothing : this.renderGuests(desk)}
      ${textField("agenda", words().agenda, problem, { value: appointment?.agenda ?? "" })}
      ${formError(problem, FIELDS)}
      <div class="actions wide">
        <button class="primary">${appointment ? strings.save : words().book}</button>
        <button type="button" class="plain" @click=${this.onDone}>${strings.cancel}</button>
      </div>
    </form>`;
  }

  private renderGuests(desk: Desk): TemplateResult {
    const { contact, problem } = this;
    const box = (guest: Guest, name: string, checked = false): TemplateResult =>
      html`<label
        ><input type="checkbox" name="guest:${guest}" value=${guest} ?checked=${checked} />
        <span dir="auto">${name}</span></label
      >`;
    return html`<fieldset class="wide">
        <legend class="label">${words().guests}</legend>
        <div class="guests">
          ${contact ? box(`contact:${contact.id}`, contact.name || strings.unknown, true) : nothing}
          ${desk.people.map(({ id, name }) => box(`member:${id}`, name))}
        </div>
      </fieldset>
      ${lineField("emails", words().emails, problem, {
        wide: true,
        hint: words().emailsHint,
        field: "attendees",
      })}`;
  }

  private readonly onInput = (): void => {
    if (this.appointment) return;
    this.desk?.drafts.set(this.conversation, "appointment", draftOfForm(this.form));
  };

  private readonly onSubmit = (event: SubmitEvent): void => {
    const field = fieldsOfForm(event);
    const { desk, appointment } = this;
    const entered: WhenFields = {
      day: field("day"),
      from: field("from"),
      to: field("to"),
      zone: field("zone"),
    };
    const when = spanOf(entered);
    if (!when) {
      this.problem = { code: "invalid", field: "start", message: words().incomplete };
      return;
    }
    if (!desk) return;
    const attempt = appointment
      ? this.change(desk, appointment, field, when)
      : this.book(desk, field, when);
    this.problem = "problem" in attempt ? attempt.problem : undefined;
    if (!this.problem) this.onDone();
  };

  private book(desk: Desk, field: (name: string) => string, when: TimeSpan): Attempt {
    const ticked = [...this.form.querySelectorAll<HTMLInputElement>(".guests input:checked")];
    return desk.attempt({
      conversation: this.conversation,
      type: "book_appointment",
      draft: {
        title: field("title"),
        when,
        organiser: field("organiser"),
        attendees: [...ticked.map(({ value }) => value as Guest), ...guestsOf(field("emails"))],
        place: field("place"),
        link: field("link"),
        agenda: field("agenda"),
      },
    });
  }

  /** Sets what was changed, field by field, until one is refused. */
  private change(
    desk: Desk,
    old: Appointment,
    field: (name: string) => string,
    when: TimeSpan,
  ): Attempt {
    const { conversation } = this;
    const moved = when.start !== old.when.start || when.end !== old.when.end;
    const sets: AppointmentField[] = [];
    if (moved || when.zone !== old.when.zone) sets.push({ field: "when", value: when });
    for (const name of ["title", "organiser", "place", "link", "agenda"] as const) {
      if (field(name) !== old[name]) sets.push({ field: name, value: field(name) });
    }
    let attempt: Attempt = { outcome: {} };
    for (const set of sets) {
      const command = {
        conversation,
        type: "set_appointment_field",
        appointment: old.id,
        set,
      } as const;
      attempt = desk.attempt(command);
      if ("problem" in attempt) break;
    }
    return attempt;
  }

  private readonly onDone = (): void => {
    this.dispatchEvent(new Event("done"));
  };
}

/** What the form is made of. */
export const elements = { "threadline-appointment-form": AppointmentForm };
