import { html, nothing, type PropertyValues, type TemplateResult } from "lit";
import { property, query, state } from "lit/decorators.js";
import { live } from "lit/directives/live.js";
import { ClientListener } from "../common/client-listener.js";
import { problemOf, type Desk, type Problem, type Reply } from "../common/desk.js";
import { formError, submitOnEnter } from "../common/field-form.js";
import { icon } from "../common/icons.js";
import { locale } from "../common/locale.js";
import { Part } from "../common/part.js";
import { strings } from "../common/strings.js";
import type {
  Attachment,
  Channel,
  ContactView,
  ConversationHeader,
  Interaction,
  Template,
} from "../common/types.js";
import { conversation as words } from "../strings/en/conversation.js";
import { base } from "../styles/base.css.js";
import { inConversation } from "../thread/plans.js";
import { addressesFor, channelsFor, type Ways } from "./channels.js";
import type { EmojiChosen } from "./emoji.js";
import { attach, filesOf, keepFiles } from "./files.js";
import { replyStyles } from "./reply-form.css.js";
import { missingIn, slashAt, templatesFor, type Slash } from "./templates.js";

/**
 * Writes to the customer. What was typed and attached stays with its conversation.
 *
 * A reply is queued at once and can be taken back for some seconds: a page that closes in between
 * loses nothing, and the server claims no reply that was withdrawn.
 * @fires sent when a reply was queued
 * @fires answered when the reply answers no message in particular any more
 */
export class ReplyForm extends Part {
  static override styles = [base, replyStyles];

  @property({ attribute: false }) header: ConversationHeader | undefined;
  @property({ attribute: false }) contact: ContactView | undefined;
  /** The newest message from the customer: what a reply answers, and where it goes. */
  @property({ attribute: false }) answering: Interaction | undefined;
  /** The message that the person chose to answer instead. */
  @property({ attribute: false }) chosen: Interaction | undefined;

  /** What the person chose; `undefined` follows the customer. */
  @state() private channel: Channel | undefined;
  @state() private recipient: string | undefined;
  @state() private subject: string | undefined;
  @state() private problem: Problem | undefined;
  /** Why files were not taken. */
  @state() private fileProblems: string[] = [];
  /** The `/` that lists templates. */
  @state() private slash: Slash | undefined;
  @state() private active = 0;
  /** Placeholders that the person was warned of, as one text. */
  @state() private warned = "";
  @state() private dropping = false;

  /** What teammates were last told. */
  private typing = false;

  @query("textarea") private readonly textarea!: HTMLTextAreaElement;
  @query("input[type=file]") private readonly picker!: HTMLInputElement;

  constructor() {
    super();
    const update = (): void => this.requestUpdate();
    // What the member qualifies for comes with the rows.
    new ClientListener(this, { blobs: update, rows: update });
  }

  override focus(): void {
    // Who qualifies for no channel has no field.
    this.renderRoot.querySelector("textarea")?.focus();
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    const before = changed.get("header");
    if (!changed.has("header") || before?.id === this.header?.id) return;
    this.channel = this.recipient = this.subject = this.problem = this.slash = undefined;
    this.fileProblems = [];
    this.warned = "";
    this.typing = false;
  }

  protected override render(): unknown {
    const { desk, header } = this;
    if (!desk || !header) return nothing;
    const channels = channelsFor(this.ways());
    if (channels.length === 0) return html`<p class="muted">${words().compose.unqualified}</p>`;
    const channel = this.chosenChannel();
    const templates = this.listed(desk, channel);
    return html`<form
      class=${this.dropping ? "dropping" : ""}
      @submit=${this.send}
      @dragover=${this.onDragOver}
      @dragleave=${() => (this.dropping = false)}
      @drop=${this.onDrop}
    >
      ${this.renderAddress(channels, channel)} ${this.renderChosen()}
      ${this.slash ? this.renderTemplates(templates) : nothing}
      ${this.renderFiles(desk, filesOf(desk, header.id))}
      <div class="writing">
        <textarea
          rows="2"
          dir="auto"
          aria-label=${strings.composer.replyLabel}
          aria-controls=${this.slash ? "templates" : nothing}
          aria-activedescendant=${this.slash && templates[this.active] ? `template-${this.active}` : nothing}
          placeholder="${strings.composer.replyPlaceholder}. ${words().compose.templateHint}"
          .value=${live(desk.drafts.get(header.id, "reply"))}
          @input=${this.onInput}
          @keydown=${(event: KeyboardEvent) => this.onKey(event, templates)}
          @paste=${this.onPaste}
          @blur=${() => this.tellTyping(false)}
        ></textarea>
        <button class="primary" title=${strings.composer.sendKey}>
          ${icon("send")} ${strings.composer.send}
        </button>
      </div>
      ${this.renderTools()} ${this.renderWarning()} ${formError(this.problem, [])}
      ${this.fileProblems.map((text) => html`<p class="field-error" role="alert">${text}</p>`)}
    </form>`;
  }

  private renderAddress(channels: Channel[], channel: Channel): TemplateResult {
    const addresses = addressesFor(this.ways(), channel);
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
      ${
        this.contact?.status === "dnd"
          ? html`<span class="chip danger">${icon("ban")} ${words().compose.dnd}</span>`
          : nothing
      }
    </div>`;
  }

  private renderChosen(): unknown {
    if (!this.chosen) return nothing;
    return html`<p class="quote line small">
      <span class="faint">${words().compose.replyTo}</span>
      <bdi class="clip grow">${this.chosen.text}</bdi>
      <button
        type="button"
        class="plain icon-only"
        aria-label=${words().compose.noReply}
        @click=${() => this.dispatchEvent(new Event("answered"))}
      >
        ${icon("close")}
      </button>
    </p>`;
  }

  private renderTemplates(templates: Template[]): TemplateResult {
    const { templates: label, noTemplates } = words().compose;
    if (templates.length === 0) return html`<p class="faint small">${noTemplates}</p>`;
    return html`<ul id="templates" class="templates" role="listbox" aria-label=${label}>
      ${templates.map(
        (template, index) =>
          html`<li
            id="template-${index}"
            role="option"
            aria-selected=${index === this.active}
            @mousedown=${(event: Event) => {
              event.preventDefault();
              this.insert(template);
            }}
          >
            <strong class="clip">${template.name}</strong>
            <span class="faint clip grow" dir="auto">${template.text}</span>
          </li>`,
      )}
    </ul>`;
  }

  private renderFiles(desk: Desk, files: Attachment[]): unknown {
    if (files.length === 0) return nothing;
    return html`<ul class="files" aria-label=${words().compose.attached}>
      ${files.map(
        (file) =>
          html`<li>
            <threadline-attachment .desk=${desk} .file=${file}></threadline-attachment>
            <button
              type="button"
              class="plain icon-only"
              aria-label=${words().compose.detach(file.name)}
              @click=${() => this.detach(file)}
            >
              ${icon("close")}
            </button>
          </li>`,
      )}
    </ul>`;
  }

  private renderTools(): TemplateResult {
    const { attach: label, templates } = words().compose;
    return html`<div class="line tools">
      <button
        type="button"
        class="plain icon-only"
        aria-label=${label}
        title=${label}
        @click=${() => this.picker.click()}
      >
        ${icon("paperclip")}
      </button>
      <input type="file" multiple hidden aria-label=${label} @change=${this.onPick} />
      <button
        type="button"
        class="plain icon-only"
        aria-label=${templates}
        title="${templates} (/)"
        @click=${this.openTemplates}
      >
        ${icon("template")}
      </button>
      <threadline-emoji .desk=${this.desk} @emoji=${this.onEmoji}></threadline-emoji>
    </div>`;
  }

  /** What a template left open; sending it as it is takes a second press. */
  private renderWarning(): unknown {
    const missing = missingIn(this.draft()).join(", ");
    if (missing === "") return nothing;
    return html`<p class="warning line wrap small" role="status">
      ${icon("alert")} <span class="grow">${words().compose.missing(missing)}</span>
      ${
        this.warned === missing
          ? html`<button class="link">${words().compose.sendMissing}</button>`
          : nothing
      }
    </p>`;
  }

  private ways(): Ways {
    const { desk, header, contact, chosen } = this;
    const answering = chosen ?? this.answering;
    return { member: desk?.client.member, header: header ?? {}, contact, answering };
  }

  private chosenChannel(): Channel {
    const ways = this.ways();
    const channels = channelsFor(ways);
    const wanted = this.channel ?? ways.answering?.channel;
    return wanted && channels.includes(wanted) ? wanted : (channels[0] ?? "email");
  }

  private chosenRecipient(): string {
    return this.recipient ?? addressesFor(this.ways(), this.chosenChannel())[0] ?? "";
  }

  private draft(): string {
    return this.header ? (this.desk?.drafts.get(this.header.id, "reply") ?? "") : "";
  }

  private listed(desk: Desk, channel: Channel): Template[] {
    if (!this.slash) return [];
    return templatesFor(desk.settings.templates, channel, this.slash.search, locale);
  }

  private readonly onInput = (): void => {
    const { value, selectionStart } = this.textarea;
    this.keep(value);
    this.slash = slashAt(value, selectionStart);
    this.active = 0;
    this.tellTyping(value !== "");
  };

  private keep(text: string): void {
    if (this.header) this.desk?.drafts.set(this.header.id, "reply", text);
    this.requestUpdate();
  }

  private onKey(event: KeyboardEvent, templates: Template[]): void {
    const chosen = templates[this.active];
    if (this.slash && event.key === "Escape") this.slash = undefined;
    else if (!this.slash || !chosen) return submitOnEnter(event);
    else if (event.key === "ArrowDown") this.active = (this.active + 1) % templates.length;
    else if (event.key === "ArrowUp") {
      this.active = (this.active + templates.length - 1) % templates.length;
    } else if (event.key === "Enter" || event.key === "Tab") this.insert(chosen);
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  private readonly openTemplates = (): void => {
    const at = this.textarea.selectionStart;
    this.slash = { from: at, to: at, search: "" };
    this.active = 0;
    this.textarea.focus();
  };

  /** Puts a template where its `/` was, and the caret on what it still lacks. */
  private insert({ id }: Template): void {
    const { desk, header, slash } = this;
    if (!desk || !header || !slash) return;
    try {
      const { text, subject } = desk.client.reads.renderTemplate(header.id, id);
      this.replace(slash.from, slash.to, text);
      if (subject) this.subject = subject;
      const [first] = missingIn(text);
      const at = first ? slash.from + text.indexOf(first) : -1;
      if (first) this.textarea.setSelectionRange(at, at + first.length);
    } catch (error) {
      desk.notify({ text: problemOf(error).message, alert: true });
    }
    this.slash = undefined;
  }

  private replace(from: number, to: number, text: string): void {
    this.textarea.focus();
    this.textarea.setRangeText(text, from, to, "end");
    this.keep(this.textarea.value);
  }

  private readonly onEmoji = ({ emoji }: EmojiChosen): void => {
    const { selectionStart, selectionEnd } = this.textarea;
    this.replace(selectionStart, selectionEnd, emoji);
  };

  private readonly onPick = (): void => {
    void this.take(this.picker.files ?? []).then(() => (this.picker.value = ""));
  };

  private readonly onPaste = (event: ClipboardEvent): void => {
    const files = event.clipboardData?.files;
    if (!files?.length) return;
    event.preventDefault();
    void this.take(files);
  };

  private readonly onDragOver = (event: DragEvent): void => {
    if (!event.dataTransfer?.types.includes("Files")) return;
    event.preventDefault();
    this.dropping = true;
  };

  private readonly onDrop = (event: DragEvent): void => {
    this.dropping = false;
    const files = event.dataTransfer?.files;
    // Text that is dropped is the field's.
    if (!files?.length) return;
    event.preventDefault();
    void this.take(files);
  };

  private async take(files: Iterable<File>): Promise<void> {
    const { desk, header } = this;
    if (desk && header) this.fileProblems = await attach(desk, header.id, [...files]);
    this.requestUpdate();
  }

  private detach({ blob }: Attachment): void {
    const { desk, header } = this;
    if (!desk || !header) return;
    const rest = filesOf(desk, header.id).filter((each) => each.blob !== blob);
    keepFiles(desk, header.id, rest);
    this.requestUpdate();
  }

  /** Tells teammates when the typing starts and ends, not on every key. */
  private tellTyping(typing: boolean): void {
    if (!this.header || typing === this.typing) return;
    this.typing = typing;
    this.desk?.client.setPresence(this.header.id, { typing });
  }

  private readonly send = (event: SubmitEvent): void => {
    event.preventDefault();
    const { desk, header, contact } = this;
    if (!desk || !header) return;
    const missing = missingIn(this.draft()).join(", ");
    if (missing !== this.warned) {
      this.warned = missing;
      if (missing !== "") return;
    }
    const answering = this.chosen ?? this.answering;
    const channel = this.chosenChannel();
    const address = this.chosenRecipient();
    const subject = this.subject ?? replySubject(answering?.subject || header.subject);
    const attachments = filesOf(desk, header.id);
    const reply: Reply = {
      conversation: header.id,
      type: "send_message",
      channel,
      to: address ? [{ name: contact?.name ?? "", address }] : [],
      subject: channel === "email" ? subject : "",
      text: this.draft().trim(),
      ...(answering?.channel === channel && { inReplyTo: answering.id }),
      ...(attachments.length > 0 && { attachments }),
    };
    if (!desk.maySend(reply)) return;
    const attempt = desk.attempt(reply);
    this.problem = "problem" in attempt ? attempt.problem : undefined;
    if ("problem" in attempt) return;
    this.clear(desk, header.id);
    this.offerUndo(desk, reply, attempt.outcome.created);
    this.dispatchEvent(new Event("sent"));
  };

  private clear(desk: Desk, conversation: string): void {
    desk.drafts.set(conversation, "reply", "");
    keepFiles(desk, conversation, []);
    this.subject = this.slash = undefined;
    this.fileProblems = [];
    this.warned = "";
    this.tellTyping(false);
    this.requestUpdate();
  }

  /** For some seconds the reply can be taken back and written on. */
  private offerUndo(desk: Desk, reply: Reply, interaction: string | undefined): void {
    if (!interaction) return;
    const { conversation, text, attachments = [] } = reply;
    const takeBack = (): void => {
      if (!desk.run({ conversation, type: "withdraw_message", interaction })) return;
      // What was begun meanwhile is not written over.
      if (desk.drafts.get(conversation, "reply") === "") {
        desk.drafts.set(conversation, "reply", text);
        keepFiles(desk, conversation, attachments);
      }
      this.requestUpdate();
    };
    const run = (): void => {
      inConversation(desk, conversation, takeBack).catch((error: unknown) =>
        desk.notify({ text: problemOf(error).message, alert: true }),
      );
    };
    desk.notify({ text: words().toast.queued, action: { label: strings.undo, run } });
  }
}

/** The subject of an answer: one `Re:`, however long the exchange; none where there was none. */
function replySubject(subject: string): string {
  return subject === "" || /^re\s*:/i.test(subject) ? subject : `Re: ${subject}`;
}
