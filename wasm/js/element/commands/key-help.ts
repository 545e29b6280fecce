import { css, html, nothing } from "lit";
import { keyCaps, keyCapStyles } from "../common/key-caps.js";
import { panelHead, panelHeadStyles } from "../common/panel-head.js";
import { Part } from "../common/part.js";
import { strings } from "../common/strings.js";
import { base } from "../styles/base.css.js";

const helpStyles = css`
  dl {
    display: grid;
    grid-template-columns: auto 1fr;
    gap: 6px 16px;
    padding: 12px 16px 16px;
  }
`;

/**
 * The table of the keys that mean something now.
 * @fires close when it is to be closed
 */
export class KeyHelp extends Part {
  static override styles = [base, panelHeadStyles, keyCapStyles, helpStyles];

  protected override render(): unknown {
    const keys = this.desk?.commands.available() ?? [];
    return html`
      ${panelHead(this, strings.help.title, { hint: strings.help.hint })}
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
