import { css, html, nothing, type PropertyValues, type TemplateResult } from "lit";
import { property, query, state } from "lit/decorators.js";
import type { Changed } from "../../client/events.js";
import { blank } from "../common/blank.js";
import { lazy } from "../common/chunk.js";
import { ClientListener } from "../common/client-listener.js";
import { problemOf, type Desk, type Problem } from "../common/desk.js";
import { namesText } from "../common/format.js";
import { icon } from "../common/icons.js";
import { Part } from "../common/part.js";
import { strings } from "../common/strings.js";
import type { ContactView, ConversationHeader, Item, Person } from "../common/types.js";
import type { Composer } from "../composer/composer.js";
import { conversation as words } from "../strings/en/conversation.js";
import { base } from "../styles/base.css.js";
import { skeleton, SKELETON_AFTER_MS } from "../common/skeleton.js";
import { ItemsWindow } from "./items-window.js";
import { FORMS, type FormName } from "./forms.js";
import { topicDraft, withdraw, type MessageAsk } from "./message-actions.js";
import { perform, read } from "./plans.js";
import { isInbound } from "./timeline.js";
import type { ThreadHeader } from "./thread-header.js";
import type { MessageSpan } from "../topic/topic-form.js";
import type { Pick, TimelineView } from "./timeline-view.js";

const threadStyles = css`
  :host {
    display: flex;
    flex-direction: column;
    min-block-size: 0;
    min-inline-size: 0;
    container-type: inline-size;
    background: var(--threadline-surface);
  }
  threadline-timeline {
    flex: 1 1 0;
  }
  .back {
    display: var(--threadline-back-display, inline-flex);
  }
  .typing {
    padding: 2px 16px;
    color: var(--threadline-accent);
    font-size: 12px;
  }
  /* Where it is tight, buttons keep their icon and name and lose their word. */
  @container (inline-size < 480px) {
    threadline-thread-header,
    ::slotted(*) {
      --threadline-words-display: none;
    }
  }
  .sheet {
    max-block-size: 60%;
    overflow-y: auto;
    padding: 12px;
    border-block-start: 1px solid var(--threadline-border);
    background: var(--threadline-surface-sunk);
  }
`;

/**
 * One conversation: loads it, follows its changes, and holds header, timeline, forms and composer.
 * @fires details when the contact's details are to be shown or hidden
 */
export class ThreadView extends Part {
  static override styles = [base, threadStyles];

  /** The conversation to show; `undefined` for none. */
  @property() conversation: string | undefined;
  @property({ type: Boolean }) returnable = false;

  /** What is known of the conversation, once it is loaded. */
  @state() header: ConversationHeader | undefined;
  @state() private contact: ContactView | undefined;
  @state() private items: Item[] = [];
  @state() private presence: Person[] = [];
  @state() private form: FormName | undefined;
  /** The messages that the topic in the form is about. */
  @state() private span: MessageSpan = {};
  @state() private failure: Problem | undefined;
  /** Whether the wait has become long enough to show. */
  @state() private slow = false;

  @query("threadline-thread-header") private readonly top!: ThreadHeader | null;
  @query("threadline-timeline") private readonly timeline!: TimelineView | null;
  @query("threadline-composer") private readonly composer!: Composer | null;

  /** Resolves when the conversation is there, or cannot be. */
  loaded: Promise<void> = Promise.resolve();

  private window: ItemsWindow | undefined;
  private readUpTo: number | undefined;
  /** Whether the person wants it to stay unread although they look at it. */
  private unread = false;
  /** What this element asked the client to keep open. */
  private opened: { desk: Desk; conversation: string } | undefined;

  constructor() {
    super();
    new ClientListener(this, {
      changed: (event) => this.onChanged(event.detail),
      "sync-state": () => this.tryAgain(),
      presence: (event) => this.onPresence(event.detail.conversation),
    });
  }

  /** Goes to a tab of the composer, with a text for the reply where one is given. */
  write(tab: "reply" | "note", text = ""): void {
    if (text && this.header) this.desk?.drafts.set(this.header.id, "reply", text);
    void this.composer?.write(tab);
  }

  /** Opens a form, with a draft by the names of its fields where one is given. */
  start(form: FormName, draft: Record<string, string> = {}): void {
    if (!this.header) return;
    const entries = Object.entries(draft);
    if (entries.length > 0) this.desk?.drafts.set(this.header.id, form, JSON.stringify(entries));
    this.form = form;
  }

  /** Opens the choice of when the conversation comes back. */
  chooseSnooze(): void {
    this.top?.chooseSnooze();
  }

  toggleStar(): void {
    this.top?.toggleStar();
  }

  /** Makes the customer's last message one to be read, until the conversation is opened again. */
  markUnread(): void {
    const { desk, header } = this;
    const last = this.lastInbound();
    if (!desk || !header || !last) return;
    this.unread = perform(desk, header, read(last.at - 1), words().toast.unread);
  }

  chooseOwner(): void {
    this.top?.chooseOwner();
  }

  toggleClosed(): void {
    this.top?.toggleClosed();
  }

  /** Closes an open form and forgets what was typed. True when there was one. */
  dismiss(): boolean {
    const { form, conversation } = this;
    if (form && conversation) this.desk?.drafts.set(conversation, form, "");
    this.form = undefined;
    this.span = {};
    return form !== undefined;
  }

  override focus(): void {
    this.timeline?.focus();
  }

  override connectedCallback(): void {
    super.connectedCallback();
    document.addEventListener("visibilitychange", this.markRead);
    if (this.hasUpdated) void this.open();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    document.removeEventListener("visibilitychange", this.markRead);
    this.leave();
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has("conversation") || changed.has("desk")) this.loaded = this.open();
  }

  protected override render(): unknown {
    const { desk, conversation, header, contact } = this;
    if (!desk || !conversation) return nothing;
    if (this.failure) return this.renderFailure(this.failure);
    if (!header) return this.slow ? skeleton() : nothing;
    return html`
      <threadline-thread-header
        exportparts="conflicts"
        .desk=${desk}
        .header=${header}
        .contact=${contact}
        .presence=${this.presence}
        .returnable=${this.returnable}
        @details=${() => this.dispatchEvent(new Event("details"))}
        @wrap-up=${() => this.start("topic", { closing: "true" })}
        @pick-snooze=${() => this.start("snooze")}
        ><slot></slot
      ></threadline-thread-header>
      <threadline-unlinked .desk=${desk} .header=${header}></threadline-unlinked>
      <threadline-timeline
        exportparts="timeline, bubble, note, task, topic, appointment, conflicts"
        .desk=${desk}
        .items=${this.items}
        .presence=${this.presence}
        .conversation=${conversation}
        .contactName=${contact?.name ?? ""}
        .contact=${header.contact ?? ""}
        .subject=${header.subject}
        .readUpTo=${this.readUpTo}
        .span=${this.form === "topic" ? this.span : undefined}
        @pick=${({ detail }: CustomEvent<Pick>) =>
          (this.span = { ...this.span, [detail.edge]: detail.message })}
        .more=${this.window?.more ?? false}
        @message-ask=${this.onAsk}
        @older=${this.onOlder}
        @seen=${this.markRead}
      ></threadline-timeline>
      ${this.renderTyping(desk)} ${this.form ? this.renderForm(desk, header, this.form) : nothing}
      <threadline-composer
        exportparts="composer"
        ?hidden=${this.form !== undefined}
        .desk=${desk}
        .header=${header}
        .contact=${contact}
        .answering=${this.lastInbound()}
        @sent=${() => this.timeline?.toEnd()}
      ></threadline-composer>
    `;
  }

  private readonly onAsk = ({ ask, message }: MessageAsk): void => {
    const { desk, conversation } = this;
    if (!desk || !conversation) return;
    if (ask === "topic") return this.start("topic", topicDraft(message));
    if (ask === "edit") {
      // What failed has left and stays as it is; what waits is taken back before it is written anew.
      if (message.status === "queued" && !withdraw(desk, conversation, message.id)) return;
      return this.write("reply", message.text);
    }
    void this.composer?.take(ask, message);
  };

  private renderTyping(desk: Desk): unknown {
    const typing = this.presence.filter(({ member, here }) => here.typing && member !== desk.me);
    const names = [...new Set(typing.map(({ member }) => desk.nameOf(member)))];
    return html`<div class="typing" role="status" ?hidden=${names.length === 0}>
      ${names.length > 0 ? strings.thread.typing(namesText(names)) : nothing}
    </div>`;
  }

  private renderForm(desk: Desk, header: ConversationHeader, name: FormName): TemplateResult {
    const { chunk, render } = FORMS[name];
    const done = (): void => {
      desk.drafts.set(header.id, name, "");
      this.form = undefined;
      this.span = {};
      this.timeline?.toEnd();
    };
    const onSpan = (span: MessageSpan): void => void (this.span = span);
    const content = render({ desk, header, contact: this.contact, span: this.span, onSpan, done });
    return html`<div class="sheet" part="form">${lazy(chunk, content)}</div>`;
  }

  private renderFailure({ code, message }: Problem): TemplateResult {
    const { notFound, unavailable, failed } = strings.thread;
    // Where the list is out of sight, the header that would lead back is missing.
    const back = this.returnable
      ? html`<button class="back" @click=${() => this.desk?.show(undefined)}>
          ${icon("back")} ${strings.back}
        </button>`
      : nothing;
    if (code === "not_found") return blank("inbox", notFound, back);
    if (code === "unavailable") return blank("inbox", unavailable, back);
    const again = html`<button @click=${() => void this.open()}>${strings.retry}</button>`;
    return blank("alert", [failed, message], html`${again} ${back}`);
  }

  private async open(): Promise<void> {
    this.leave();
    this.header = this.contact = this.window = this.failure = undefined;
    this.items = [];
    this.presence = [];
    this.slow = this.unread = false;
    const { desk, conversation } = this;
    this.span = {};
    // A form that was begun here waits where it was left.
    const forms = Object.keys(FORMS) as FormName[];
    this.form = forms.find((form) => conversation && desk?.drafts.get(conversation, form));
    if (!desk || !conversation) return;
    const here = (this.opened = { desk, conversation });
    const timer = setTimeout(() => (this.slow = true), SKELETON_AFTER_MS);
    try {
      await desk.client.open(conversation);
      if (this.opened === here) this.arrive(desk, conversation);
    } catch (error) {
      if (this.opened === here) this.failure = problemOf(error);
    } finally {
      clearTimeout(timer);
    }
  }

  /** What could not be opened without a network is opened when there is one. */
  private tryAgain(): void {
    const online = this.desk?.client.syncState.state !== "offline";
    if (this.failure?.code === "unavailable" && online) void this.open();
  }

  private arrive({ client, me }: Desk, conversation: string): void {
    this.header = client.header(conversation);
    if (!this.header) {
      this.failure = { code: "not_found", message: "" };
      return;
    }
    this.readContact();
    this.window = new ItemsWindow(client, conversation);
    this.items = this.window.items;
    this.readUpTo = this.header.read[me] ?? 0;
    client.setPresence(conversation, { typing: false });
    this.onPresence(conversation);
    void this.updateComplete.then(() => {
      this.markRead();
      this.takeFocus();
    });
  }

  /** Goes in where the focus waits around; where a person has gone on to something else, it stays. */
  private takeFocus(): void {
    const root = this.getRootNode();
    const held = root instanceof ShadowRoot ? root.activeElement : null;
    if (held !== this && held?.contains(this)) this.focus();
  }

  private leave(): void {
    if (!this.opened) return;
    const { desk, conversation } = this.opened;
    this.opened = undefined;
    desk.client.flush();
    desk.client.setPresence(conversation, null);
    desk.client.close(conversation);
  }

  private readContact(): void {
    const id = this.header?.contact;
    this.contact = id ? this.desk?.client.contact(id) : undefined;
  }

  private onChanged({ doc, items, header, contact, reset }: Changed): void {
    if (contact && contact.id === this.header?.contact) this.contact = contact;
    if (!this.window || doc !== `conversation:${this.conversation}`) return;
    if (reset) this.window.reset();
    else this.window.merge(items);
    this.items = this.window.items;
    if (header) this.header = header;
    if (header || !this.contact) this.readContact();
    this.markRead();
  }

  private onPresence(conversation: string): void {
    if (conversation !== this.conversation) return;
    this.presence = this.desk?.client.presence(conversation) ?? [];
  }

  private readonly onOlder = (): void => {
    if (!this.window?.more) return;
    this.window.older();
    this.items = this.window.items;
  };

  private lastInbound(): Extract<Item, { kind: "interaction" }>["value"] | undefined {
    for (let i = this.items.length - 1; i >= 0; i -= 1) {
      const item = this.items[i];
      if (item?.kind === "interaction" && isInbound(item)) return item.value;
    }
    return undefined;
  }

  /** What is on the screen of somebody who looks at it may be read: the workspace's rules decide. */
  private readonly markRead = (): void => {
    const { desk, header, timeline } = this;
    if (!desk || !header || !timeline || this.unread) return;
    if (document.visibilityState !== "visible") return;
    // A member who may only read leaves no mark, and has no use for being told so.
    desk.attempt({ conversation: header.id, type: "open_conversation" });
  };
}
