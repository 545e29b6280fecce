import { css, html, nothing, type TemplateResult } from "lit";
import { live } from "lit/directives/live.js";
import { fieldError, formError, options } from "../common/field-form.js";
import { perLocale } from "../common/locale.js";
import { icon } from "../common/icons.js";
import type { Hours, PolicyField, WorkspaceView } from "../common/types.js";
import { settings as words } from "../strings/en/settings.js";
import { base } from "../styles/base.css.js";
import { minutesOf, timeOf } from "./hours.js";
import { block, Section, sectionStyles } from "./section.js";

const weekday = perLocale(
  (tag) => new Intl.DateTimeFormat(tag, { weekday: "long", timeZone: "UTC" }),
);
const MONDAY = Date.UTC(2024, 0, 1);
const DAY_MS = 86_400_000;
const DAYS = [1, 2, 3, 4, 5, 6, 7];

/** What a day gets that had no hours: nine to five. */
const USUAL = { from: 9 * 60, to: 17 * 60 };

const styles = css`
  .policy {
    display: grid;
    grid-template-columns: minmax(0, 1fr) minmax(0, 240px);
    align-items: center;
    gap: 4px 16px;
    padding-block: 10px;
  }
  .policy + .policy {
    border-block-start: 1px solid var(--threadline-border);
  }
  .policy label {
    margin: 0;
    color: var(--threadline-text);
    font-size: 13px;
  }
  .policy input[type="checkbox"] {
    justify-self: end;
  }
  .day {
    display: grid;
    grid-template-columns: 110px minmax(0, 1fr) auto;
    align-items: start;
    gap: 8px;
    padding-block: 4px;
  }
  .day > span:first-child,
  .day p {
    padding-block-start: 5px;
  }
  .stretch {
    gap: 6px;
  }
  .stretch input {
    inline-size: 110px;
  }
  @container (inline-size < 520px) {
    .policy {
      grid-template-columns: minmax(0, 1fr);
    }
    .day {
      grid-template-columns: minmax(0, 1fr) auto;
    }
    .day > :nth-child(2) {
      grid-row: 2;
      grid-column: 1 / -1;
    }
  }
`;

/** The rules of the workspace, and its business hours. */
export class Policies extends Section {
  static override styles = [base, sectionStyles, styles];

  protected override render(): unknown {
    const { settings } = this;
    if (!settings) return nothing;
    const { policies } = settings;
    return html`<fieldset ?disabled=${this.readOnly}>
      ${this.renderChoice("threading", policies.threading, words().threading)}
      ${this.renderChoice("readPolicy", policies.readPolicy, words().readPolicy)}
      <div class="policy">
        <div>
          <label for="topic">${words().requireTopic}</label>
          <p class="faint small">${words().requireTopicHint}</p>
        </div>
        <input
          id="topic"
          type="checkbox"
          .checked=${live(policies.requireTopicToClose)}
          @change=${(event: Event) =>
            this.set({
              field: "requireTopicToClose",
              value: (event.target as HTMLInputElement).checked,
            })}
        />
      </div>
      <div class="policy">
        <div>
          <label for="zone">${words().zone}</label>
          <p class="faint small">${words().zoneHint}</p>
        </div>
        <div>
          <input
            id="zone"
            list="zones"
            .value=${live(policies.zone)}
            aria-invalid=${this.problem?.field === "zone"}
            @change=${(event: Event) =>
              this.set({ field: "zone", value: (event.target as HTMLInputElement).value.trim() })}
          />
          <datalist id="zones">
            ${Intl.supportedValuesOf("timeZone").map((zone) => html`<option value=${zone}></option>`)}
          </datalist>
          ${fieldError(this.problem, "zone")}
        </div>
      </div>
      ${block(words().hours, words().hoursHint, this.renderHours(settings))}
      ${formError(this.problem, ["zone"])}
    </fieldset>`;
  }

  private renderChoice(
    field: "threading" | "readPolicy",
    value: string,
    choices: { title: string; hint: string; options: Record<string, string> },
  ): TemplateResult {
    return html`<div class="policy">
      <div>
        <label for=${field}>${choices.title}</label>
        <p class="faint small">${choices.hint}</p>
      </div>
      <select
        id=${field}
        .value=${live(value)}
        @change=${(event: Event) =>
          this.set({ field, value: (event.target as HTMLSelectElement).value } as PolicyField)}
      >
        ${options(choices.options, value)}
      </select>
    </div>`;
  }

  private renderHours({ policies: { hours } }: WorkspaceView): TemplateResult[] {
    return DAYS.map((day) => {
      const name = weekday().format(MONDAY + (day - 1) * DAY_MS);
      const stretches = hours.filter((one) => one.day === day);
      return html`<div class="day" role="group" aria-label=${name}>
        <span>${name}</span>
        <div>
          ${stretches.length === 0 ? html`<p class="faint">${words().closed}</p>` : nothing}
          ${stretches.map((one) => this.renderStretch(name, one, hours))}
        </div>
        <button
          class="plain icon-only"
          aria-label=${words().addHours(name)}
          title=${words().addHours(name)}
          @click=${() => this.set({ field: "hours", value: [...hours, next(day, stretches)] })}
        >
          ${icon("plus")}
        </button>
      </div>`;
    });
  }

  private renderStretch(name: string, one: Hours, all: Hours[]): TemplateResult {
    const others = all.filter((each) => each !== one);
    const change =
      (end: "from" | "to") =>
      (event: Event): void => {
        const field = event.target as HTMLInputElement;
        const minutes = minutesOf(field.value, end);
        if (minutes === undefined) return;
        this.set({ field: "hours", value: [...others, { ...one, [end]: minutes }] });
      };
    return html`<div class="stretch line">
      <input
        type="time"
        aria-label=${words().from(name)}
        .value=${live(timeOf(one.from))}
        @change=${change("from")}
      />
      –
      <input
        type="time"
        aria-label=${words().to(name)}
        .value=${live(timeOf(one.to))}
        @change=${change("to")}
      />
      <button
        class="plain icon-only"
        aria-label=${words().removeHours(name)}
        title=${words().removeHours(name)}
        @click=${() => this.set({ field: "hours", value: others })}
      >
        ${icon("close")}
      </button>
    </div>`;
  }

  /** What was refused goes back to what holds: the fields are drawn from the settings. */
  private set(set: PolicyField): void {
    this.put({ type: "set_policy", set });
    this.requestUpdate();
  }
}

/** The next stretch of a day: the usual one, or an hour after the last. */
function next(day: number, stretches: Hours[]): Hours {
  const last = Math.max(...stretches.map(({ to }) => to));
  if (stretches.length === 0) return { day, ...USUAL };
  const from = Math.min(last + 60, 23 * 60);
  return { day, from, to: Math.min(from + 60, 24 * 60) };
}
