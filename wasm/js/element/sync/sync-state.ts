import { css, html, nothing } from "lit";
import { ClientListener } from "../common/client-listener.js";
import { icon, type IconName } from "../common/icons.js";
import { Part } from "../common/part.js";
import { strings } from "../common/strings.js";
import { base } from "../styles/base.css.js";

const stateStyles = css`
  :host {
    display: inline-block;
    flex: none;
  }
  button {
    font-size: 12px;
  }
  button.refused {
    color: var(--threadline-danger);
  }
  button.offline {
    color: var(--threadline-warning);
  }
`;

/**
 * How this device stands with the server, as text and icon; opens the list of
 * what waits and what was refused.
 */
export class SyncState extends Part {
  static override styles = [base, stateStyles];

  constructor() {
    super();
    const update = (): void => this.requestUpdate();
    new ClientListener(this, { "sync-state": update, refused: update, storage: update });
  }

  protected override render(): unknown {
    const { desk } = this;
    if (!desk) return nothing;
    const { state, waiting, refused } = desk.client.syncState;
    const parts = [
      ...(state === "synced" && (waiting > 0 || refused > 0) ? [] : [strings.sync[state]]),
      ...(waiting > 0 ? [strings.sync.waiting(waiting)] : []),
      ...(refused > 0 ? [strings.sync.refused(refused)] : []),
      ...(desk.client.storage.ok ? [] : [strings.sync.notKept]),
    ];
    const trouble = refused > 0 || !desk.client.storage.ok;
    const name: IconName = trouble ? "alert" : state;
    const text = parts.join(", ");
    return html`<button
      class="plain ${trouble ? "refused" : state}"
      part="sync-state"
      aria-label=${strings.sync.state(text)}
      title=${text}
      aria-haspopup="dialog"
      @click=${() => desk.commands.run({ id: "sync" })}
    >
      ${icon(name)} <span class="words">${text}</span>
    </button>`;
  }
}
