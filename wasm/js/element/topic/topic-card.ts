import { css, html, nothing } from "lit";
import { property } from "lit/decorators.js";
import { conflictChips } from "../common/conflict-chips.js";
import { timeOfDay } from "../common/format.js";
import { icon } from "../common/icons.js";
import { valueText } from "../common/settle.js";
import { Part } from "../common/part.js";
import { strings, word } from "../common/strings.js";
import type { Topic } from "../common/types.js";
import { base } from "../styles/base.css.js";
import { conflictStyles } from "../styles/conflicts.css.js";

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
`;

/** A logged discussion in the timeline: what it was about and what came of it. */
export class TopicCard extends Part {
  static override styles = [base, conflictStyles, topicStyles];

  @property({ attribute: false }) topic: Topic | undefined;
  @property() conversation = "";

  protected override render(): unknown {
    const { topic, desk } = this;
    if (!topic || !desk) return nothing;
    const open = topic.status === "open";
    return html`
      <article class="card" part="topic" aria-label=${strings.topic.label(topic.subject)}>
        <header class="line">
          <span class="mark">${icon("topic")}</span>
          <h3 class="subject grow" dir="auto">${topic.subject}</h3>
          <span class="chip">${word(strings.purposes, topic.purpose)}</span>
          <span class="chip ${open ? "accent" : "success"}"
            >${strings.topicStatus[topic.status]}</span
          >
        </header>
        ${topic.summary ? html`<p class="summary" dir="auto">${topic.summary}</p>` : nothing}
        <div class="line wrap">
          <span class="faint small grow">
            ${topic.origin === "task" ? `${strings.topic.fromTask} · ` : nothing}${desk.nameOf(
              topic.by,
            )},
            ${timeOfDay(topic.at)}
          </span>
          <button class="link small" @click=${() => this.move(open ? "closed" : "open")}>
            ${open ? strings.topic.close : strings.topic.reopen}
          </button>
        </div>
        ${conflictChips(
          // Only the status of a topic can be set; the other fields are written once.
          topic.conflicts.filter(({ field }) => field === "status"),
          desk,
          (field, value) => valueText(desk, field, value),
          (_field, value) => this.move(value === "open" ? "open" : "closed"),
        )}
      </article>
    `;
  }

  private move(status: Topic["status"]): void {
    const { desk, topic, conversation } = this;
    if (topic) desk?.run({ conversation, type: "set_topic_status", topic: topic.id, status });
  }
}
