import { css, html, nothing, type TemplateResult } from "lit";
import { ClientListener } from "../common/client-listener.js";
import { copy } from "../common/copy.js";
import { problemOf, refusalText, type Desk } from "../common/desk.js";
import { ago } from "../common/format.js";
import { icon } from "../common/icons.js";
import { panelHead, panelHeadStyles } from "../common/panel-head.js";
import { Part } from "../common/part.js";
import { strings } from "../common/strings.js";
import type { Command, Refused, Waiting } from "../common/types.js";
import { base } from "../styles/base.css.js";
import { commandText } from "./command-text.js";

/** Changes listed at most; the count tells of the others. */
const LISTED = 100;

const panelStyles = css`
  section {
    padding: 12px 16px;
  }
  section + section {
    border-block-start: 1px solid var(--threadline-border);
  }
  h3 {
    margin-block-end: 4px;
  }
  .storage {
    margin: 12px 16px 0;
    padding: 8px 12px;
    border: 1px solid var(--threadline-danger-line);
    border-radius: 6px;
    background: var(--threadline-danger-tint);
    color: var(--threadline-danger);
  }
  li {
    padding-block: 8px;
    border-block-end: 1px solid var(--threadline-border);
  }
  li:last-child {
    border-block-end: 0;
    padding-block-end: 0;
  }
  .title {
    font-weight: 500;
  }
  .detail {
    display: -webkit-box;
    -webkit-box-orient: vertical;
    -webkit-line-clamp: 3;
    overflow: hidden;
    white-space: pre-wrap;
    overflow-wrap: anywhere;
  }
  .reason {
    margin-block: 4px 6px;
    color: var(--threadline-danger);
  }
`;

/**
 * What this device has not brought to the server: waiting changes, and refused
 * ones with the reason. Nothing leaves this list but by the server's word or the person's.
 * @fires close when it is to be closed
 */
export class SyncPanel extends Part {
  static override styles = [base, panelHeadStyles, panelStyles];

  constructor() {
    super();
    const update = (): void => this.requestUpdate();
    new ClientListener(this, { "sync-state": update, refused: update, storage: update });
  }

  protected override render(): unknown {
    const { desk } = this;
    if (!desk) return nothing;
    const { state } = desk.client.syncState;
    const { trouble } = desk.client.storage;
    const waiting = desk.client.waiting();
    const refused = desk.client.refused();
    const { explainOffline, explainSyncing, explainSynced } = strings.sync;
    const explain = { offline: explainOffline, syncing: explainSyncing, synced: explainSynced };
    const hint = state === "synced" && waiting.length > 0 ? explainSyncing : explain[state];
    return html`
      ${panelHead(this, strings.sync.panel, { sign: state, hint })}
      ${
        trouble
          ? html`<p class="storage" role="alert">${strings.sync.storage[trouble]}</p>`
          : nothing
      }
      ${refused.length > 0 ? this.renderRefused(refused, desk) : nothing}
      ${waiting.length > 0 ? this.renderWaiting(waiting, desk) : nothing}
    `;
  }

  private renderRefused(refused: Refused[], desk: Desk): TemplateResult {
    return html`<section aria-label=${strings.sync.refusedTitle}>
      <h3>${strings.sync.refusedTitle}</h3>
      <p class="faint small">${strings.sync.refusedHint}</p>
      <ul>
        ${refused.slice(0, LISTED).map(
          (each) =>
            html`<li>
              ${this.renderCommand(each.command, each.at, desk)}
              <p class="reason">${refusalText(each.refusal.code, each.refusal.text)}</p>
              <div class="actions">
                <button @click=${() => this.retry(each, desk)}>
                  ${icon("reopen")} ${strings.retry}
                </button>
                ${this.renderShow(each.command, desk)}
                <button class="plain" @click=${() => copy(wholeText(each.command, desk), desk)}>
                  ${icon("copy")} ${strings.copy}
                </button>
                <button class="plain danger" @click=${() => desk.client.discard(each.id)}>
                  ${icon("trash")} ${strings.discard}
                </button>
              </div>
            </li>`,
        )}
      </ul>
    </section>`;
  }

  private renderWaiting(waiting: Waiting[], desk: Desk): TemplateResult {
    return html`<section aria-label=${strings.sync.waitingTitle}>
      <h3>${strings.sync.waitingTitle} <span class="faint">${waiting.length}</span></h3>
      <ul>
        ${waiting
          .slice(0, LISTED)
          .map((each) => html`<li>${this.renderCommand(each.command, each.at, desk)}</li>`)}
      </ul>
    </section>`;
  }

  private renderCommand(command: Command, at: number, desk: Desk): TemplateResult {
    const { title, detail } = commandText(command, desk);
    return html`<p class="line">
        <span class="title grow">${title}</span><span class="faint small">${ago(at)}</span>
      </p>
      ${detail ? html`<p class="detail muted" dir="auto">${detail}</p>` : nothing}`;
  }

  /** To edit what was refused, its author goes where it was made. */
  private renderShow(command: Command, desk: Desk): unknown {
    if (!("conversation" in command)) return nothing;
    return html`<button class="plain" @click=${() => this.edit(command, desk)}>
      ${icon("pencil")} ${strings.edit}
    </button>`;
  }

  private edit(command: Extract<Command, { conversation: string }>, desk: Desk): void {
    // The words of a reply or note are put back where they can be changed and sent again.
    const { conversation } = command;
    if (command.type === "send_message") desk.drafts.set(conversation, "reply", command.text);
    if (command.type === "add_note" && !command.parent) {
      desk.drafts.set(conversation, "note", JSON.stringify(command.spans));
    }
    desk.show(conversation);
    this.dispatchEvent(new Event("close"));
  }

  private retry({ id }: Refused, desk: Desk): void {
    try {
      desk.client.retry(id);
    } catch (error) {
      desk.notify({ text: problemOf(error).message, alert: true });
    }
    this.requestUpdate();
  }
}

/** What was to be done, and the text that came with it. */
function wholeText(command: Command, desk: Desk): string {
  const { title, detail } = commandText(command, desk);
  return [title, detail].filter(Boolean).join("\n");
}

/** What the panel is made of. */
export const elements = { "threadline-sync-panel": SyncPanel };
