import { html, LitElement, nothing, type PropertyValues, type TemplateResult } from "lit";
import { property, query, state } from "lit/decorators.js";
import { createClient } from "../client/create.js";
import type { Changed } from "../client/events.js";
import { ClientListener } from "./common/client-listener.js";
import { conflictsOf } from "./common/conflicts.js";
import { Desk } from "./common/desk.js";
import { icon } from "./common/icons.js";
import { Keyboard, type KeyAction } from "./common/keys.js";
import { paced } from "./common/pace.js";
import { strings } from "./common/strings.js";
import type { Toasts } from "./common/toasts.js";
import type { Client } from "./common/types.js";
import { inboxStyles } from "./inbox-element.css.js";
import type { ConversationList } from "./list/conversation-list.js";
import { base } from "./styles/base.css.js";
import { tokens } from "./styles/tokens.css.js";
import type { ThreadView } from "./thread/thread-view.js";

/** How often the number of unread conversations is worked out at most, in milliseconds. */
const UNREAD_MS = 500;
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
  static override styles = [tokens, base, inboxStyles];

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

  @query("threadline-list") private readonly list!: ConversationList | null;
  @query("threadline-thread") private readonly thread!: ThreadView | null;
  @query("threadline-toasts") private readonly toasts!: Toasts | null;

  /** The client this element made, and which connection it is for. */
  private own: { key: string; client: Promise<Client> } | undefined;
  private bannerTimer: ReturnType<typeof setTimeout> | undefined;
  private unread: number | undefined;
  private readonly conflicts = new Map<string, string>();
  private readonly keyboard = new Keyboard((action) => this.act(action));

  constructor() {
    super();
    new ClientListener(this, {
      ready: () => this.requestUpdate("desk"),
      rows: paced(UNREAD_MS, () => this.onRows()),
      "sync-state": () => this.onSyncState(),
      changed: (event) => this.onChanged(event.detail),
      refused: () => this.notifyRefused(),
      storage: () => this.requestUpdate(),
      "auth-expired": () => this.onAuthExpired(),
      error: (event) => this.tell("error", event.detail),
    });
    this.addEventListener("keydown", this.keyboard.handle);
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
      if (!this.isConnected) void this.stop();
    });
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    this.connect();
    if (changed.has("offline")) this.desk?.client.setOffline(this.offline);
    if (changed.has("conversation")) this.details = false;
    if (this.desk && this.contact && (changed.has("contact") || changed.has("desk"))) {
      this.conversation = this.latestOf(this.desk.client, this.contact) ?? this.conversation;
    }
  }

  protected override render(): unknown {
    const { desk } = this;
    if (this.failure !== undefined) return this.renderTrouble(strings.errors.start, this.failure);
    if (!desk) return nothing;
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

  /** Brings the desk in line with what the host has set. */
  private connect(): void {
    const { endpoint, workspace, client } = this;
    if (client) {
      if (client !== this.desk?.client) this.use(client);
      return;
    }
    if (!endpoint || !workspace || !(this.token || this.tokenProvider)) return;
    const key = `${endpoint}\n${workspace}`;
    if (this.own?.key === key) return;
    void this.stop();
    const made = createClient({
      endpoint,
      workspace,
      tokenProvider: async () => this.tokenProvider?.() ?? this.token ?? "",
      offline: this.offline,
    });
    const own = (this.own = { key, client: made });
    made.then(
      (ready) => {
        if (this.own === own) this.use(ready);
      },
      (error: unknown) => {
        if (this.own === own) this.fail(error);
      },
    );
  }

  private use(client: Client): void {
    this.failure = undefined;
    this.desk = new Desk(
      client,
      (notice) => this.toasts?.add(notice),
      (conversation) => this.select(conversation),
    );
    client.setOffline(this.offline);
    void this.updateComplete.then(() => {
      this.tell("ready", null);
      this.onRows();
      this.onSyncState();
    });
  }

  private async stop(): Promise<void> {
    const { own } = this;
    this.own = undefined;
    this.desk = undefined;
    clearTimeout(this.bannerTimer);
    if (own) await (await own.client.catch(() => undefined))?.stop();
  }

  private readonly restart = (): void => {
    this.failure = undefined;
    this.own = undefined;
  };

  private fail(error: unknown): void {
    const { code, message } = error as { code?: string; message?: string };
    this.failure = message ?? String(error);
    this.tell("error", { code: code ?? "unavailable", message: this.failure });
  }

  private select(conversation: string | undefined): void {
    if (conversation === this.conversation) return;
    this.conversation = conversation;
    this.tell("conversation-select", { conversation: conversation ?? null });
    // Where one pane replaces the other, the focus goes along.
    void this.updateComplete.then(() => this.list?.checkVisibility() || this.focus());
    if (!conversation) void this.updateComplete.then(() => this.list?.focus());
  }

  /** A contact's conversation with the latest movement, looked for page by page. */
  private latestOf(client: Client, contact: string): string | undefined {
    const limit = 500;
    for (let offset = 0; ; offset += limit) {
      const { rows, total } = client.rows({ filter: "all", search: "", offset, limit });
      const found = rows.find((row) => row.contact === contact);
      if (found || offset + limit >= total) return found?.id;
    }
  }

  private onRows(): void {
    const page = this.desk?.client.rows({ filter: "open", search: "", offset: 0, limit: 1 });
    const unread = page?.counts.unread;
    if (unread === undefined || unread === this.unread) return;
    this.unread = unread;
    this.tell("unread-change", { unread });
  }

  private onSyncState(): void {
    const { desk } = this;
    if (!desk) return;
    const { state: now, waiting, refused } = desk.client.syncState;
    this.tell("sync-state", { state: now, waiting, refused });
    clearTimeout(this.bannerTimer);
    if (now === "offline") {
      this.bannerTimer = setTimeout(() => (this.banner = true), this.banner ? 0 : BANNER_AFTER_MS);
      this.requestUpdate();
    } else {
      this.banner = this.expired = false;
    }
  }

  private onChanged(change: Changed): void {
    for (const [thing, fields] of conflictsOf(change)) {
      const known = this.conflicts.get(thing) ?? "";
      this.conflicts.set(thing, fields.join());
      if (fields.some((field) => !known.split(",").includes(field))) {
        this.tell("conflict", { doc: change.doc, fields });
      }
    }
  }

  private notifyRefused(): void {
    this.toasts?.add({ text: strings.toast.refused, alert: true });
  }

  private onAuthExpired(): void {
    this.expired = true;
    this.tell("auth-expired", null);
  }

  private tell(name: string, detail: unknown): void {
    this.dispatchEvent(
      new CustomEvent(`threadline-${name}`, { detail, bubbles: true, composed: true }),
    );
  }

  private toggle(panel: "sync" | "help" | undefined): void {
    this.panel = panel === this.panel ? undefined : panel;
    void this.updateComplete.then(() => {
      if (this.panel) this.renderRoot.querySelector<HTMLElement>("dialog")?.focus();
      else this.focus();
    });
  }

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
