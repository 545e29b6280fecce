import { css, html, nothing } from "lit";
import { icon } from "../common/icons.js";
import { keyCaps, keyCapStyles } from "../common/key-caps.js";
import { Part } from "../common/part.js";
import { strings } from "../common/strings.js";
import { base } from "../styles/base.css.js";

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
`;

/**
 * The table of the keys that mean something now.
 * @fires close when it is to be closed
 */
export class KeyHelp extends Part {
  static override styles = [base, keyCapStyles, helpStyles];

  protected override render(): unknown {
    const keys = this.desk?.commands.available() ?? [];
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
        ${keys.map((each) =>
          each.keys
            ? html`<dt>${keyCaps(each.keys)}</dt>
                <dd>${each.title()}</dd>`
            : nothing,
        )}
        <dt>${keyCaps("Mod+Enter")}</dt>
        <dd>${strings.help.send}</dd>
      </dl>
    `;
  }
}

/** What the panel is made of. */
export const elements = { "threadline-key-help": KeyHelp };
