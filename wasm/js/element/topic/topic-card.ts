import { css, html, nothing, type TemplateResult } from "lit";
import { property, state } from "lit/decorators.js";
import { choiceText } from "../common/choices.js";
import { chunk, lazy } from "../common/chunk.js";
import { conflictChips } from "../common/conflict-chips.js";
import type { Desk } from "../common/desk.js";
import { onEscape } from "../common/field-form.js";
import { avatar, dayText, timeOfDay, timeText } from "../common/format.js";
import { icon } from "../common/icons.js";
import { Part } from "../common/part.js";
import { settleTopic, valueText } from "../common/settle.js";
import { strings } from "../common/strings.js";
import type { Command, Topic } from "../common/types.js";
import { log as words } from "../strings/en/log.js";
import { base } from "../styles/base.css.js";
import { conflictStyles } from "../styles/conflicts.css.js";

const FORM = chunk(() => import("./topic-form.js"));

const topicStyles = css`
  .card {
    border-inline-start: 3px solid var(--threadline-success);
  }
  .mark {
    color: var(--threadline-success);
  }
  .subject {
    font-size: 14px;
    overflow-wrap: anywhere;
  }
  .summary {
    margin-block: 4px;
    white-space: pre-wrap;
    overflow-wrap: anywhere;
  }
  .edit {
    margin-block-start: 12px;
  }
`;

/** A logged discussion in the timeline: what it was about and what came of it; changed in place. */
export class TopicCard extends Part {
  static override styles = [base, conflictStyles, topicStyles];

  @property({ attribute: false }) topic: Topic | undefined;
  @property() conversation = "";

  @state() private editing = false;

  protected override render(): unknown {
    const { topic, desk } = this;
    if (!topic || !desk) return nothing;
    const open = topic.status === "open";
    return html`
      <article class="card" part="topic" aria-label=${strings.topic.label(topic.subject)}>
        <header class="line">
          <span class="mark">${icon("topic")}</span>
          <h3 class="subject grow" dir="auto">${topic.subject}</h3>
          <span class="chip"
            >${choiceText(desk.settings.purposes, topic.purpose, strings.purposes)}</span
          >
          <span class="chip ${open ? "accent" : "success"}"
            >${strings.topicStatus[topic.status]}</span
          >
        </header>
        ${topic.summary ? html`<p class="summary" dir="auto">${topic.summary}</p>` : nothing}
        ${this.renderFacts(topic, desk)}
        ${conflictChips(
          topic.conflicts,
          desk,
          (field, value) => valueText(desk, field, value),
          (field, value) => this.run(settleTopic(this.conversation, topic, field, value)),
        )}
        ${this.editing ? this.renderForm(topic, desk) : nothing}
        <threadline-history
          .desk=${desk}
          .conversation=${this.conversation}
          .item=${topic.id}
          .since=${topic.at}
        ></threadline-history>
      </article>
    `;
  }

  private renderFacts(topic: Topic, desk: Desk): TemplateResult {
    const open = topic.status === "open";
    const origin =
      topic.origin === "task"
        ? strings.topic.fromTask
        : topic.origin === "manual"
          ? ""
          : words().origins[topic.origin];
    return html`<div class="line wrap">
        ${
          topic.owner
            ? html`<span class="line small"
                >${avatar(desk.nameOf(topic.owner), topic.owner, "tiny")}
                <span>${desk.nameOf(topic.owner)}</span></span
              >`
            : nothing
        }
        ${origin ? html`<span class="chip">${origin}</span>` : nothing}
        ${
          topic.reference
            ? html`<span class="chip" title=${words().reference} dir="auto"
                >${topic.reference}</span
              >`
            : nothing
        }
        <span class="muted small">${spanOf(topic)}</span>
      </div>
      <div class="line wrap">
        <span class="faint small grow">${desk.nameOf(topic.by)}, ${timeOfDay(topic.at)}</span>
        ${
          desk.client.member?.role === "viewer"
            ? nothing
            : html`<button
                  class="link small"
                  aria-expanded=${this.editing}
                  @click=${() => (this.editing = !this.editing)}
                >
                  ${strings.edit}
                </button>
                <button class="link small" @click=${() => this.move(open ? "closed" : "open")}>
                  ${open ? strings.topic.close : strings.topic.reopen}
                </button>`
        }
      </div>`;
  }

  private renderForm(topic: Topic, desk: Desk): TemplateResult {
    const close = (): void => void (this.editing = false);
    return html`<div class="edit">
      ${lazy(
        FORM,
        html`<threadline-topic-form
          .desk=${desk}
          .conversation=${this.conversation}
          .topic=${topic}
          @done=${close}
          @keydown=${onEscape(close)}
        ></threadline-topic-form>`,
      )}
    </div>`;
  }

  private move(status: Topic["status"]): void {
    const { topic, conversation } = this;
    if (topic) this.run({ conversation, type: "set_topic_status", topic: topic.id, status });
  }

  private run(command: Command | undefined): void {
    if (command) this.desk?.run(command);
  }
}

/** From when to when the discussion went. */
function spanOf({ start, end }: Topic): string {
  const moment = (at: number): string => `${dayText(at, Date.now())}, ${timeText(at)}`;
  return end === undefined ? moment(start) : words().span(moment(start), moment(end));
}
