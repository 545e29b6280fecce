import { css, html, nothing } from "lit";
import { property } from "lit/decorators.js";
import { timeOfDay } from "../common/format.js";
import { icon } from "../common/icons.js";
import type { MenuItem } from "../common/menu.js";
import { Part } from "../common/part.js";
import type { Interaction } from "../common/types.js";
import { conversation as words } from "../strings/en/conversation.js";
import { base } from "../styles/base.css.js";
import { durationText, safeLink } from "./call-text.js";

const callStyles = css`
  .card {
    border-inline-start: 3px solid var(--threadline-border-strong);
  }
  .missed {
    color: var(--threadline-danger);
  }
  .text {
    margin-block-start: 4px;
    white-space: pre-wrap;
    overflow-wrap: anywhere;
  }
`;

/** Outcomes of a call in which nobody talked. */
const MISSED: ReadonlySet<string> = new Set(["no_answer", "busy", "failed"]);

/** A call in the timeline: who called, how it went, how long it took. */
export class CallCard extends Part {
  static override styles = [base, callStyles];

  @property({ attribute: false }) interaction: Interaction | undefined;
  /** What can be done with it, asked for when its menu opens. */
  @property({ attribute: false }) items: () => MenuItem[] = () => [];

  protected override render(): unknown {
    const { interaction, desk } = this;
    if (!interaction?.call || !desk) return nothing;
    const { call, message } = words();
    const { outcome, duration, recording } = interaction.call;
    const title = call[interaction.direction];
    const link = safeLink(recording);
    if (interaction.deleted) {
      return html`<p class="faint">${message.deleted(desk.nameOf(interaction.deleted.by))}</p>`;
    }
    return html`<article class="card" aria-label=${call.label(title)}>
      <header class="line wrap">
        ${icon("call")}
        <h3 class="grow">${title}</h3>
        ${interaction.important ? html`<span class="chip warning">${message.isImportant}</span>` : nothing}
        ${
          outcome
            ? html`<span class=${MISSED.has(outcome) ? "missed" : "muted"}>
                ${call.outcomes[outcome]}
              </span>`
            : nothing
        }
        ${duration ? html`<span class="muted">${durationText(duration)}</span>` : nothing}
        <threadline-menu look="plain icon-only" .label=${message.menu} .items=${this.items}
          >${icon("more")}</threadline-menu
        >
      </header>
      ${interaction.text ? html`<p class="text" dir="auto">${interaction.text}</p>` : nothing}
      <p class="line wrap faint small">
        <span>${desk.nameOf(interaction.by)}, ${timeOfDay(interaction.at)}</span>
        ${interaction.to[0]?.address ? html`<bdi>${interaction.to[0].address}</bdi>` : nothing}
        ${
          link
            ? html`<a href=${link} target="_blank" rel="noopener noreferrer">${call.listen}</a>`
            : nothing
        }
      </p>
    </article>`;
  }
}
