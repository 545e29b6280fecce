import { html, type TemplateResult } from "lit";
import { strings } from "./strings.js";

/**
 * A wait shorter than this, in milliseconds, shows nothing: a flash of grey is
 * slower to read than a blink.
 */
export const SKELETON_AFTER_MS = 150;

/** What stands where something is about to be. */
export function skeleton(): TemplateResult {
  return html`<div class="skeleton" role="status" aria-label=${strings.loading}>
    <span></span><span></span><span></span>
  </div>`;
}
