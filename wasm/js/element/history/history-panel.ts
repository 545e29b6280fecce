import { css, html, nothing, type PropertyValues, type TemplateResult } from "lit";
import { property, state } from "lit/decorators.js";
import { blank } from "../common/blank.js";
import type { Desk } from "../common/desk.js";
import { ago, exactText } from "../common/format.js";
import { panelHead, panelHeadStyles } from "../common/panel-head.js";
import { Part } from "../common/part.js";
import { valueText } from "../common/settle.js";
import { strings, word } from "../common/strings.js";
import type { Difference, Item, Moment, PastView } from "../common/types.js";
import { plainText } from "../note/note-text.js";
import { history as words } from "../strings/en/history.js";
import { base } from "../styles/base.css.js";

/** Items of the past that are shown, the newest of that time. */
const SHOWN = 200;

const styles = css`
  section {
    padding: 12px 16px;
  }
  section + section {
    border-block-start: 1px solid var(--threadline-border);
  }
  h3 {
    margin-block-end: 6px;
  }
  li {
    padding-block: 5px;
    overflow-wrap: anywhere;
  }
  input[type="range"] {
    padding: 0;
    border: 0;
    accent-color: var(--threadline-accent);
  }
  .text {
    white-space: pre-wrap;
  }
  .note {
    padding-inline: 8px;
    border-radius: 6px;
    background: var(--threadline-note);
  }
`;

/**
 * A conversation as it was at a moment, and what changed between two moments and by whom.
 * @fires close when it is to be closed
 */
export class HistoryPanel extends Part {
  static override styles = [base, panelHeadStyles, styles];

  @property() conversation: string | undefined;

  /** The moments of the conversation, as they were when the panel opened. */
  @state() private moments: Moment[] = [];
  /** The moment that is shown, by its place. */
  @state() private at = 0;
  /** The moment it is compared with, by its place. */
  @state() private since = 0;

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (!changed.has("conversation") && !changed.has("desk")) return;
    const { desk, conversation } = this;
    this.moments = (conversation && desk?.client.reads.moments(conversation)) || [];
    this.at = this.moments.length - 1;
    this.since = Math.max(0, this.at - 10);
  }

  protected override render(): unknown {
    const { desk, conversation, moments } = this;
    if (!desk) return nothing;
    const moment = moments[this.at];
    return html`${panelHead(this, words().title, { sign: "history", hint: words().hint })}
    ${
      conversation && moment
        ? html`${this.renderSlider(moment, desk)} ${this.renderChanges(conversation, moment, desk)}
          ${this.renderPast(desk.client.reads.past(conversation, moment.hash, SHOWN), desk)}`
        : blank("history", words().none)
    }`;
  }

  private renderSlider({ at, by, action }: Moment, desk: Desk): TemplateResult {
    const said = words().by(desk.nameOf(by), word(strings.actions, action));
    return html`<section>
      <label for="moment">${words().moment}</label>
      <input
        id="moment"
        type="range"
        min="0"
        max=${this.moments.length - 1}
        .value=${String(this.at)}
        aria-valuetext="${exactText(at)}, ${said}"
        @input=${(event: Event) => {
          this.at = Number((event.target as HTMLInputElement).value);
          this.since = Math.min(this.since, Math.max(0, this.at - 1));
        }}
      />
      <p class="line wrap"><strong>${exactText(at)}</strong><span class="muted">${said}</span></p>
    </section>`;
  }

  private renderChanges(conversation: string, moment: Moment, desk: Desk): TemplateResult {
    const from = this.moments[this.since];
    const changes =
      from && this.since < this.at
        ? desk.client.reads.between(conversation, from.hash, moment.hash)
        : [];
    return html`<section aria-label=${words().changed}>
      <label for="since">${words().compare}</label>
      <select
        id="since"
        @change=${(event: Event) =>
          (this.since = Number((event.target as HTMLSelectElement).value))}
      >
        ${this.moments
          .slice(0, this.at + 1)
          .map(
            (each, place) =>
              html`<option value=${place} ?selected=${place === this.since}>
                ${exactText(each.at)} · ${word(strings.actions, each.action)}
              </option>`,
          )}
      </select>
      <h3>${words().changed}</h3>
      ${
        changes.length === 0
          ? html`<p class="faint">${words().nothing}</p>`
          : html`<ul>
              ${changes.map((each) => html`<li>${changeLine(each, desk)}</li>`)}
            </ul>`
      }
    </section>`;
  }

  private renderPast({ header, items }: PastView, desk: Desk): TemplateResult {
    const things = items.filter(({ kind }) => kind !== "activity");
    return html`<section aria-label=${words().asItWas}>
      <h3 class="line">
        <span class="grow">${words().asItWas}</span>
        <span class="faint small">${words().items(things.length)}</span>
      </h3>
      <p class="muted small">
        ${words().status}: ${strings.conversationStatus[header.status]} · ${words().owner}:
        ${header.owner ? desk.nameOf(header.owner) : strings.nobody}
        ${header.tags.map((tag) => html` <span class="chip" dir="auto">${tag}</span>`)}
      </p>
      <ul>
        ${things.map(
          (item) =>
            html`<li class=${item.kind}>
              <p class="line small">
                <strong class="grow clip">${authorOf(item, desk)}</strong>
                <span class="faint">${ago(item.value.at)}</span>
              </p>
              <p class="text" dir="auto">${textOf(item)}</p>
            </li>`,
        )}
      </ul>
    </section>`;
  }
}

function changeLine({ at, by, action, change }: Difference, desk: Desk): TemplateResult {
  const shown = (value: string): string =>
    valueText(desk, change?.field ?? "", value) || strings.conflict.empty;
  return html`<p>
      ${words().by(desk.nameOf(by), word(strings.actions, action))}
      <span class="faint small">${ago(at)}</span>
    </p>
    ${
      change
        ? html`<p class="muted small" dir="auto">
            ${word(strings.fields, change.field)}: <del>${shown(change.from)}</del> →
            ${shown(change.to)}
          </p>`
        : nothing
    }`;
}

/** Who began something; a message that came in is the customer's. */
function authorOf(item: Item, desk: Desk): string {
  if (item.kind !== "interaction") return desk.nameOf(item.value.by);
  const { from, by } = item.value;
  return from ? from.name || from.address : desk.nameOf(by);
}

/** What something said, in plain text. */
function textOf(item: Item): string {
  switch (item.kind) {
    case "interaction":
      return item.value.deleted ? words().deleted : item.value.text;
    case "note":
      if (item.value.deleted) return words().deleted;
      return plainText(item.value.spans) || words().emptyNote;
    case "task":
      return `${strings.taskPrefix}: ${item.value.title} (${strings.taskStatus[item.value.status]})`;
    case "topic":
      return `${strings.topicPrefix}: ${item.value.subject}`;
    case "appointment":
      return `${strings.appointmentPrefix}: ${item.value.title}`;
    case "activity":
      return "";
  }
}

/** What the panel is made of. */
export const elements = { "threadline-history-panel": HistoryPanel };
