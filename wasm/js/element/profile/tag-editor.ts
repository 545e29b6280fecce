import { html, type TemplateResult } from "lit";
import { choiceName } from "../common/choices.js";
import { fieldsOfForm } from "../common/field-form.js";
import { icon } from "../common/icons.js";
import { strings } from "../common/strings.js";
import type { Choice } from "../common/types.js";

/** What a tag editor shows and does. */
interface TagEditor {
  tags: string[];
  /** What the workspace offers; anything else may be typed. */
  offered: Choice[];
  /** The name of the field that adds one. */
  label: string;
  /** Adds a tag. False when it was refused: then what was typed stays. */
  add: (tag: string) => boolean;
  remove: (tag: string) => void;
}

/** Tags that can be removed, and a field to add one. */
export function tagEditor({ tags, offered, label, add, remove }: TagEditor): TemplateResult {
  const list = `tags-${label}`;
  return html`<div class="tags">
    ${tags.map(
      (tag) =>
        html`<span class="chip">
          <span class="clip" dir="auto" title=${tag}>${tag}</span>
          <button aria-label=${strings.profile.removeTag(tag)} @click=${() => remove(tag)}>
            ${icon("close")}
          </button>
        </span>`,
    )}
    <form
      @submit=${(event: SubmitEvent) => {
        const tag = fieldsOfForm(event)("tag");
        if (tag !== "" && add(tag)) (event.target as HTMLFormElement).reset();
      }}
    >
      <input class="quiet" name="tag" list=${list} aria-label=${label} placeholder=${label} />
      <datalist id=${list}>
        ${offered
          .filter(({ archived }) => !archived)
          .map((choice) => html`<option value=${choiceName(choice, {})}></option>`)}
      </datalist>
    </form>
  </div>`;
}
