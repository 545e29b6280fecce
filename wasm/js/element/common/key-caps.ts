import { css, html, type TemplateResult } from "lit";

export const keyCapStyles = css`
  .caps {
    display: inline-flex;
    gap: 4px;
  }
  kbd {
    min-inline-size: 20px;
    padding: 0 5px;
    border: 1px solid var(--threadline-border-strong);
    border-radius: 4px;
    background: var(--threadline-surface-sunk);
    color: var(--threadline-muted);
    font: 500 11px/18px var(--threadline-font);
    text-align: center;
  }
`;

/** Keys as they are printed on a keyboard. */
const PRINTED: Record<string, string> = { Escape: "Esc", Mod: "Ctrl/⌘" };

/** A command's keys, drawn as the keys of a keyboard. */
export function keyCaps(keys: string): TemplateResult {
  const caps = keys.split(/[ +]/).map((key) => PRINTED[key] ?? key);
  return html`<span class="caps" dir="ltr">${caps.map((cap) => html`<kbd>${cap}</kbd>`)}</span>`;
}
