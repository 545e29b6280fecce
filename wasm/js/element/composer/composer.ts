import { html, nothing, type PropertyValues, type TemplateResult } from "lit";
import { property, state } from "lit/decorators.js";
import { icon } from "../common/icons.js";
import { Part } from "../common/part.js";
import { strings } from "../common/strings.js";
import type { ContactView, ConversationHeader, Interaction } from "../common/types.js";
import { base } from "../styles/base.css.js";
import { composerStyles } from "./composer.css.js";

/**
 * Writes to the customer (Reply) or to the team (Note). What was typed stays with its conversation.
 * @fires sent when a reply was queued or a note added
 */
export class Composer extends Part {
  static override styles = [base, composerStyles];

  @property({ attribute: false }) header: ConversationHeader | undefined;
  @property({ attribute: false }) contact: ContactView | undefined;
  /** The newest message from the customer: what a reply answers, and where it goes. */
  @property({ attribute: false }) answering: Interaction | undefined;

  @state() private tab: "reply" | "note" = "reply";
  /** The message the reply answers instead of the newest. */
  @state() private chosen: Interaction | undefined;
  /** The message a note brings to a teammate. */
  @state() private forwarding: Interaction | undefined;

  /** Goes to a tab and into its field. */
  async write(tab: "reply" | "note"): Promise<void> {
    this.tab = tab;
    await this.updateComplete;
    const field = tab === "reply" ? "threadline-reply" : "threadline-note-writer";
    const part = this.renderRoot.querySelector<Part>(field);
    // The draft may have been written by the host.
    part?.requestUpdate();
    await part?.updateComplete;
    part?.focus();
  }

  /** Begins an answer to a message, or a note that brings it to a teammate. */
  async take(ask: "reply" | "forward", message: Interaction): Promise<void> {
    if (ask === "reply") this.chosen = message;
    else this.forwarding = message;
    await this.write(ask === "reply" ? "reply" : "note");
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    const before = changed.get("header");
    if (changed.has("header") && before?.id !== this.header?.id) {
      this.chosen = this.forwarding = undefined;
    }
  }

  protected override render(): unknown {
    if (!this.desk || !this.header) return nothing;
    return html`
      <div
        class="tabs"
        role="tablist"
        aria-label=${strings.composer.label}
        @keydown=${this.onTabKey}
      >
        ${this.renderTab("reply", "reply", strings.composer.reply)}
        ${this.renderTab("note", "lock", strings.composer.note)}
      </div>
      <div
        id="panel"
        class="panel ${this.tab}"
        part="composer"
        role="tabpanel"
        aria-labelledby="tab-${this.tab}"
      >
        ${this.tab === "reply" ? this.renderReply() : this.renderNote()}
      </div>
    `;
  }

  private renderTab(tab: "reply" | "note", name: "reply" | "lock", text: string): TemplateResult {
    const selected = this.tab === tab;
    return html`<button
      id="tab-${tab}"
      class=${tab}
      role="tab"
      aria-selected=${selected}
      aria-controls="panel"
      tabindex=${selected ? 0 : -1}
      @click=${() => void this.write(tab)}
    >
      ${icon(name)} ${text}
    </button>`;
  }

  private renderNote(): TemplateResult {
    return html`<threadline-note-writer
      .desk=${this.desk}
      .conversation=${this.header?.id}
      .message=${this.forwarding}
      @done=${this.tellSent}
      @unforward=${() => (this.forwarding = undefined)}
    ></threadline-note-writer>`;
  }

  private renderReply(): TemplateResult {
    return html`<threadline-reply
      .desk=${this.desk}
      .header=${this.header}
      .contact=${this.contact}
      .answering=${this.answering}
      .chosen=${this.chosen}
      @sent=${this.tellSent}
      @answered=${() => (this.chosen = undefined)}
    ></threadline-reply>`;
  }

  private readonly tellSent = (): void => {
    if (this.tab === "reply") this.chosen = undefined;
    else this.forwarding = undefined;
    this.dispatchEvent(new Event("sent"));
  };

  private readonly onTabKey = (event: KeyboardEvent): void => {
    if (event.key !== "ArrowLeft" && event.key !== "ArrowRight") return;
    event.preventDefault();
    this.tab = this.tab === "reply" ? "note" : "reply";
    void this.updateComplete.then(() =>
      this.renderRoot.querySelector<HTMLElement>("[role=tab][aria-selected=true]")?.focus(),
    );
  };
}
