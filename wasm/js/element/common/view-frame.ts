/** What all views but the inbox look like from far: a head with title and tools, and a body. */
import { css, html, type TemplateResult } from "lit";

export const viewStyles = css`
  :host {
    display: flex;
    flex-direction: column;
    min-block-size: 0;
    min-inline-size: 0;
    container-type: inline-size;
    background: var(--threadline-surface);
  }
  .head {
    flex: none;
    gap: 4px;
    min-block-size: 44px;
    padding: 6px 8px 6px 14px;
    padding-inline: 14px 8px;
    border-block-end: 1px solid var(--threadline-border);
  }
  .head h2 {
    font-size: 16px;
  }
  .body {
    display: flex;
    flex-direction: column;
    flex: 1 1 0;
    min-block-size: 0;
    overflow: auto;
  }
  @container (inline-size < 480px) {
    .head {
      --threadline-words-display: none;
    }
  }
`;

/**
 * @param tools what stands in the head beside the title
 * @param body scrolls where it is longer than the view
 */
export function viewFrame(title: string, tools: unknown, body: unknown): TemplateResult {
  return html`<header class="head line">
      <slot name="start"></slot>
      <h2 class="grow clip">${title}</h2>
      ${tools}
      <slot name="end"></slot>
    </header>
    <div class="body">${body}</div>`;
}
