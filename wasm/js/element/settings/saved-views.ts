import { html, nothing } from "lit";
import { fieldsOfForm, formError } from "../common/field-form.js";
import { icon } from "../common/icons.js";
import { strings, word } from "../common/strings.js";
import type { SavedView } from "../common/types.js";
import { settings as words } from "../strings/en/settings.js";
import { base } from "../styles/base.css.js";
import { Section, sectionStyles } from "./section.js";

/** The saved views: one's own to rename, share and remove, and those that others share. */
export class SavedViews extends Section {
  static override styles = [base, sectionStyles];

  protected override render(): unknown {
    const { settings, desk } = this;
    if (!settings || !desk) return nothing;
    const views = settings.views.filter(({ owner, shared }) => shared || owner === desk.me);
    if (views.length === 0) return html`<p class="hint">${words().noViews}</p>`;
    return html`<ul class="entries">
        ${views.map((view) => {
          const list = word(strings.views, view.list);
          if (view.owner !== desk.me) {
            return html`<li class="line">
              <span class="grow clip" dir="auto">${view.name}</span>
              <span class="chip">${list}</span>
              <span class="faint small">${desk.nameOf(view.owner)}</span>
            </li>`;
          }
          return html`<li>
            <form
              class="line"
              @change=${(event: Event) => (event.currentTarget as HTMLFormElement).requestSubmit()}
              @submit=${(event: SubmitEvent) => this.onSubmit(event, view)}
            >
              <input class="grow" name="name" aria-label=${words().name} .value=${view.name} />
              <span class="chip">${list}</span>
              <label class="line">
                <input type="checkbox" name="shared" .checked=${view.shared} /> ${words().shared}
              </label>
              <button
                type="button"
                class="plain icon-only"
                aria-label=${words().removeView(view.name)}
                title=${words().removeView(view.name)}
                @click=${() => this.put({ type: "remove_view", view: view.id })}
              >
                ${icon("trash")}
              </button>
            </form>
          </li>`;
        })}
      </ul>
      ${formError(this.problem, [])}`;
  }

  private onSubmit(event: SubmitEvent, { id, list, query }: SavedView): void {
    const typed = fieldsOfForm(event);
    const view = { id, list, query, name: typed("name"), shared: typed("shared") === "on" };
    this.put({ type: "save_view", view });
  }
}
