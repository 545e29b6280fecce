import { html, nothing, type TemplateResult } from "lit";
import type { Desk } from "../common/desk.js";
import { icon } from "../common/icons.js";
import { strings } from "../common/strings.js";
import type { ViewName } from "../views.js";

/**
 * What the frame puts into the head of every view: how this device stands and, for where there is no
 * room for the rail, the menu of views.
 *
 * @param view the one that is shown; undefined where there are no ways to others
 */
export function head(desk: Desk, view: ViewName | undefined): TemplateResult {
  return html`${
      view
        ? html`<threadline-navigation
            slot="start"
            class="menu"
            shape="menu"
            .desk=${desk}
            .view=${view}
          ></threadline-navigation>`
        : nothing
    }
    <button
      slot="end"
      class="icon-only"
      aria-label=${strings.commands.notices}
      title=${strings.commands.notices}
      @click=${() => desk.commands.run({ id: "notices" })}
    >
      ${icon("bell")}
    </button>
    <threadline-sync-state
      slot="end"
      exportparts="sync-state"
      .desk=${desk}
    ></threadline-sync-state>`;
}
