import { html, nothing, type PropertyValues } from "lit";
import { property, query, state } from "lit/decorators.js";
import { createClient } from "../client/create.js";
import type { Stage, ViewElement } from "./commands/command.js";
import { Keyboard } from "./commands/keys.js";
import { Commands } from "./commands/registry.js";
import { blank } from "./common/blank.js";
import { lazy, loadAhead } from "./common/chunk.js";
import { ClientListener } from "./common/client-listener.js";
import { Desk, type DeskHost, type Problem } from "./common/desk.js";
import { locale } from "./common/locale.js";
import { Part } from "./common/part.js";
import { skeleton, SKELETON_AFTER_MS } from "./common/skeleton.js";
import { direction, speak, strings } from "./common/strings.js";
import type { Toasts } from "./common/toasts.js";
import type { Client } from "./common/types.js";
import { Connection } from "./connection.js";
import { HostEvents } from "./host-events.js";
import { keepTyping } from "./host-keys.js";
import { inboxStyles } from "./inbox-element.css.js";
import type { InboxView } from "./inbox/inbox-view.js";
import { latestConversation } from "./inbox/latest.js";
import { keepFocus } from "./keep-focus.js";
import { head } from "./navigation/head.js";
import { NetworkSwitch } from "./network-switch.js";
import { dialog, type PanelName } from "./panels.js";
import { base } from "./styles/base.css.js";
import { tokens } from "./styles/tokens.css.js";
import { PLACES, VIEWS, type ViewName } from "./views.js";

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
 * @fires threadline-view-change the person went to another view; detail `{view}`
 * @fires threadline-conversation-select the person opened or left one; detail `{conversation}`; a host
 * that shows it elsewhere cancels the event
 * @fires threadline-before-send a reply is about to be queued; detail is the command `send_message`;
 * a host that cancels the event keeps it from leaving, and the text stays where it is
 * @fires threadline-sync-state detail `{state, waiting, refused}`
 * @fires threadline-notification somebody else's work concerns the member, such as a message
 * (`message`) or a note that names them (`mention`); every tab tells it; detail
 * `{kind, conversation, contact, id, at, name, text}`
 * @fires threadline-conflict several people set a field at once; detail `{doc, fields}`
 *
 * @csspart frame everything but notices
 * @csspart navigation the rail of views
 * @csspart view the view that is shown
 * @csspart list the inbox list
 * @csspart row a conversation in the list
 * @csspart timeline a thread's messages and cards
 * @csspart bubble a message
 * @csspart note a private note
 * @csspart task a task's card
 * @csspart topic a topic's card
 * @csspart conflicts what several people set at once
 * @csspart form a form under the timeline
 * @csspart composer where replies and notes are written
 * @csspart sync-state how this device stands with the server
 * @csspart toast a short message at the lower edge
 *
 * @cssprop --threadline-font the typeface
 * @cssprop --threadline-font-mono the typeface of code
 * @cssprop --threadline-radius how round cards are
 * @cssprop --threadline-surface the background; `-sunk`, `-raised`, `-hover` and `-press` are its shades
 * @cssprop --threadline-border hairlines; `-strong` around what can be pressed
 * @cssprop --threadline-text the text; `--threadline-muted` and `--threadline-faint` are quieter
 * @cssprop --threadline-accent the one accent; `-fill`, `-fill-hover`, `-tint` and `-line` are its shades
 * @cssprop --threadline-on-accent the text on the accent's fill
 * @cssprop --threadline-note the background of private notes; `-line` and `-text` belong to it
 * @cssprop --threadline-danger what went wrong; `-tint` and `-line` belong to it
 * @cssprop --threadline-warning what needs care; `-tint` and `-line` belong to it
 * @cssprop --threadline-success what went well; `-tint` and `-line` belong to it
 * @cssprop --threadline-shadow the shadow of what lies over the rest
 */
export class ThreadlineInbox extends Part {
  static override styles = [tokens, base, inboxStyles];

  /** The server's address. */
  @property() endpoint: string | undefined;
  /** The workspace's id. */
  @property() workspace: string | undefined;
  /** A token of the member, for a host that brings no {@link tokenProvider}. */
  @property() token: string | undefined;
  /** What is shown. `conversation` is one thread without the list and without ways to other views. */
  @property({ reflect: true }) view: ViewName = "inbox";
  /** The id of the conversation that is open. */
  @property() conversation: string | undefined;
  /** The id of a contact, whose latest conversation is opened instead. */
  @property() contact: string | undefined;
  @property({ reflect: true }) theme: "light" | "dark" | "auto" = "auto";
  @property() density: "comfortable" | "compact" = "comfortable";
  /** The language as BCP 47, such as `de-AT`; else the page's, else the browser's. */
  @property() locale: string | undefined;
  /** `off` hides the ways to other views, for a host that shows one view. */
  @property() navigation: "on" | "off" = "on";
  /** `off` leaves all keys but Escape to the host. */
  @property() shortcuts: "on" | "off" = "on";
  /** Cuts the network, for all tabs of the member. */
  @property({ type: Boolean }) offline = false;
  /** Asks the host for a fresh token whenever one is about to end. */
  @property({ attribute: false }) tokenProvider: (() => Promise<string>) | undefined;
  /** A client the host made itself, and stops itself; then no attribute of the connection is needed. */
  @property({ attribute: false }) client: Client | undefined;

  @state() private panel: PanelName | undefined;
  @state() private failure: string | undefined;
  /** Whether the start has taken long enough to show that something happens. */
  @state() private slow = false;

  @query("threadline-toasts") private readonly toasts!: Toasts | null;

  private readonly commands = new Commands(() => this.stage());
  private readonly events = new HostEvents(this);
  private readonly connection = new Connection({
    ready: (client) => this.begin(client),
    failed: (error) => this.fail(error),
    expired: () => this.expire(),
  });

  constructor() {
    super();
    new ClientListener(this, {
      // On a device that is new here, the rows come after the start.
      rows: () => this.conversation || this.openContact(),
      refused: () => this.onRefused(),
      "auth-expired": () => this.onAuthExpired(),
      "sync-state": () => this.onSyncState(),
      changed: keepFocus(this, () => this.settleFocus()),
    });
    new NetworkSwitch(this);
    const shortcuts = (): boolean => this.shortcuts !== "off";
    this.addEventListener("keydown", new Keyboard(this.commands, shortcuts).handle);
    keepTyping(this, shortcuts);
  }

  /** Shows a conversation; resolves when it is there. */
  async open(conversation: string): Promise<void> {
    await this.openThread(conversation);
  }

  /** Begins a reply in a conversation, or the open one; `text` takes the place of a draft. */
  async compose({
    conversation,
    text,
  }: { conversation?: string; text?: string } = {}): Promise<void> {
    (await this.openThread(conversation))?.write("reply", text);
  }

  /** Begins a note in a conversation, or the open one. */
  async createNote({ conversation }: { conversation?: string } = {}): Promise<void> {
    (await this.openThread(conversation))?.write("note");
  }

  /** Opens the form of a new task for a conversation, or the open one, with what is known of it. */
  async createTask({
    conversation,
    ...draft
  }: { conversation?: string; title?: string; description?: string } = {}): Promise<void> {
    (await this.openThread(conversation))?.start("task", draft);
  }

  /** Goes to the inbox and lists what matches. */
  async search(text: string): Promise<void> {
    this.view = "inbox";
    await this.updateComplete;
    this.inbox?.find(text);
  }

  /** A conversation, or the open one, and its contact with their full history as one file (CBOR). */
  async exportBundle({ conversation = this.conversation } = {}): Promise<Uint8Array | undefined> {
    return conversation ? this.desk?.client.exportBundle(conversation) : undefined;
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
    this.current?.focus();
    // A view that is on its way, or has nothing to go to, still gets the keys.
    if (!this.matches(":focus-within")) {
      this.renderRoot.querySelector<HTMLElement>(".view")?.focus({ preventScroll: true });
    }
  }

  override connectedCallback(): void {
    super.connectedCallback();
    if (this.hasUpdated) this.connect();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    // To be moved within the page is to leave and come back in one turn.
    queueMicrotask(() => {
      if (this.isConnected) return;
      this.desk = undefined;
      this.connection.stop();
    });
  }

  /** What becomes of a stopped client is decided here. */
  protected override shouldUpdate(): boolean {
    if (this.desk?.client.stopped) this.desk = undefined;
    return true;
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    // What has been taken from the page is drawn once more; it must not begin anew.
    if (this.isConnected) this.connect();
    if (changed.has("contact") || changed.has("desk")) this.openContact();
    if (changed.has("locale") || !this.hasUpdated) this.speak();
  }

  /** A panel that opens takes the focus, unless its own field has it; one that closes gives it back. */
  protected override updated(changed: Map<PropertyKey, unknown>): void {
    if (!changed.has("panel")) return;
    const dialog = this.renderRoot.querySelector("dialog");
    if (!(dialog ?? this).matches(":focus-within")) this.settleFocus();
  }

  protected override render(): unknown {
    return html`<div class="root" dir=${direction()} lang=${locale}>${this.renderState()}</div>`;
  }

  private renderState(): unknown {
    const { desk } = this;
    if (this.failure !== undefined) {
      const again = html`<button @click=${this.restart}>${strings.retry}</button>`;
      return blank("alert", [strings.errors.start, this.failure], again);
    }
    if (!desk) return this.slow ? skeleton() : nothing;
    return html`
      <div class="frame" part="frame">
        ${
          this.navigates
            ? html`<threadline-navigation
                class="rail"
                part="navigation"
                .desk=${desk}
                .view=${this.view}
              ></threadline-navigation>`
            : nothing
        }
        <div class="stage">
          <threadline-banner .desk=${desk}></threadline-banner>
          <div class="view" part="view" tabindex="-1">${this.renderView(desk)}</div>
        </div>
        ${this.panel ? dialog(this.panel, desk, () => (this.panel = undefined), this.conversation) : nothing}
      </div>
      <threadline-toasts exportparts="toast"></threadline-toasts>
    `;
  }

  private renderView(desk: Desk): unknown {
    const inside = head(desk, this.navigates ? this.view : undefined);
    const place = PLACES.find((view) => view === this.view);
    const away = place && VIEWS[place].lazy;
    if (away) return lazy(away.chunk, away.render(desk, inside));
    return html`<threadline-inbox-view
      exportparts="timeline, composer, bubble, note, task, topic, conflicts, form, list, row, sync-state"
      .desk=${desk}
      .conversation=${this.conversation}
      .density=${this.density}
      .solo=${this.view === "conversation"}
      >${inside}</threadline-inbox-view
    >`;
  }

  /** Whether there are ways to other views. */
  private get navigates(): boolean {
    return this.navigation !== "off" && this.view !== "conversation";
  }

  /** The view that is drawn. */
  private get current(): ViewElement | undefined {
    return this.renderRoot.querySelector<ViewElement>(".view > :last-child") ?? undefined;
  }

  private get inbox(): InboxView | undefined {
    return this.renderRoot.querySelector<InboxView>("threadline-inbox-view") ?? undefined;
  }

  private stage(): Stage | undefined {
    const { desk, view, current, navigates, go, toggle, back } = this;
    return desk && { desk, view, current, thread: this.inbox?.thread, navigates, go, toggle, back };
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
    const host: DeskHost = {
      commands: this.commands,
      notify: (notice) => this.toasts?.add(notice),
      show: (conversation) => this.select(conversation),
      maySend: (reply) => this.events.ask("before-send", reply),
    };
    this.failure = undefined;
    this.desk = new Desk(client, host);
    void this.updateComplete.then(() => this.events.tellReady());
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

  /** The host hears of it as it would from a client at work, which this one has not become. */
  private expire(): void {
    this.failure = strings.sync.expired;
    this.events.tell("auth-expired", null);
  }

  private speak(): void {
    const page = this.closest<HTMLElement>("[lang]")?.lang;
    const failed = (error: unknown): void =>
      this.events.tell("error", { code: "unavailable", message: String(error) });
    speak(this.locale || page || navigator.language).catch(failed);
  }

  private select(conversation: string | undefined): void {
    const elsewhere = this.view !== "inbox" && this.view !== "conversation";
    if (conversation === this.conversation && !elsewhere) return;
    if (!this.events.ask("conversation-select", { conversation: conversation ?? null })) return;
    this.conversation = conversation;
    if (elsewhere) this.go("inbox");
  }

  private readonly go = (view: ViewName): void => {
    if (view !== this.view) {
      this.view = view;
      this.panel = undefined;
      this.events.tell("view-change", { view });
    }
    void this.updateComplete.then(() => this.focus());
  };

  private openContact(): void {
    if (!this.desk || !this.contact) return;
    this.conversation = latestConversation(this.desk.client, this.contact) ?? this.conversation;
  }

  /** With everything here that the first sight needs, the rest of the program follows. */
  private onSyncState(): void {
    if (this.desk?.client.syncState.state === "synced") loadAhead().catch(() => undefined);
  }

  /** Another tab's `reset` ends this one, too. Otherwise work goes on, and the banner says the rest. */
  private onAuthExpired(): void {
    if (!this.desk?.client.stopped) return;
    this.desk = undefined;
    this.failure = strings.sync.expired;
  }

  private onRefused(): void {
    const run = (): void => void (this.panel = "sync");
    const action = { label: strings.toast.show, run };
    this.toasts?.add({ text: strings.toast.refused, alert: true, action });
  }

  private async openThread(conversation = this.conversation): Promise<InboxView["thread"]> {
    this.conversation = conversation;
    if (this.view !== "conversation") this.view = "inbox";
    await this.updateComplete;
    return this.inbox?.whenThread();
  }

  private readonly toggle = (panel: PanelName): void => {
    this.panel = panel === this.panel ? undefined : panel;
  };

  /** Puts the focus where a person would look for it: into the panel, the thread, the view. */
  private settleFocus(): void {
    const dialog = this.renderRoot.querySelector("dialog");
    if (dialog) dialog.focus();
    else if (this.inbox?.thread) this.inbox.focusThread();
    else this.focus();
  }

  /** One step back: the panel, what is open in the view, the view itself. */
  private readonly back = (): boolean => {
    if (this.panel) this.panel = undefined;
    else if (this.current?.back?.()) return true;
    else if (this.view === "inbox" || !this.navigates) return false;
    else this.go("inbox");
    return true;
  };
}
