import { html, nothing, type PropertyValues, type TemplateResult } from "lit";
import { property, query, state } from "lit/decorators.js";
import type { UiCommand, ViewElement } from "../commands/command.js";
import { blank } from "../common/blank.js";
import { chunk, lazy } from "../common/chunk.js";
import type { Desk } from "../common/desk.js";
import { icon } from "../common/icons.js";
import { Part } from "../common/part.js";
import { strings } from "../common/strings.js";
import type { ConversationList } from "../list/conversation-list.js";
import { base } from "../styles/base.css.js";
import type { ThreadView } from "../thread/thread-view.js";
import { inboxViewStyles } from "./inbox-view.css.js";

const THREAD = chunk(() => import("../thread/thread.js"));
const PROFILE = chunk(() => import("../profile/profile-panel.js"));

/** The inbox: list, thread and the contact's details, side by side where there is room. */
export class InboxView extends Part implements ViewElement {
  static override styles = [base, inboxViewStyles];

  /** The conversation that is open. */
  @property() conversation: string | undefined;
  @property() density: "comfortable" | "compact" = "comfortable";
  /** One thread without the list. */
  @property({ type: Boolean }) solo = false;

  /** Whether the details are open where they are a drawer. */
  @state() private details = false;

  /** What only the inbox can do. */
  readonly commands: readonly UiCommand[] = [
    {
      id: "select",
      title: () => strings.commands.select,
      icon: "check",
      group: "move",
      keys: "x",
      enabled: () => !this.solo,
      run: () => this.toggleSelected(),
    },
    {
      id: "narrow",
      title: () => strings.commands.narrow,
      icon: "filter",
      group: "move",
      enabled: () => !this.solo,
      run: () => this.toggleNarrowing(),
    },
  ];

  @query("threadline-list") private readonly list!: ConversationList | null;
  @query(".thread") private readonly pane!: HTMLElement | null;
  @query("threadline-thread") private readonly threadView!: ThreadView | null;

  /** The thread, while a conversation is open. */
  get thread(): ThreadView | undefined {
    return this.threadView ?? undefined;
  }

  /** The thread, once it can be used or cannot be shown. */
  async whenThread(): Promise<ThreadView | undefined> {
    await THREAD.load();
    await this.updateComplete;
    await this.threadView?.updateComplete;
    await this.threadView?.loaded;
    await this.threadView?.updateComplete;
    return this.thread;
  }

  move(by: 1 | -1): void {
    this.list?.focus();
    this.list?.move(by);
  }

  openActive(): void {
    this.list?.openActive();
  }

  focusSearch(): void {
    this.list?.focusSearch();
  }

  /** Selects the keyboard's row for what is done to many; false without a list. */
  toggleSelected(): boolean {
    this.list?.toggleSelected();
    return this.list !== null;
  }

  /** Shows or hides what narrows the list; false without a list. */
  toggleNarrowing(): boolean {
    this.list?.toggleNarrowing();
    return this.list !== null;
  }

  /** Lists what matches. */
  find(search: string): void {
    this.list?.find(search);
  }

  /** Shows or hides the contact's details, where they are not always in sight. */
  toggleDetails(): void {
    this.details = !this.details;
  }

  /** One step back: the form, the drawer, the conversation. */
  back(): boolean {
    const { list, thread } = this;
    if (thread?.dismiss()) thread.focus();
    else if (this.details) this.details = false;
    else if (list?.unselect()) list.focus();
    else if (this.conversation && list?.checkVisibility() === false) this.desk?.show(undefined);
    else if (list && list !== this.shadowRoot?.activeElement) list.focus();
    else return false;
    return true;
  }

  /** Goes into the list where it is in sight, else into the thread. */
  override focus(): void {
    if (this.list?.checkVisibility()) this.list.focus();
    else this.focusThread();
  }

  /** Goes into the thread, or waits for it. */
  focusThread(): void {
    this.threadView?.focus();
    if (!this.pane?.matches(":focus-within")) this.awaitThread();
  }

  /** With the list on the screen, what the first conversation needs is fetched. */
  protected override firstUpdated(): void {
    // Without a network the thread says so itself, once one is opened.
    THREAD.load().catch(() => undefined);
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has("conversation")) this.details = false;
  }

  /** Where one pane replaces the other, the focus goes along. */
  protected override updated(changed: PropertyValues<this>): void {
    if (!changed.has("conversation") || !this.matches(":focus-within")) return;
    if (!this.conversation) this.focus();
    else if (this.list?.checkVisibility() === false) this.awaitThread();
  }

  /** Has the keys until the thread has come, which then takes the focus from its pane. */
  private awaitThread(): void {
    this.pane?.focus({ preventScroll: true });
  }

  protected override render(): unknown {
    const { desk, conversation } = this;
    if (!desk) return nothing;
    const classes = [
      "panes",
      this.solo ? "solo" : "",
      conversation ? "with-thread" : "",
      this.details ? "with-details" : "",
    ];
    return html`
      <div class=${classes.join(" ")}>
        ${this.solo ? nothing : this.renderList(desk)}
        <div class="thread" tabindex="-1">
          ${conversation ? this.renderThread(desk, conversation) : blank("inbox", strings.empty.thread)}
        </div>
        ${conversation ? this.renderDetails(desk, conversation) : nothing}
      </div>
    `;
  }

  private renderList(desk: Desk): TemplateResult {
    return html`<div class="list">
      <div class="top line">
        <slot name="start"></slot>
        <h2 class="grow">${strings.views.inbox}</h2>
        <slot name="end"></slot>
      </div>
      <threadline-list
        exportparts="list, row"
        .desk=${desk}
        .selected=${this.conversation}
        .density=${this.density}
      ></threadline-list>
    </div>`;
  }

  private renderThread(desk: Desk, conversation: string): unknown {
    return lazy(
      THREAD,
      html`<threadline-thread
        exportparts="timeline, composer, bubble, note, task, topic, conflicts, form"
        .desk=${desk}
        .conversation=${conversation}
        .returnable=${!this.solo}
        @details=${this.toggleDetails}
        ><threadline-sync-state
          class="in-thread"
          exportparts="sync-state"
          .desk=${desk}
        ></threadline-sync-state
      ></threadline-thread>`,
    );
  }

  private renderDetails(desk: Desk, conversation: string): TemplateResult {
    return html`<aside aria-label=${strings.profile.label}>
        ${lazy(
          PROFILE,
          html`<threadline-profile
            .desk=${desk}
            .conversation=${conversation}
          ></threadline-profile>`,
        )}
      </aside>
      <button
        class="plain icon-only close-details"
        aria-label=${strings.thread.hideDetails}
        @click=${this.toggleDetails}
      >
        ${icon("close")}
      </button>`;
  }
}
