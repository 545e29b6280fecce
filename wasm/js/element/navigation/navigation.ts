import { css, html, nothing, type TemplateResult } from "lit";
import { property } from "lit/decorators.js";
import { icon } from "../common/icons.js";
import type { MenuItem } from "../common/menu.js";
import { Part } from "../common/part.js";
import { strings } from "../common/strings.js";
import { base } from "../styles/base.css.js";
import { PLACES, VIEWS, type ViewName } from "../views.js";

const navigationStyles = css`
  nav {
    display: flex;
    flex-direction: column;
    gap: 4px;
    block-size: 100%;
    padding: 8px 6px;
    overflow-y: auto;
  }
  button.icon-only {
    inline-size: 36px;
    block-size: 36px;
  }
  .icon {
    inline-size: 18px;
    block-size: 18px;
  }
  button[aria-current="page"] {
    background: var(--threadline-accent-tint);
    color: var(--threadline-accent);
  }
  .rest {
    flex: 1 1 0;
  }
`;

/** The ways to the other views: a rail of icons where there is room, a menu where there is not. */
export class Navigation extends Part {
  static override styles = [base, navigationStyles];

  /** The view that is shown. */
  @property() view: ViewName = "inbox";
  @property() shape: "rail" | "menu" = "rail";

  protected override render(): unknown {
    if (!this.desk) return nothing;
    return this.shape === "rail" ? this.renderRail() : this.renderMenu();
  }

  private renderRail(): TemplateResult {
    return html`<nav aria-label=${strings.navigation}>
      ${PLACES.map((view) => this.renderPlace(view))}
      <span class="rest"></span>
      ${this.renderButton("palette")} ${this.renderButton("help")}
    </nav>`;
  }

  private renderPlace(view: Exclude<ViewName, "conversation">): TemplateResult {
    const name = strings.views[view];
    return html`<button
      class="plain icon-only"
      aria-label=${name}
      title=${name}
      aria-current=${view === this.view ? "page" : nothing}
      @click=${() => this.desk?.commands.run({ id: `go-${view}` })}
    >
      ${icon(VIEWS[view].icon)}
    </button>`;
  }

  private renderButton(id: "palette" | "help"): TemplateResult {
    const name = strings.commands[id];
    return html`<button
      class="plain icon-only"
      aria-label=${name}
      title=${name}
      @click=${() => this.desk?.commands.run({ id })}
    >
      ${icon(id === "help" ? "help" : "command")}
    </button>`;
  }

  private renderMenu(): TemplateResult {
    return html`<threadline-menu look="plain icon-only" .label=${strings.menu} .items=${this.items}
      >${icon("menu")}</threadline-menu
    >`;
  }

  private readonly items = (): MenuItem[] => {
    const { desk } = this;
    if (!desk) return [];
    const places = PLACES.map((view): MenuItem => {
      const run = (): void => void desk.commands.run({ id: `go-${view}` });
      const { icon: name, keys } = VIEWS[view];
      return { text: strings.views[view], icon: name, keys, checked: view === this.view, run };
    });
    const others = desk.commands
      .available()
      .filter(({ group }) => group === "widget")
      .map((each): MenuItem => {
        const run = (): void => void desk.commands.run(each);
        return { text: each.title(), icon: each.icon, keys: each.keys, run };
      });
    return [...places, { text: "" }, ...others];
  };
}
