import { css, html, nothing } from "lit";
import { property, state } from "lit/decorators.js";
import { base } from "../styles/base.css.js";
import type { Notice } from "./desk.js";
import { icon } from "./icons.js";
import { Part } from "./part.js";
import { strings } from "./strings.js";

/** How long a notice stays, in milliseconds. It stays longer while the pointer or the focus is on it. */
const STAY_MS = 6_000;
/** Notices shown at once; older ones make room. */
const SHOWN = 3;

const toastStyles = css`
  :host {
    position: absolute;
    inset-block-end: 16px;
    inset-inline: 16px;
    z-index: 30;
    display: grid;
    justify-items: start;
    gap: 8px;
    pointer-events: none;
  }
  .toast {
    display: flex;
    align-items: center;
    gap: 12px;
    max-inline-size: 100%;
    padding: 6px 8px 6px 14px;
    border: 1px solid var(--threadline-border-strong);
    border-radius: var(--threadline-radius);
    background: var(--threadline-surface-raised);
    box-shadow: var(--threadline-shadow);
    pointer-events: auto;
    animation: rise 0.16s ease-out;
  }
  .alert {
    border-color: var(--threadline-danger-line);
    color: var(--threadline-danger);
  }
  @keyframes rise {
    from {
      opacity: 0;
      translate: 0 8px;
    }
  }
`;

/** Short messages at the lower edge, some with something to do about it. */
export class Toasts extends Part {
  static override styles = [base, toastStyles];

  @property({ attribute: false }) stayMs = STAY_MS;
  @state() private notices: Notice[] = [];

  private timer: ReturnType<typeof setTimeout> | undefined;
  private held = false;

  add(notice: Notice): void {
    this.notices = [...this.notices, notice].slice(-SHOWN);
    this.restart();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    clearTimeout(this.timer);
  }

  protected override render(): unknown {
    return html`<div
      role="region"
      aria-label=${strings.toast.label}
      @pointerenter=${() => this.hold(true)}
      @pointerleave=${() => this.hold(false)}
      @focusin=${() => this.hold(true)}
      @focusout=${() => this.hold(false)}
    >
      <div aria-live="polite">
        ${this.notices.map(
          (notice) =>
            html`<div
              class="toast ${notice.alert ? "alert" : ""}"
              part="toast"
              role=${notice.alert ? "alert" : nothing}
            >
              <span class="grow">${notice.text}</span>
              ${
                notice.action
                  ? html`<button class="link" @click=${() => this.act(notice)}>
                      ${notice.action.label}
                    </button>`
                  : nothing
              }
              <button
                class="plain icon-only"
                aria-label=${strings.dismiss}
                @click=${() => this.drop(notice)}
              >
                ${icon("close")}
              </button>
            </div>`,
        )}
      </div>
    </div>`;
  }

  private act(notice: Notice): void {
    notice.action?.run();
    this.drop(notice);
  }

  private drop(notice: Notice): void {
    this.notices = this.notices.filter((each) => each !== notice);
    this.held = false;
    this.restart();
  }

  private hold(held: boolean): void {
    this.held = held;
    this.restart();
  }

  /** The oldest goes when its time is over, and the next one's time begins. */
  private restart(): void {
    clearTimeout(this.timer);
    if (this.held || this.notices.length === 0) return;
    this.timer = setTimeout(() => {
      this.notices = this.notices.slice(1);
      this.restart();
    }, this.stayMs);
  }
}
