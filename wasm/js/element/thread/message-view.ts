import { html, nothing, type TemplateResult } from "lit";
import { property, state } from "lit/decorators.js";
import type { Desk } from "../common/desk.js";
import { avatar, timeOfDay } from "../common/format.js";
import { icon, type IconName } from "../common/icons.js";
import { place } from "../common/place.js";
import { Part } from "../common/part.js";
import { strings } from "../common/strings.js";
import type { Interaction } from "../common/types.js";
import { base } from "../styles/base.css.js";
import { conversation as words } from "../strings/en/conversation.js";
import { MessageAsk, messageActions, withdraw, type Ask } from "./message-actions.js";
import { messageStyles } from "./message-view.css.js";

const STATUS_ICONS = {
  queued: "clock",
  sent: "check",
  failed: "alert",
  delivered: "delivered",
  read: "delivered",
} satisfies Record<string, IconName>;

/** One message, in or out: who, when, the text, and how far delivery got. */
export class MessageView extends Part {
  static override styles = [base, messageStyles];

  @property({ attribute: false }) message: Interaction | undefined;
  @property() conversation = "";
  /** The message it answers, where that is not the one before it. */
  @property({ attribute: false }) answers: Interaction | undefined;
  /** What others wrote since, for a message that is held because of it. */
  @property({ attribute: false }) since: Interaction[] = [];
  /** What the customer is called, for messages in. */
  @property() contactName = "";
  /** The contact's id, which colours the picture. */
  @property() contact = "";
  /** The conversation's subject; a message's own is shown where it differs. */
  @property() subject = "";
  /** Whether the message before is of the same sender, who is then not named again. */
  @property({ type: Boolean, reflect: true }) grouped = false;
  /** For the style: `in` or `out`. */
  @property({ reflect: true }) direction: "in" | "out" = "in";

  @state() private formatted = false;
  @state() private quoted = false;

  protected override willUpdate(): void {
    this.direction = this.message?.direction ?? "in";
  }

  protected override render(): unknown {
    const { message, desk } = this;
    if (!message || !desk) return nothing;
    const { deleted, withdrawn } = message;
    const gone = deleted
      ? words().message.deleted(desk.nameOf(deleted.by))
      : withdrawn && words().message.withdrawn(desk.nameOf(withdrawn.by));
    const incoming = message.direction === "in";
    const sender = incoming
      ? message.from?.name || this.contactName || message.from?.address || strings.unknown
      : desk.nameOf(message.by);
    return html`
      ${this.grouped || !incoming ? nothing : avatar(sender, this.contact || sender)}
      <article class="column" aria-label=${sender}>
        ${
          this.grouped
            ? nothing
            : html`<p class="meta"><bdi class="who">${sender}</bdi> ${timeOfDay(message.at)}</p>`
        }
        ${gone ? html`<p class="meta">${gone}</p>` : nothing}
        <div class="said line">
          ${
            deleted
              ? nothing
              : html`<div
                  class="bubble ${this.formatted ? "framed" : ""} ${withdrawn ? "withdrawn" : ""}"
                  part="bubble"
                  dir="auto"
                >
                  ${this.renderMarks(message)} ${this.renderAnswered()}
                  ${this.ownSubject() ? html`<p class="subject">${message.subject}</p>` : nothing}
                  ${this.formatted ? this.renderFormatted(message) : this.renderText(message)}
                  ${this.renderAttachments(message)} ${this.renderTools(message)}
                </div>`
          }
          ${this.renderMenu(desk, message)}
        </div>
        ${incoming || deleted || withdrawn ? nothing : this.renderStatus(desk, message)}
      </article>
    `;
  }

  /** What can be done with it; a viewer does nothing, and what was taken back stays so. */
  private renderMenu(desk: Desk, message: Interaction): unknown {
    if (message.withdrawn || desk.client.member?.role === "viewer") return nothing;
    return html`<threadline-menu
      class="menu"
      look="plain icon-only"
      .label=${words().message.menu}
      .items=${() =>
        messageActions(desk, this.conversation, message, (ask) => this.ask(ask, message))}
      >${icon("more")}</threadline-menu
    >`;
  }

  private ask(ask: Ask, message: Interaction): void {
    this.dispatchEvent(new MessageAsk(ask, message));
  }

  private renderMarks({ important, spam }: Interaction): unknown {
    if (!important && !spam) return nothing;
    const text = words().message;
    return html`<p class="line marks">
      ${important ? html`<span class="chip warning">${icon("flag")} ${text.isImportant}</span>` : nothing}
      ${spam ? html`<span class="chip danger">${icon("ban")} ${text.isSpam}</span>` : nothing}
    </p>`;
  }

  /** The beginning of what it answers, so that nobody has to look for it. */
  private renderAnswered(): unknown {
    if (!this.answers || this.answers.deleted) return nothing;
    const { text, visible } = this.answers;
    return html`<blockquote class="answered clip" dir="auto">
      <span class="unseen">${words().message.answers}</span>
      ${text.slice(0, visible ?? text.length).trim()}
    </blockquote>`;
  }

  /** Whether the message has a subject that says more than the conversation's. */
  private ownSubject(): boolean {
    const plain = (text: string): string =>
      text.replace(/^\s*((re|fwd?|aw|wg|sv|tr)\s*:\s*)+/i, "");
    return !!this.message?.subject && plain(this.message.subject) !== plain(this.subject);
  }

  private renderText({ text, visible }: Interaction): TemplateResult {
    const end = visible ?? text.length;
    return html`<div class="text">${text.slice(0, end).trimEnd()}</div>
      ${
        this.quoted
          ? html`<div class="text quoted" dir="auto">${text.slice(end).trim()}</div>`
          : nothing
      }`;
  }

  /**
   * The mail as it was designed, where nothing of it can run, reach this page or call home. Its
   * height can therefore not be asked for: it is guessed from the text, and can be dragged.
   */
  private renderFormatted({ html: body = "", text }: Interaction): TemplateResult {
    // An element of old sets the font: a host's policy may forbid the mail every style.
    const page = `<!doctype html><meta charset="utf-8">
      <meta http-equiv="Content-Security-Policy"
        content="default-src 'none'; img-src data:; style-src 'unsafe-inline'">
      <base target="_blank"><body><font face="system-ui, sans-serif">${body}`;
    return html`<iframe
      title=${strings.thread.formatted}
      sandbox="allow-popups allow-popups-to-escape-sandbox"
      referrerpolicy="no-referrer"
      .srcdoc=${page}
      ${place({ blockSize: `${Math.min(480, 120 + Math.ceil(text.length / 60) * 22)}px` })}
    ></iframe>`;
  }

  private renderTools({ html: body, text, visible }: Interaction): unknown {
    const hasQuote = !this.formatted && visible !== undefined && text.slice(visible).trim() !== "";
    if (!body && !hasQuote) return nothing;
    const { showFormatted, showText, showQuoted, hideQuoted } = strings.thread;
    return html`<div class="tools">
      ${
        hasQuote
          ? html`<button
              class="link"
              aria-expanded=${this.quoted}
              @click=${() => (this.quoted = !this.quoted)}
            >
              ${this.quoted ? hideQuoted : showQuoted}
            </button>`
          : nothing
      }
      ${
        body
          ? html`<button class="link" @click=${() => (this.formatted = !this.formatted)}>
              ${this.formatted ? showText : showFormatted}
            </button>`
          : nothing
      }
    </div>`;
  }

  private renderAttachments({ attachments }: Interaction): unknown {
    if (attachments.length === 0) return nothing;
    return html`<ul class="attachments" aria-label=${strings.thread.attachments}>
      ${attachments.map(
        (file) =>
          html`<li>
            <threadline-attachment .desk=${this.desk} .file=${file}></threadline-attachment>
          </li>`,
      )}
    </ul>`;
  }

  private renderStatus(desk: Desk, message: Interaction): unknown {
    const { status, failure, at, held } = message;
    if (!status) return nothing;
    if (held) return this.renderHeld(desk, message);
    return html`<p class="meta status ${status}">
      ${this.grouped ? timeOfDay(at) : nothing} ${icon(STATUS_ICONS[status])}
      ${strings.delivery[status]}${failure ? `: ${failure.text}` : nothing}
      ${
        status === "failed" && this.mine(desk)
          ? html`<button class="link" @click=${() => this.ask("edit", message)}>
              ${words().message.again}
            </button>`
          : nothing
      }
    </p>`;
  }

  /** A reply that somebody overtook: what came meanwhile, and the author's choice (B2). */
  private renderHeld(desk: Desk, message: Interaction): TemplateResult {
    const { held } = words();
    const { conversation } = this;
    const interaction = message.id;
    return html`<div class="held" role="group" aria-label=${held.title}>
      <p class="line"><strong>${icon("alert")} ${held.title}</strong></p>
      ${this.since.map(
        (each) =>
          html`<blockquote class="answered clip" dir="auto">
            <strong>${each.by ? desk.nameOf(each.by) : this.contactName}:</strong> ${each.text}
          </blockquote>`,
      )}
      ${
        this.mine(desk)
          ? html`<p class="faint small">${held.hint}</p>
              <div class="actions">
                <button
                  class="primary"
                  @click=${() => desk.run({ conversation, type: "confirm_message", interaction })}
                >
                  ${icon("send")} ${held.send}
                </button>
                <button @click=${() => this.ask("edit", message)}>
                  ${icon("pencil")} ${held.edit}
                </button>
                <button
                  class="plain danger"
                  @click=${() => withdraw(desk, conversation, interaction)}
                >
                  ${held.takeBack}
                </button>
              </div>`
          : nothing
      }
    </div>`;
  }

  private mine(desk: Desk): boolean {
    return this.message?.by === desk.me;
  }
}
