import { html, nothing, type PropertyValues, type TemplateResult } from "lit";
import { property, query, state } from "lit/decorators.js";
import { repeat } from "lit/directives/repeat.js";
import { blank } from "../common/blank.js";
import type { Desk } from "../common/desk.js";
import { dayText, overTime, timeOfDay } from "../common/format.js";
import { icon } from "../common/icons.js";
import { Part } from "../common/part.js";
import { strings } from "../common/strings.js";
import type { Activity, Interaction, Item, Note, Person } from "../common/types.js";
import type { MessageSpan } from "../topic/topic-form.js";
import { base } from "../styles/base.css.js";
import { activityText } from "./activity-text.js";
import { MessageAsk, messageActions, type Ask } from "./message-actions.js";
import { answered, entriesOf, messageOf, writtenSince, type Entry } from "./timeline.js";
import { timelineStyles } from "./timeline-view.css.js";

/** Pixels from the end within which the newest item counts as seen, and the view follows it. */
const AT_END = 48;
/** How long, in milliseconds, a size that changes is what the person just did. */
const TOUCH_MS = 400;
/** Pixels from the beginning at which older items are asked for. */
const NEAR_START = 400;

/** A message that was chosen as the first or the last one of a topic. */
export interface Pick {
  edge: keyof MessageSpan;
  message: string;
}

/**
 * Everything of a conversation in one line of time, newest at the bottom.
 * @fires older when the person nears the oldest item
 * @fires seen when the newest item came into sight
 * @fires pick when a message was chosen as the first or last of a span, with the {@link Pick} as detail
 */
export class TimelineView extends Part {
  static override styles = [base, timelineStyles];

  @property({ attribute: false }) items: Item[] = [];
  @property({ attribute: false }) presence: Person[] = [];
  @property() conversation = "";
  @property() contactName = "";
  /** The contact's id, which colours the picture. */
  @property() contact = "";
  @property() subject = "";
  /** How far the person had read when they came; `undefined` for no divider. */
  @property({ attribute: false }) readUpTo: number | undefined;
  /** Whether older items exist. */
  @property({ type: Boolean }) more = false;

  /** The messages a topic is about, while they are being chosen; `undefined` when they are not. */
  @property({ attribute: false }) span: MessageSpan | undefined;

  /** Items that arrived below what is in sight. */
  @state() private below = 0;

  @query(".scroller") private readonly scroller!: HTMLElement;
  @query(".content") private readonly content!: HTMLElement;

  /** Whether the view stays at the newest item as things are added or grow. */
  private following = true;
  /** When the person last did something in the timeline, by the page's clock. */
  private touchedAt = -TOUCH_MS;
  /** Where the last scroll event was. */
  private lastTop = 0;
  /** Distance from the end to keep while older items are put in above. */
  private keepFromEnd: number | undefined;
  private readonly sizes = new ResizeObserver(() => this.settle());

  /** Whether the newest item is in sight. */
  get atEnd(): boolean {
    return this.following;
  }

  /** Goes to the newest item and stays there. */
  toEnd(): void {
    this.following = true;
    this.below = 0;
    this.touchedAt = -TOUCH_MS;
    this.settle();
  }

  override focus(): void {
    this.scroller.focus();
  }

  override connectedCallback(): void {
    super.connectedCallback();
    if (this.hasUpdated) this.sizes.observe(this.content);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.sizes.disconnect();
  }

  protected override firstUpdated(): void {
    this.sizes.observe(this.content);
    this.sizes.observe(this.scroller);
    this.toUnread();
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has("items") && this.hasUpdated) this.onItems(changed.get("items") ?? []);
  }

  protected override render(): unknown {
    const { desk } = this;
    if (!desk) return nothing;
    const replies = this.repliesByNote();
    return html`
      <div
        class="scroller"
        part="timeline"
        role="region"
        tabindex="0"
        aria-label=${strings.thread.timeline}
        @scroll=${this.onScroll}
      >
        <div class="content" @click=${this.onTouch} @keydown=${this.onTouch}>
          ${this.items.length === 0 ? blank("message", strings.empty.timeline) : nothing}
          ${repeat(
            entriesOf(this.items, this.readUpTo),
            ({ key }) => key,
            (entry) => this.renderEntry(entry, desk, replies),
          )}
        </div>
      </div>
      ${
        this.below > 0
          ? html`<div class="pill">
              <button class="primary" @click=${this.toEnd}>
                ${icon("down")} ${strings.thread.jump(this.below)}
              </button>
            </div>`
          : nothing
      }
    `;
  }

  private renderEntry(entry: Entry, desk: Desk, replies: Map<string, Note[]>): unknown {
    switch (entry.type) {
      case "day":
        return html`<h3 class="day">${overTime((now: number) => dayText(entry.at, now))}</h3>`;
      case "unread":
        return html`<p class="divider">${strings.thread.newMessages}</p>`;
      case "activities":
        return this.renderActivities(entry.activities, desk);
      case "item":
        return this.renderItem(entry, desk, replies);
    }
  }

  private renderActivities(activities: Activity[], desk: Desk): TemplateResult {
    const line = (activity: Activity): TemplateResult =>
      html`${activityText(activity, desk)}, ${timeOfDay(activity.at)}`;
    const [first] = activities;
    if (activities.length === 1 && first) return html`<p class="activities">${line(first)}</p>`;
    return html`<details class="activities">
      <summary>${strings.thread.changes(activities.length)}</summary>
      <ul>
        ${activities.map((activity) => html`<li>${line(activity)}</li>`)}
      </ul>
    </details>`;
  }

  private renderItem(
    { item, grouped }: Extract<Entry, { type: "item" }>,
    desk: Desk,
    replies: Map<string, Note[]>,
  ): TemplateResult {
    switch (item.kind) {
      case "interaction":
        if (item.value.call) return this.renderCall(item.value, desk);
        return html`<threadline-message
            exportparts="bubble"
            .desk=${desk}
            .message=${item.value}
            .conversation=${this.conversation}
            .answers=${answered(this.items, item.value)}
            .since=${item.value.held ? writtenSince(this.items, item.value) : []}
            .contactName=${this.contactName}
            .contact=${this.contact}
            .subject=${this.subject}
            ?grouped=${grouped}
          ></threadline-message
          >${this.span ? this.renderPick(item.value.id, this.span) : nothing}`;
      case "note":
        return html`<threadline-note
          exportparts="note"
          .desk=${desk}
          .note=${item.value}
          .forwarded=${item.value.message ? messageOf(this.items, item.value.message) : undefined}
          .replies=${replies.get(item.value.id) ?? []}
          .presence=${this.presence}
          .conversation=${this.conversation}
        ></threadline-note>`;
      case "task":
        return html`<threadline-task
          exportparts="task, conflicts"
          .desk=${desk}
          .task=${item.value}
          .conversation=${this.conversation}
        ></threadline-task>`;
      case "topic":
        return html`<threadline-topic
          exportparts="topic, conflicts"
          .desk=${desk}
          .topic=${item.value}
          .conversation=${this.conversation}
        ></threadline-topic>`;
      case "appointment":
        return html`<threadline-appointment
          exportparts="appointment, conflicts"
          .desk=${desk}
          .appointment=${item.value}
          .conversation=${this.conversation}
        ></threadline-appointment>`;
    }
  }

  /** What makes a message the first or the last one of a topic. */
  private renderPick(message: string, span: MessageSpan): TemplateResult {
    const { pickLabel, fromHere, toHere } = strings.topic;
    const button = (edge: keyof MessageSpan, text: string): TemplateResult =>
      html`<button
        aria-pressed=${span[edge] === message}
        @click=${() => {
          const detail: Pick = { edge, message };
          this.dispatchEvent(new CustomEvent("pick", { detail }));
        }}
      >
        ${text}
      </button>`;
    return html`<div class="pick" role="group" aria-label=${pickLabel}>
      ${button("first", fromHere)} ${button("last", toHere)}
    </div>`;
  }

  private renderCall(call: Interaction, desk: Desk): TemplateResult {
    const ask = (ask: Ask): void => void this.dispatchEvent(new MessageAsk(ask, call));
    return html`<threadline-call
      .desk=${desk}
      .interaction=${call}
      .items=${() => messageActions(desk, this.conversation, call, ask)}
    ></threadline-call>`;
  }

  private repliesByNote(): Map<string, Note[]> {
    const replies = new Map<string, Note[]>();
    for (const item of this.items) {
      if (item.kind !== "note" || !item.value.parent) continue;
      const under = replies.get(item.value.parent) ?? [];
      replies.set(item.value.parent, [...under, item.value]);
    }
    return replies;
  }

  /** Counts what arrived at the end, and holds the place when something came in above. */
  private onItems(before: Item[]): void {
    const oldest = before[0]?.value.id;
    const newest = before[before.length - 1]?.value.at ?? 0;
    if (oldest && this.items[0]?.value.id !== oldest) {
      this.keepFromEnd = this.scroller.scrollHeight - this.scroller.scrollTop;
    }
    if (this.following) return;
    const { me } = this.desk ?? {};
    this.below += this.items.filter(
      ({ kind, value }) => kind !== "activity" && value.at > newest && value.by !== me,
    ).length;
  }

  /** Puts the scroll position right after sizes changed, before they are painted. */
  private settle(): void {
    const { scroller } = this;
    if (!scroller) return;
    if (this.following && performance.now() - this.touchedAt > TOUCH_MS) {
      scroller.scrollTop = scroller.scrollHeight;
    } else if (this.keepFromEnd !== undefined) {
      scroller.scrollTop = scroller.scrollHeight - this.keepFromEnd;
    }
    this.keepFromEnd = undefined;
  }

  /** What the person opens in the timeline opens where they look, not below it. */
  private readonly onTouch = (): void => {
    this.touchedAt = performance.now();
  };

  /** Begins where the person had stopped reading; at the end when there is nothing new. */
  private toUnread(): void {
    const divider = this.renderRoot.querySelector<HTMLElement>(".divider");
    if (!divider) return;
    requestAnimationFrame(() => {
      const top = divider.offsetTop - this.scroller.clientHeight / 3;
      if (top >= this.scroller.scrollHeight - this.scroller.clientHeight - AT_END) return;
      this.following = false;
      this.scroller.scrollTop = top;
    });
  }

  private readonly onScroll = (): void => {
    const { scrollTop, scrollHeight, clientHeight } = this.scroller;
    const atEnd = scrollHeight - scrollTop - clientHeight < AT_END;
    // Only a person scrolls up. That the end is further away may be news that was not followed yet.
    this.following = atEnd || (this.following && scrollTop >= this.lastTop);
    this.lastTop = scrollTop;
    if (atEnd) {
      this.below = 0;
      this.dispatchEvent(new Event("seen"));
    }
    if (this.more && scrollTop < NEAR_START) this.dispatchEvent(new Event("older"));
  };
}
