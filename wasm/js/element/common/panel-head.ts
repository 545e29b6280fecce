import { css, html, nothing, type LitElement, type TemplateResult } from "lit";
import { icon, type IconName } from "./icons.js";
import { strings } from "./strings.js";

export const panelHeadStyles = css`
  .head {
    padding: 12px 16px;
    border-block-end: 1px solid var(--threadline-border);
  }
`;

/**
 * The head of a panel that opens over the widget: what it is, and the way out.
 * @param panel fires `close` when the person wants it gone
 * @param sign an icon before the title
 * @param hint a sentence under it
 */
export function panelHead(
  panel: LitElement,
  title: string,
  { sign, hint }: { sign?: IconName; hint?: string } = {},
): TemplateResult {
  return html`<div class="head">
    <div class="line">
      ${sign ? icon(sign) : nothing}
      <h2 class="grow">${title}</h2>
      <button
        class="plain icon-only"
        aria-label=${strings.close}
        @click=${() => panel.dispatchEvent(new Event("close"))}
      >
        ${icon("close")}
      </button>
    </div>
    ${hint ? html`<p class="muted">${hint}</p>` : nothing}
  </div>`;
}
