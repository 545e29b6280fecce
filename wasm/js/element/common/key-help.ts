import { css, html, LitElement } from "lit";
import { base } from "../styles/base.css.js";
import { icon } from "./icons.js";
import { KEYS } from "./keys.js";
import { strings } from "./strings.js";

const helpStyles = css`
  :host {
    padding: 12px 16px 16px;
  }
  dl {
    display: grid;
    grid-template-columns: auto 1fr;
    gap: 6px 16px;
    margin-block-start: 8px;
  }
  dt {
    display: flex;
    gap: 4px;
  }
  kbd {
    min-inline-size: 22px;
    padding: 0 6px;
    border: 1px solid var(--threadline-border-strong);
    border-radius: 4px;
    background: var(--threadline-surface-sunk);
    font: 500 12px/20px var(--threadline-font);
    text-align: center;
  }
`;

/** The table of keys. */
export class KeyHelp extends LitElement {
  static override styles = [base, helpStyles];

  protected override render(): unknown {
    return html`
      <div class="line">
        <h2 class="grow">${strings.help.title}</h2>
        <button
          class="plain icon-only"
          aria-label=${strings.close}
          @click=${() => this.dispatchEvent(new Event("close"))}
        >
          ${icon("close")}
        </button>
      </div>
      <p class="faint small">${strings.help.hint}</p>
      <dl>
        ${KEYS.map(
          ([keys, action]) =>
            html`<dt>
                ${keys.split(" ").map((key) => html`<kbd>${key === "Escape" ? "Esc" : key}</kbd>`)}
              </dt>
              <dd>${strings.help.keys[action]}</dd>`,
        )}
        <dt><kbd>Ctrl/⌘</kbd><kbd>Enter</kbd></dt>
        <dd>${strings.help.keys.send}</dd>
      </dl>
    `;
  }
}
