import { css, html, nothing } from "lit";
import { property, state } from "lit/decorators.js";
import { base } from "../styles/base.css.js";
import { activityText } from "../thread/activity-text.js";
import { ClientListener } from "./client-listener.js";
import { ago } from "./format.js";
import { Part } from "./part.js";
import { strings } from "./strings.js";
import type { Activity } from "./types.js";

/** Items fetched at once while looking for activities. */
const PAGE = 200;

const historyStyles = css`
  summary {
    inline-size: fit-content;
    color: var(--threadline-muted);
    font-size: 12px;
    cursor: pointer;
  }
  ol {
    margin-block-start: 4px;
    padding-inline-start: 12px;
    border-inline-start: 1px solid var(--threadline-border);
    list-style: none;
  }
  li {
    padding-block: 2px;
    font-size: 12px;
    overflow-wrap: anywhere;
  }
`;

/** Everything that was done with one task, topic or appointment, from its creation on. */
export class ItemHistory extends Part {
  static override styles = [base, historyStyles];

  @property() conversation = "";
  /** The id of the task, topic or appointment. */
  @property() item = "";
  /** When it was made: no activity of it is older. */
  @property({ type: Number }) since = 0;

  @state() private open = false;

  constructor() {
    super();
    new ClientListener(this, {
      changed: ({ detail }) => {
        if (this.open && detail.doc === `conversation:${this.conversation}`) this.requestUpdate();
      },
    });
  }

  protected override render(): unknown {
    const { desk } = this;
    if (!desk) return nothing;
    return html`<details
      ?open=${this.open}
      @toggle=${(event: Event) => (this.open = (event.target as HTMLDetailsElement).open)}
    >
      <summary>${strings.thread.history}</summary>
      ${
        this.open
          ? html`<ol>
              ${this.activities().map(
                (activity) =>
                  html`<li>
                    <span dir="auto">${activityText(activity, desk)}</span>,
                    <span class="faint">${ago(activity.at)}</span>
                  </li>`,
              )}
            </ol>`
          : nothing
      }
    </details>`;
  }

  /** The activities about it, oldest first. */
  private activities(): Activity[] {
    const { desk, conversation } = this;
    const found: Activity[] = [];
    let before: { at: number; id: string } | undefined;
    for (;;) {
      const page =
        desk?.client.items(conversation, { ...(before && { before }), limit: PAGE }) ?? [];
      const about = page.flatMap((item) =>
        item.kind === "activity" && item.value.subject?.id === this.item ? [item.value] : [],
      );
      found.unshift(...about);
      const oldest = page[0]?.value;
      if (page.length < PAGE || !oldest || oldest.at < this.since) return found;
      before = { at: oldest.at, id: oldest.id };
    }
  }
}
