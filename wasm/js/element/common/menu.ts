import { css, html, nothing, type TemplateResult } from "lit";
import { property, query, state } from "lit/decorators.js";
import { base } from "../styles/base.css.js";
import { icon, type IconName } from "./icons.js";
import { keyCaps, keyCapStyles } from "./key-caps.js";
import { Part } from "./part.js";

/** One line of a menu; a line without `run` is a separator. */
export interface MenuItem {
  text: string;
  icon?: IconName;
  /** The keys that do the same. */
  keys?: string | undefined;
  /** Whether it is what is chosen; undefined where nothing is chosen. */
  checked?: boolean;
  run?: () => void;
}

/** Pixels between the button and its menu, and between the menu and the window's edge. */
const GAP = 4;

const menuStyles = css`
  :host {
    display: inline-block;
    flex: none;
  }
  .menu {
    position: fixed;
    inset: auto;
    min-inline-size: 200px;
    max-inline-size: min(320px, 100vw - 16px);
    max-block-size: min(70vh, 480px);
    margin: 0;
    padding: 4px;
    border: 1px solid var(--threadline-border-strong);
    border-radius: 10px;
    background: var(--threadline-surface-raised);
    color: var(--threadline-text);
    box-shadow: var(--threadline-shadow);
    overflow-y: auto;
  }
  .menu button {
    inline-size: 100%;
    justify-content: start;
    gap: 10px;
    border-color: transparent;
    background: none;
    font-weight: 400;
    text-align: start;
  }
  .menu button:hover,
  .menu button:focus {
    outline: none;
    background: var(--threadline-surface-hover);
  }
  .menu button[aria-checked="true"] {
    background: var(--threadline-accent-tint);
    color: var(--threadline-accent);
  }
  hr {
    margin: 4px 0;
    border: 0;
    border-block-start: 1px solid var(--threadline-border);
  }
  @media (forced-colors: active) {
    .menu button:focus {
      outline: 2px solid Highlight;
    }
  }
`;

/**
 * A button that opens a menu above everything else. The button's content is the slot; `label` names it.
 */
export class Menu extends Part {
  static override styles = [base, keyCapStyles, menuStyles];

  /** The lines, asked for when the menu opens. */
  @property({ attribute: false }) items: () => MenuItem[] = () => [];
  /** The button's name for screen readers and the pointer. */
  @property() label = "";
  /** The button's classes, such as `plain icon-only`. */
  @property() look = "plain";

  @state() private shown: MenuItem[] | undefined;

  @query(".opener") private readonly opener!: HTMLElement;
  @query(".menu") private readonly menu!: HTMLElement;

  protected override render(): unknown {
    return html`<button
        class="opener ${this.look}"
        type="button"
        aria-label=${this.label || nothing}
        title=${this.label || nothing}
        aria-haspopup="menu"
        aria-expanded=${this.shown !== undefined}
        @click=${this.open}
        @keydown=${this.onOpenerKey}
      >
        <slot></slot>
      </button>
      <div
        class="menu"
        role="menu"
        popover
        aria-label=${this.label}
        @toggle=${this.onToggle}
        @keydown=${this.onKey}
      >
        ${this.shown?.map((item) => this.renderItem(item))}
      </div>`;
  }

  private renderItem({ text, icon: name, keys, checked, run }: MenuItem): TemplateResult {
    if (!run) return html`<hr />`;
    return html`<button
      type="button"
      role=${checked === undefined ? "menuitem" : "menuitemradio"}
      aria-checked=${checked ?? nothing}
      tabindex="-1"
      @click=${() => {
        this.menu.hidePopover();
        run();
      }}
    >
      ${name ? icon(name) : nothing}<span class="grow clip">${text}</span
      >${keys ? keyCaps(keys) : nothing}
    </button>`;
  }

  /** Opens it, as a press on its button does. */
  readonly open = async (): Promise<void> => {
    this.shown = this.items();
    await this.updateComplete;
    this.menu.showPopover();
    this.settle();
    const lines = this.lines();
    (lines.find((line) => line.ariaChecked === "true") ?? lines[0])?.focus();
  };

  /** Puts the menu under its button, or where there is room for it. */
  private settle(): void {
    const around = this.opener.getBoundingClientRect();
    const { offsetWidth, offsetHeight, style } = this.menu;
    const rtl = getComputedStyle(this).direction === "rtl";
    const left = rtl ? around.right - offsetWidth : around.left;
    const below = around.bottom + GAP;
    const fits = below + offsetHeight <= innerHeight - GAP;
    const top = fits ? below : around.top - GAP - offsetHeight;
    style.left = `${Math.max(GAP, Math.min(left, innerWidth - offsetWidth - GAP))}px`;
    style.top = `${Math.max(GAP, top)}px`;
  }

  private lines(): HTMLElement[] {
    return [...this.menu.querySelectorAll<HTMLElement>("button")];
  }

  private onToggle(event: ToggleEvent): void {
    if (event.newState === "open") return;
    this.shown = undefined;
    if (this.matches(":focus-within") || document.activeElement === document.body) {
      this.opener.focus();
    }
  }

  private onOpenerKey(event: KeyboardEvent): void {
    if (event.key !== "ArrowDown" && event.key !== "ArrowUp") return;
    event.preventDefault();
    event.stopPropagation();
    void this.open();
  }

  private onKey(event: KeyboardEvent): void {
    const lines = this.lines();
    const at = lines.findIndex((line) => line.matches(":focus"));
    const to = {
      ArrowDown: at + 1,
      ArrowUp: at - 1,
      Home: 0,
      End: lines.length - 1,
    }[event.key];
    // No other key of the widget means anything while a menu is open.
    event.stopPropagation();
    if (event.key === "Tab") this.menu.hidePopover();
    if (event.key === "Escape") {
      event.preventDefault();
      this.menu.hidePopover();
    }
    if (to === undefined) return;
    event.preventDefault();
    lines.at(to % lines.length)?.focus();
  }
}
