import { css, html, nothing } from "lit";
import { ago } from "../common/format.js";
import { settings as words } from "../strings/en/settings.js";
import { word } from "../common/strings.js";
import { base } from "../styles/base.css.js";
import { Section, sectionStyles } from "./section.js";
import { keyText, settingText } from "./setting-key.js";

const styles = css`
  .change {
    overflow-wrap: anywhere;
  }
`;

/** Who changed which setting, when, and from what to what. */
export class Audit extends Section {
  static override styles = [base, sectionStyles, styles];

  protected override render(): unknown {
    const { settings, desk } = this;
    if (!settings || !desk) return nothing;
    if (settings.activities.length === 0) return html`<p class="hint">${words().noChanges}</p>`;
    return html`<ul class="entries">
      ${settings.activities.map(({ by, at, action, change }) => {
        const key = change?.field ?? "";
        return html`<li>
          <p class="line">
            <span class="grow">
              <strong>${desk.nameOf(by)}</strong> ${word(words().actions, action)}
            </span>
            <span class="faint small">${ago(at)}</span>
          </p>
          ${
            change
              ? html`<p class="muted small change" dir="auto">
                  ${keyText(key, settings, desk)}:
                  ${change.from ? html`<del>${settingText(key, change.from, desk)}</del> →` : nothing}
                  ${settingText(key, change.to, desk) || words().nothing}
                </p>`
              : nothing
          }
        </li>`;
      })}
    </ul>`;
  }
}
