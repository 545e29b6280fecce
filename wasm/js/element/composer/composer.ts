import { html, nothing, type PropertyValues, type TemplateResult } from "lit";
import { property, query, state } from "lit/decorators.js";
import { live } from "lit/directives/live.js";
import type { Desk, Problem, Reply } from "../common/desk.js";
import { formError, submitOnEnter } from "../common/field-form.js";
import { icon } from "../common/icons.js";
import { Part } from "../common/part.js";
import { strings } from "../common/strings.js";
import type {
  Address,
  Channel,
  ContactView,
  ConversationHeader,
  Interaction,
} from "../common/types.js";
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
  /** What the person chose; `undefined` follows the customer. */
  @state() private channel: Channel | undefined;
  @state() private recipient: string | undefined;
  @state() private problem: Problem | undefined;

  /** What teammates were last told. */
  private typing = false;

  @query("textarea") private readonly textarea!: HTMLTextAreaElement | null;

  /** Goes to a tab and into its field. */
  async write(tab: "reply" | "note"): Promise<void> {
    this.tab = tab;
    // The draft may have been written by the host.
    this.requestUpdate();
    await this.updateComplete;
    if (tab === "reply") this.textarea?.focus();
    else this.renderRoot.querySelector<HTMLElement>("threadline-note-writer")?.focus();
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    const before = changed.get("header");
    if (changed.has("header") && before?.id !== this.header?.id) {
      this.channel = this.recipient = this.problem = undefined;
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
        ${this.tab === "reply" ? this.renderReply(this.desk, this.header) : this.renderNote()}
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
      @done=${this.tellSent}
    ></threadline-note-writer>`;
  }

  private renderReply(desk: Desk, header: ConversationHeader): TemplateResult {
    return html`<form @submit=${this.send}>
      ${this.renderAddress()}
      <div class="writing">
        <textarea
          rows="2"
          dir="auto"
          aria-label=${strings.composer.replyLabel}
          placeholder=${strings.composer.replyPlaceholder}
          .value=${live(desk.drafts.get(header.id, "reply"))}
          @input=${this.onInput}
          @keydown=${submitOnEnter}
          @blur=${() => this.tellTyping(false)}
        ></textarea>
        <button class="primary" title=${strings.composer.sendKey}>
          ${icon("send")} ${strings.composer.send}
        </button>
      </div>
      ${formError(this.problem, [])}
    </form>`;
  }

  private renderAddress(): TemplateResult {
    const channels = this.channels();
    const channel = this.chosenChannel();
    const addresses = this.addresses(channel);
    const recipient = this.chosenRecipient();
    return html`<div class="address line wrap">
      ${
        channels.length > 1
          ? html`<select
              class="quiet"
              aria-label=${strings.composer.channel}
              @change=${(event: Event) => {
                this.channel = (event.target as HTMLSelectElement).value as Channel;
                this.recipient = undefined;
              }}
            >
              ${channels.map(
                (each) =>
                  html`<option value=${each} ?selected=${each === channel}>
                    ${strings.channels[each]}
                  </option>`,
              )}
            </select>`
          : html`<span class="line">${icon(channel)} ${strings.channels[channel]}</span>`
      }
      <span>${strings.to}</span>
      ${
        addresses.length > 1
          ? html`<select
              class="quiet"
              aria-label=${strings.composer.recipient}
              @change=${(event: Event) =>
                (this.recipient = (event.target as HTMLSelectElement).value)}
            >
              ${addresses.map(
                (each) =>
                  html`<option value=${each} ?selected=${each === recipient}>${each}</option>`,
              )}
            </select>`
          : html`<span class="clip">${recipient || strings.composer.noAddress}</span>`
      }
    </div>`;
  }

  /** The channels the contact has an address on; with none known, the conversation's own. */
  private channels(): Channel[] {
    const known = new Set(this.contact?.identities.map(({ channel }) => channel));
    if (known.size === 0) known.add(this.answering?.channel ?? "email");
    return [...known];
  }

  private chosenChannel(): Channel {
    const channels = this.channels();
    const wanted = this.channel ?? this.answering?.channel;
    return wanted && channels.includes(wanted) ? wanted : (channels[0] ?? "email");
  }

  private addresses(channel: Channel): string[] {
    const known = (this.contact?.identities ?? [])
      .filter((identity) => identity.channel === channel)
      .map(({ address }) => address);
    const from = this.answering?.channel === channel ? this.answering.from?.address : undefined;
    return [...new Set(from ? [from, ...known] : known)];
  }

  private chosenRecipient(): string {
    return this.recipient ?? this.addresses(this.chosenChannel())[0] ?? "";
  }

  private readonly onInput = (event: Event): void => {
    const { value } = event.target as HTMLTextAreaElement;
    if (this.header) this.desk?.drafts.set(this.header.id, "reply", value);
    this.tellTyping(value !== "");
  };

  /** Tells teammates when the typing starts and ends, not on every key. */
  private tellTyping(typing: boolean): void {
    if (!this.header || typing === this.typing) return;
    this.typing = typing;
    this.desk?.client.setPresence(this.header.id, { typing });
  }

  private readonly send = (event: SubmitEvent): void => {
    event.preventDefault();
    const { desk, header, answering } = this;
    if (!desk || !header) return;
    const channel = this.chosenChannel();
    const address = this.chosenRecipient();
    const to: Address[] = address ? [{ name: this.contact?.name ?? "", address }] : [];
    const reply: Reply = {
      conversation: header.id,
      type: "send_message",
      channel,
      to,
      subject: channel === "email" ? replySubject(answering?.subject || header.subject) : "",
      text: desk.drafts.get(header.id, "reply").trim(),
      ...(answering?.channel === channel && { inReplyTo: answering.id }),
    };
    if (!desk.maySend(reply)) return;
    const attempt = desk.attempt(reply);
    this.problem = "problem" in attempt ? attempt.problem : undefined;
    if (this.problem) return;
    desk.drafts.set(header.id, "reply", "");
    this.tellTyping(false);
    this.requestUpdate();
    this.tellSent();
  };

  private readonly tellSent = (): void => {
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

/** The subject of an answer: one `Re:`, however long the exchange. */
function replySubject(subject: string): string {
  return /^re\s*:/i.test(subject) ? subject : `Re: ${subject}`;
}
