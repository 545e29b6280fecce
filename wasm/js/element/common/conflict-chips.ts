import { html, nothing, type TemplateResult } from "lit";
import type { Desk } from "./desk.js";
import { ago } from "./format.js";
import { icon } from "./icons.js";
import { strings, word } from "./strings.js";
import type { Conflict } from "./types.js";

/**
 * What several people set at once, each value with its author. One click on a
 * value settles the conflict: `settle` sets the field to it again. `name` gives a field's name.
 */
export function conflictChips(
  conflicts: Conflict[],
  desk: Desk,
  show: (field: string, value: string) => string,
  settle: (field: string, value: string) => void,
  name = (field: string): string => word(strings.fields, field),
): TemplateResult | typeof nothing {
  if (conflicts.length === 0) return nothing;
  return html`<div part="conflicts">
    ${conflicts.map(({ field, values }) => {
      const title = strings.conflict.title(name(field));
      return html`<div class="conflict" role="group" aria-label=${title}>
        <p class="conflict-title">${icon("conflict")} ${title}</p>
        ${values.map((each) => {
          const value = show(field, each.value) || strings.conflict.empty;
          return html`<button @click=${() => settle(field, each.value)}>
            <span class="unseen">${strings.conflict.keep}</span>
            <strong class="clip">${value}</strong>
            <span class="conflict-by">${desk.nameOf(each.by)}, ${ago(each.at)}</span>
          </button>`;
        })}
      </div>`;
    })}
  </div>`;
}
