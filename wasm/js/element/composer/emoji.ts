import { css, html } from "lit";
import { query } from "lit/decorators.js";
import { icon } from "../common/icons.js";
import { Part } from "../common/part.js";
import { conversation as words } from "../strings/en/conversation.js";
import { base } from "../styles/base.css.js";

/** What replies to customers use. Everything else is in the system's own keyboard. */
const EMOJI =
  "😀 😄 😉 😊 🙂 😅 😍 🤔 😢 😮 🙏 👍 👎 👏 🙌 👋 💪 🤝 🎉 ✨ 🔥 ✅ ❌ 📎 📦 🚚 💶 📅 ⏰ 🌞".split(
    " ",
  );

/** Emoji in a line of the grid. */
const COLUMNS = 6;

const emojiStyles = css`
  :host {
    display: inline-block;
  }
  [popover] {
    position: fixed;
    inset: auto;
    margin: 0;
    padding: 6px;
    border: 1px solid var(--threadline-border-strong);
    border-radius: 10px;
    background: var(--threadline-surface-raised);
    box-shadow: var(--threadline-shadow);
  }
  [popover]:popover-open {
    display: grid;
    grid-template-columns: repeat(6, 1fr);
  }
  [popover] button {
    padding: 4px;
    border-color: transparent;
    background: none;
    font-size: 18px;
  }
  [popover] button:hover,
  [popover] button:focus {
    background: var(--threadline-surface-press);
  }
`;

/** Chosen from the small list; the emoji is the event's text. */
export class EmojiChosen extends Event {
  constructor(readonly emoji: string) {
    super("emoji");
  }
}

/**
 * A button with the emoji that replies use most.
 * @fires emoji when one was chosen
 */
export class EmojiButton extends Part {
  static override styles = [base, emojiStyles];

  @query("[popover]") private readonly panel!: HTMLElement;
  @query(".opener") private readonly opener!: HTMLElement;

  protected override render(): unknown {
    return html`<button
        class="opener plain icon-only"
        type="button"
        aria-label=${words().compose.emoji}
        title=${words().compose.emoji}
        aria-haspopup="true"
        @click=${this.open}
      >
        ${icon("smile")}
      </button>
      <div popover role="group" aria-label=${words().compose.emoji} @keydown=${this.onKey}>
        ${EMOJI.map(
          (emoji) =>
            html`<button type="button" @click=${() => this.choose(emoji)}>${emoji}</button>`,
        )}
      </div>`;
  }

  private readonly open = (): void => {
    this.panel.showPopover();
    const around = this.opener.getBoundingClientRect();
    const { offsetWidth, offsetHeight, style } = this.panel;
    style.left = `${Math.max(4, Math.min(around.left, innerWidth - offsetWidth - 4))}px`;
    style.top = `${Math.max(4, around.top - offsetHeight - 4)}px`;
    this.panel.querySelector("button")?.focus();
  };

  private choose(emoji: string): void {
    this.panel.hidePopover();
    this.dispatchEvent(new EmojiChosen(emoji));
  }

  private readonly onKey = (event: KeyboardEvent): void => {
    const all = [...this.panel.querySelectorAll("button")];
    const at = all.findIndex((each) => each.matches(":focus"));
    const rtl = getComputedStyle(this).direction === "rtl" ? -1 : 1;
    const step = {
      ArrowRight: rtl,
      ArrowLeft: -rtl,
      ArrowDown: COLUMNS,
      ArrowUp: -COLUMNS,
    }[event.key];
    // No other key of the widget means anything while this is open.
    event.stopPropagation();
    if (step !== undefined) {
      event.preventDefault();
      all[Math.max(0, Math.min(at + step, all.length - 1))]?.focus();
    }
    if (event.key === "Escape") {
      this.panel.hidePopover();
      this.opener.focus();
    }
  };
}
