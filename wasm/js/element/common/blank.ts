import { html, nothing, type TemplateResult } from "lit";
import { icon, type IconName } from "./icons.js";

/**
 * What stands where there is nothing: why, and what to do about it.
 * @param words title and hint, as the tables of words have them
 * @param action a button, where there is something to do
 */
export function blank(name: IconName, words: string[], action: unknown = nothing): TemplateResult {
  const [title, hint] = words;
  return html`<div class="blank" role=${name === "alert" ? "alert" : "status"}>
    ${icon(name)}
    <p class="title">${title}</p>
    <p>${hint}</p>
    ${action}
  </div>`;
}
