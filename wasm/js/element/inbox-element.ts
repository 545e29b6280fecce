import { html, LitElement, nothing, type PropertyValues, type TemplateResult } from "lit";
import { property, query, state } from "lit/decorators.js";
import { createClient } from "../client/create.js";
import { ClientListener } from "./common/client-listener.js";
import { Desk, type Problem } from "./common/desk.js";
import { icon } from "./common/icons.js";
import { Keyboard, type KeyAction } from "./common/keys.js";
import { skeleton, SKELETON_AFTER_MS, skeletonStyles } from "./common/skeleton.js";
import { strings } from "./common/strings.js";
import type { Toasts } from "./common/toasts.js";
import type { Client } from "./common/types.js";
import { Connection } from "./connection.js";
import { HostEvents } from "./host-events.js";
import { keepTyping } from "./host-keys.js";
import { inboxStyles } from "./inbox-element.css.js";
import type { ConversationList } from "./list/conversation-list.js";
import { base } from "./styles/base.css.js";
import { tokens } from "./styles/tokens.css.js";
import type { ThreadView } from "./thread/thread-view.js";

/** A cut this short is not worth a word. */
const BANNER_AFTER_MS = 2_000;

/**
 * `<threadline-inbox>`: a team's inbox inside any page.
 *
 * Give it a height, `endpoint`, `workspace`, and `token` or {@link tokenProvider}.
 * Its look follows `--threadline-*` properties and parts. All events bubble and are composed.
 *
 * @fires threadline-ready the inbox can be used
 * @fires threadline-error something failed; detail `{code, message}`
 * @fires threadline-auth-expired the host must sign the member in again; work goes on offline
 * @fires threadline-unread-change open conversations with something unread; detail `{unread}`
 * @fires threadline-conversation-select the person opened or left one; detail `{conversation}`
 * @fires threadline-sync-state detail `{state, waiting, refused}`
 * @fires threadline-conflict several people set a field at once; detail `{doc, fields}`
 */
export class ThreadlineInbox extends LitElement {
  static override styles = [tokens, base, skeletonStyles, inboxStyles];

  /** The server's address. */
  @property() endpoint: string | undefined;
  /** The workspace's id. */
  @property() workspace: string | undefined;
  /** A token of the member, for a host that brings no {@link tokenProvider}. */
  @property() token: string | undefined;
  /** `inbox` (list and thread) or `conversation` (one thread, without the list). */
  @property() view: "inbox" | "conversation" = "inbox";
  /** The conversation that is open. */
  @property() conversation: string | undefined;
  /** Opens this contact's latest conversation instead. */
  @property() contact: string | undefined;
  @property({ reflect: true }) theme: "light" | "dark" | "auto" = "auto";
  @property() density: "comfortable" | "compact" = "comfortable";
  /** Cuts the network. */
  @property({ type: Boolean }) offline = false;
  /** Asks the host for a fresh token whenever one is about to end. */
  @property({ attribute: false }) tokenProvider: (() => Promise<string>) | undefined;
  /** A client the host made itself, and stops itself; then no attribute of the connection is needed. */
  @property({ attribute: false }) client: Client | undefined;

  /** @internal */
  @state() desk: Desk | undefined;
  @state() private panel: "sync" | "help" | undefined;
  @state() private details = false;
  @state() private banner = false;
  @state() private expired = false;
  @state() private failure: string | undefined;
  /** Whether the start has taken long enough to show that something happens. */
  @state() private slow = false;

  @query("threadline-list") private readonly list!: ConversationList | null;
  @query("threadline-thread") private readonly thread!: ThreadView | null;
  @query("threadline-toasts") private readonly toasts!: Toasts | null;

  private bannerTimer: ReturnType<typeof setTimeout> | undefined;
  private readonly events = new HostEvents(this);
  private readonly connection = new Connection({
    ready: (client) => this.begin(client),
    failed: (error) => this.fail(error),
  });

  constructor() {
    super();
    new ClientListener(this, {
      rows: () => this.onRows(),
      "sync-state": () => this.onSyncState(),
      refused: () => this.onRefused(),
      storage: () => this.requestUpdate(),
      "auth-expired": () => (this.expired = true),
      changed: this.keepFocus,
    });
    // First of all handlers, while what has the focus is still there.
    this.addEventListener("click", this.keepFocus, true);
    this.addEventListener("keydown", this.keepFocus, true);
    this.addEventListener("keydown", new Keyboard((action) => this.act(action)).handle);
    keepTyping(this);
  }

  /** Shows a conversation. */
  open(conversation: string): void {
    this.conversation = conversation;
  }

  /** Resolves when everything done here is on the server; rejects offline. */
  async sync(): Promise<void> {
    await this.desk?.client.sync();
  }

  /** Wipes everything of this member from this device, for logout. Nothing works afterwards. */
  async reset(): Promise<void> {
    const { desk } = this;
    this.desk = undefined;
    this.conversation = undefined;
    desk?.drafts.clear();
    await desk?.client.reset();
  }

  override focus(): void {
    if (this.list?.checkVisibility()) this.list.focus();
    else this.thread?.focus();
  }

  override connectedCallback(): void {
    super.connectedCallback();
    if (this.hasUpdated) this.connect();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    // To be moved within the page is to leave and come back in one turn.
    queueMicrotask(() => {
      if (!this.isConnected) this.stop();
    });
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    // What has been taken from the page is drawn once more; it must not begin anew.
    if (this.isConnected) this.connect();
    if (changed.has("offline")) this.desk?.client.setOffline(this.offline);
    if (changed.has("conversation")) this.details = false;
    if (changed.has("contact") || changed.has("desk")) this.openContact();
  }

  protected override render(): unknown {
    const { desk } = this;
    if (this.failure !== undefined) return this.renderTrouble(strings.errors.start, this.failure);
    if (!desk) return this.slow ? skeleton() : nothing;
    const classes = [
      "panes",
      this.view === "conversation" ? "solo" : "",
      this.conversation ? "with-thread" : "",
      this.details ? "with-details" : "",
    ];
    return html`
      <div class="frame" part="frame">
        ${this.renderBanner(desk)}
        <div class=${classes.join(" ")}>
          ${this.view === "conversation" ? nothing : this.renderList(desk)}
          <threadline-thread
            exportparts="timeline, composer, bubble, note, task, topic, conflicts, form"
            .desk=${desk}
            .conversation=${this.conversation}
            .returnable=${this.view !== "conversation"}
            @details=${() => (this.details = !this.details)}
            >${this.renderSyncState("in-thread")}</threadline-thread
          >
          ${
            this.conversation
              ? html`<threadline-profile
                    role="complementary"
                    aria-label=${strings.profile.label}
                    .desk=${desk}
                    .conversation=${this.conversation}
                  ></threadline-profile>
                  <button
                    class="plain icon-only close-details"
                    aria-label=${strings.thread.hideDetails}
                    @click=${() => (this.details = false)}
                  >
                    ${icon("close")}
                  </button>`
              : nothing
          }
          ${this.renderPanel(desk)}
        </div>
      </div>
      <threadline-toasts exportparts="toast"></threadline-toasts>
    `;
  }

  private renderList(desk: Desk): TemplateResult {
    return html`<div class="list">
      <div class="top line">
        <h2 class="grow">${strings.inbox}</h2>
        ${this.renderSyncState("")}
        <button
          class="plain icon-only"
          aria-label=${strings.help.show}
          title=${strings.help.show}
          @click=${() => this.toggle("help")}
        >
          ${icon("help")}
        </button>
      </div>
      <threadline-list
        exportparts="list, row"
        .desk=${desk}
        .selected=${this.conversation}
        .density=${this.density}
      ></threadline-list>
    </div>`;
  }

  private renderSyncState(place: string): TemplateResult {
    return html`<threadline-sync-state
      class=${place}
      exportparts="sync-state"
      .desk=${this.desk}
      .expanded=${this.panel === "sync"}
      @click=${() => this.toggle("sync")}
    ></threadline-sync-state>`;
  }

  private renderBanner(desk: Desk): unknown {
    const { ok, message } = desk.client.storage;
    if (this.expired) {
      return html`<p class="banner danger" role="alert">
        ${icon("alert")} ${strings.sync.expired}
      </p>`;
    }
    if (!ok) {
      return html`<p class="banner danger" role="alert">
        ${icon("alert")} ${strings.sync.storage}. ${message}
      </p>`;
    }
    if (!this.banner) return nothing;
    return html`<p class="banner" role="status">
      ${icon("offline")} ${strings.sync.banner(desk.client.syncState.waiting)}
    </p>`;
  }

  private renderPanel(desk: Desk): unknown {
    if (!this.panel) return nothing;
    const sync = this.panel === "sync";
    return html`<dialog
      open
      tabindex="-1"
      aria-label=${sync ? strings.sync.panel : strings.help.title}
    >
      ${
        sync
          ? html`<threadline-sync-panel
              .desk=${desk}
              @close=${() => this.toggle(undefined)}
            ></threadline-sync-panel>`
          : html`<threadline-key-help @close=${() => this.toggle(undefined)}></threadline-key-help>`
      }
    </dialog>`;
  }

  private renderTrouble(title: string, text: string): TemplateResult {
    return html`<div class="trouble" role="alert">
      ${icon("alert")}
      <h2>${title}</h2>
      <p class="muted">${text}</p>
      <button @click=${this.restart}>${strings.retry}</button>
    </div>`;
  }

  /** Brings the client in line with what the host has set. */
  private connect(): void {
    const { endpoint, workspace, client, offline } = this;
    if (client) return this.connection.use(client);
    if (!endpoint || !workspace || !(this.token || this.tokenProvider)) return;
    const tokenProvider = async (): Promise<string> =>
      (await this.tokenProvider?.()) ?? this.token ?? "";
    const made = this.connection.make(`${endpoint}\n${workspace}`, () =>
      createClient({ endpoint, workspace, tokenProvider, offline }),
    );
    if (!made) return;
    this.desk = undefined;
    setTimeout(() => (this.slow = true), SKELETON_AFTER_MS);
  }

  private begin(client: Client): void {
    this.desk = new Desk(
      client,
      (notice) => this.toasts?.add(notice),
      (conversation) => this.select(conversation),
    );
    client.setOffline(this.offline);
    void this.updateComplete.then(() => {
      this.events.tellReady();
      this.onSyncState();
    });
  }

  private stop(): void {
    this.desk = undefined;
    clearTimeout(this.bannerTimer);
    this.connection.stop();
  }

  private readonly restart = (): void => {
    this.failure = undefined;
    this.connection.stop();
  };

  private fail(error: unknown): void {
    const { code = "unavailable", message = String(error) } = error as Partial<Problem>;
    this.failure = message;
    this.events.tell("error", { code, message });
  }

  private select(conversation: string | undefined): void {
    if (conversation === this.conversation) return;
    this.conversation = conversation;
    this.events.tell("conversation-select", { conversation: conversation ?? null });
    // Where one pane replaces the other, the focus goes along.
    void this.updateComplete.then(() => this.list?.checkVisibility() || this.focus());
    if (!conversation) void this.updateComplete.then(() => this.list?.focus());
  }

  /** Opens the contact's conversation with the latest movement, looked for page by page. */
  private openContact(): void {
    const { desk, contact } = this;
    if (!desk || !contact) return;
    const limit = 500;
    for (let offset = 0; ; offset += limit) {
      const { rows, total } = desk.client.rows({ filter: "all", search: "", offset, limit });
      const found = rows.find((row) => row.contact === contact);
      if (found) this.conversation = found.id;
      if (found || offset + limit >= total) return;
    }
  }

  /** On a device that is new here, the rows come after the start. */
  private onRows(): void {
    if (!this.conversation) this.openContact();
  }

  private onSyncState(): void {
    clearTimeout(this.bannerTimer);
    if (this.desk?.client.syncState.state !== "offline") {
      this.banner = this.expired = false;
      return;
    }
    this.bannerTimer = setTimeout(() => (this.banner = true), this.banner ? 0 : BANNER_AFTER_MS);
    this.requestUpdate();
  }

  private onRefused(): void {
    const run = (): void => {
      if (this.panel !== "sync") this.toggle("sync");
    };
    const action = { label: strings.toast.show, run };
    this.toasts?.add({ text: strings.toast.refused, alert: true, action });
  }

  private toggle(panel: "sync" | "help" | undefined): void {
    this.panel = panel === this.panel ? undefined : panel;
    void this.updateComplete.then(() => {
      if (this.panel) this.renderRoot.querySelector<HTMLElement>("dialog")?.focus();
      else this.focus();
    });
  }

  /**
   * Takes the focus when what has it now goes away, such as a button that does its work: on the
   * page itself no key means anything. It looks again when everything has been drawn.
   */
  private readonly keepFocus = (): void => {
    let held: Element = this;
    while (held.shadowRoot?.activeElement) held = held.shadowRoot.activeElement;
    setTimeout(() => {
      if (held.checkVisibility() || document.activeElement !== document.body) return;
      const dialog = this.renderRoot.querySelector("dialog");
      (dialog ?? (this.conversation ? this.thread : this.list))?.focus();
    });
  };

  /** Does what a key asks for; false where there is nothing to do. */
  private act(action: KeyAction): boolean {
    const { list, thread } = this;
    switch (action) {
      case "next":
      case "previous":
        list?.focus();
        list?.move(action === "next" ? 1 : -1);
        return list !== null;
      case "open":
        list?.openActive();
        return list !== null;
      case "search":
        list?.focusSearch();
        return list !== null;
      case "inbox":
        if (!list?.checkVisibility()) this.select(undefined);
        list?.focus();
        return true;
      case "help":
        this.toggle("help");
        return true;
      case "back":
        return this.back();
      default:
        return this.conversation !== undefined && thread !== null && actOn(thread, action);
    }
  }

  /** One step back: the panel, the form, the drawer, the conversation. */
  private back(): boolean {
    if (this.panel) this.toggle(undefined);
    else if (this.thread?.dismiss()) this.thread.focus();
    else if (this.details) this.details = false;
    else if (this.conversation && this.list?.checkVisibility() === false) this.select(undefined);
    else if (this.list && this.list !== this.shadowRoot?.activeElement) this.list.focus();
    else return false;
    return true;
  }
}

/** The keys that act on the conversation that is open. */
function actOn(thread: ThreadView, action: KeyAction): boolean {
  switch (action) {
    case "reply":
    case "note":
      thread.write(action);
      return true;
    case "task":
    case "topic":
      thread.start(action);
      return true;
    case "close":
      thread.toggleClosed();
      return true;
    case "assign":
      thread.chooseOwner();
      return true;
    default:
      return false;
  }
}
