import { css, html, nothing } from "lit";
import { state } from "lit/decorators.js";
import { ClientListener } from "../common/client-listener.js";
import { icon } from "../common/icons.js";
import { Part } from "../common/part.js";
import { strings } from "../common/strings.js";
import { base } from "../styles/base.css.js";

/** A cut this short, in milliseconds, is not worth a word. */
const OFFLINE_AFTER_MS = 2_000;

const bannerStyles = css`
  p {
    display: flex;
    align-items: center;
    justify-content: center;
    gap: 8px;
    padding: 4px 12px;
    border-block-end: 1px solid var(--threadline-warning-line);
    background: var(--threadline-warning-tint);
    color: var(--threadline-warning);
    font-size: 12px;
  }
  .danger {
    border-color: var(--threadline-danger-line);
    background: var(--threadline-danger-tint);
    color: var(--threadline-danger);
  }
  button.link {
    color: inherit;
    text-decoration: underline;
  }
`;

/** What the person should know of this device: its session ended, it keeps nothing, it is offline. */
export class Banner extends Part {
  static override styles = [base, bannerStyles];

  @state() private offline = false;

  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor() {
    super();
    new ClientListener(this, {
      "sync-state": () => this.onSyncState(),
      storage: () => this.requestUpdate(),
      "auth-expired": () => this.requestUpdate(),
    });
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    clearTimeout(this.timer);
  }

  protected override willUpdate(changed: Map<PropertyKey, unknown>): void {
    if (changed.has("desk")) this.onSyncState();
  }

  protected override render(): unknown {
    const { desk } = this;
    if (!desk) return nothing;
    const { trouble } = desk.client.storage;
    if (desk.client.authExpired) {
      return html`<p class="danger" role="alert">
        ${icon("alert")} <span>${strings.sync.expired}</span>
      </p>`;
    }
    if (trouble) {
      return html`<p class="danger" role="alert">
        ${icon("alert")} <span>${strings.sync.storage[trouble]}</span>
        <button class="link" @click=${() => desk.commands.run({ id: "sync" })}>
          ${strings.toast.show}
        </button>
      </p>`;
    }
    if (!this.offline) return nothing;
    return html`<p role="status">
      ${icon("offline")} <span>${strings.sync.banner(desk.client.syncState.waiting)}</span>
    </p>`;
  }

  private onSyncState(): void {
    clearTimeout(this.timer);
    if (this.desk?.client.syncState.state !== "offline") {
      this.offline = false;
      this.requestUpdate();
      return;
    }
    this.timer = setTimeout(() => (this.offline = true), OFFLINE_AFTER_MS);
    this.requestUpdate();
  }
}
