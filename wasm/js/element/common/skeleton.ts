import { css, html, type TemplateResult } from "lit";
import { strings } from "./strings.js";

/**
 * A wait shorter than this, in milliseconds, shows nothing: a flash of grey is
 * slower to read than a blink.
 */
export const SKELETON_AFTER_MS = 150;

export const skeletonStyles = css`
  .skeleton {
    display: grid;
    gap: 16px;
    padding: 24px 16px;
  }
  .skeleton span {
    block-size: 48px;
    inline-size: 60%;
    border-radius: var(--threadline-radius);
    background: var(--threadline-surface-hover);
    animation: breathe 1.4s ease-in-out infinite alternate;
  }
  .skeleton span:nth-child(even) {
    justify-self: end;
  }
  @keyframes breathe {
    to {
      opacity: 0.5;
    }
  }
`;

/** What stands where something is about to be. */
export function skeleton(): TemplateResult {
  return html`<div class="skeleton" role="status" aria-label=${strings.loading}>
    <span></span><span></span><span></span>
  </div>`;
}
