import { css, html, nothing, type TemplateResult } from "lit";
import { blank } from "../common/blank.js";
import { ClientListener } from "../common/client-listener.js";
import { ago } from "../common/format.js";
import { icon, type IconName } from "../common/icons.js";
import { panelHead, panelHeadStyles } from "../common/panel-head.js";
import { Part } from "../common/part.js";
import { strings } from "../common/strings.js";
import type { Notice } from "../common/types.js";
import { notices as words } from "../strings/en/notices.js";
import { base } from "../styles/base.css.js";

const panelStyles = css`
  li button {
    display: grid;
    grid-template-columns: auto 1fr auto;
    gap: 2px 10px;
    inline-size: 100%;
    block-size: auto;
    padding: 10px 16px;
    border: 0;
    border-block-end: 1px solid var(--threadline-border);
    border-radius: 0;
    text-align: start;
  }
  .text {
    grid-column: 2 / -1;
    overflow: hidden;
    text-overflow: ellipsis;
    white-space: nowrap;
    color: var(--threadline-muted);
  }
`;

const ICONS: Record<Notice["kind"], IconName> = {
  mention: "note",
  assigned: "task",
  overdue: "clock",
  due_soon: "clock",
  reply: "email",
  unsnoozed: "clock",
  appointment: "calendar",
};

/**
 * What wants the member's attention, newest first; each leads to its conversation.
 * @fires close when it is to be closed
 */
export class NoticesPanel extends Part {
  static override styles = [base, panelHeadStyles, panelStyles];

  constructor() {
    super();
    new ClientListener(this, { rows: () => this.requestUpdate() });
  }

  protected override render(): unknown {
    const { desk } = this;
    if (!desk) return nothing;
    const list = desk.client.reads.notifications();
    return html`${panelHead(this, strings.commands.notices)}
    ${
      list.length === 0
        ? blank("bell", words().empty)
        : html`<ul>
            ${list.map((notice) => this.renderNotice(notice))}
          </ul>`
    }`;
  }

  private renderNotice(notice: Notice): TemplateResult {
    return html`<li>
      <button class="plain" @click=${() => this.choose(notice)}>
        ${icon(ICONS[notice.kind])}
        <span class="clip"
          >${words().kinds[notice.kind]}${notice.name && html` · <bdi>${notice.name}</bdi>`}</span
        >
        ${ago(notice.at)}
        <span class="text" dir="auto">${notice.text}</span>
      </button>
    </li>`;
  }

  private choose(notice: Notice): void {
    this.dispatchEvent(new Event("close"));
    this.desk?.show(notice.conversation);
  }
}

export const elements = { "threadline-notices": NoticesPanel };
