import { css, html, nothing, type PropertyValues, type TemplateResult } from "lit";
import { query, state } from "lit/decorators.js";
import { repeat } from "lit/directives/repeat.js";
import { blank } from "../common/blank.js";
import { choiceText, offered } from "../common/choices.js";
import { ClientListener } from "../common/client-listener.js";
import { addDays } from "../common/days.js";
import type { Desk } from "../common/desk.js";
import { ago } from "../common/format.js";
import { icon, type IconName } from "../common/icons.js";
import { filterSelect, listToolStyles, searchField } from "../common/list-tools.js";
import { paced } from "../common/pace.js";
import { Paged } from "../common/paged.js";
import { Part } from "../common/part.js";
import { place } from "../common/place.js";
import { Sight } from "../common/sight.js";
import { strings } from "../common/strings.js";
import type { TopicOrigin, TopicPage, TopicQuery, TopicRow } from "../common/types.js";
import { viewFrame, viewStyles } from "../common/view-frame.js";
import { log as words } from "../strings/en/log.js";
import { base } from "../styles/base.css.js";

/** Height of a row in pixels: fixed, so that thousands of them know their length without being drawn. */
const ROW_HEIGHT = 60;
/** Rows drawn beyond each edge, so that scrolling shows no gap before the next frame. */
const BEYOND = 6;
/** While somebody types, the rows change with every key; this often, in milliseconds, is enough. */
const REFRESH_MS = 200;

const ICONS: Record<TopicOrigin, IconName> = {
  manual: "topic",
  task: "task",
  email: "email",
  ticket: "flag",
  flow: "flow",
};

/** The filters, each one value or `""` for all. Days are as a field has them. */
const NO_FILTERS = { purpose: "", owner: "", status: "", origin: "", from: "", to: "" };
type Filters = typeof NO_FILTERS;

const logStyles = css`
  .mark {
    flex: none;
    color: var(--threadline-success);
  }
  .when {
    flex: none;
    inline-size: 84px;
    text-align: end;
  }
  .owner {
    flex: none;
    inline-size: 120px;
  }
  @container (inline-size < 720px) {
    .owner,
    .origin {
      display: none;
    }
  }
  @container (inline-size < 480px) {
    .purpose {
      display: none;
    }
    .when {
      inline-size: auto;
    }
  }
`;

/** What has happened in the workspace: topics, from whatever they were logged. */
export class LogView extends Part {
  static override styles = [base, viewStyles, listToolStyles, logStyles];

  @state() private search = "";
  @state() private filters: Filters = NO_FILTERS;
  /** Place of the keyboard's row. */
  @state() private active: number | undefined;

  @query(".rows") private readonly scroller!: HTMLElement | null;
  @query("input[type=search]") private readonly searchInput!: HTMLInputElement | null;

  private rows: Paged<TopicPage, TopicRow> | undefined;
  private wantsFocus = false;
  private readonly sight = new Sight(this, () => this.scroller);

  constructor() {
    super();
    const refresh = (): void => {
      this.rows = undefined;
      this.requestUpdate();
    };
    new ClientListener(this, {
      rows: paced(REFRESH_MS, refresh),
      changed: ({ detail }) => {
        if (detail.doc === "workspace") refresh();
      },
    });
  }

  /** Moves the keyboard's row. */
  move(by: 1 | -1): void {
    const total = this.rows?.total ?? 0;
    if (total === 0) return;
    const from = this.active ?? (by > 0 ? -1 : total);
    this.active = Math.min(Math.max(from + by, 0), total - 1);
    this.wantsFocus = true;
    this.sight.show(this.active * ROW_HEIGHT, ROW_HEIGHT);
  }

  /** Opens the conversation of the keyboard's row. */
  openActive(): void {
    const topic = this.active === undefined ? undefined : this.rows?.at(this.active);
    if (topic) this.desk?.show(topic.conversation);
  }

  focusSearch(): void {
    this.searchInput?.focus();
  }

  override focus(): void {
    if (this.rows && this.rows.total > 0) this.move(1);
    else this.focusSearch();
  }

  protected override willUpdate(changed: PropertyValues): void {
    if (["desk", "search", "filters"].some((name) => changed.has(name))) {
      this.rows = undefined;
      this.active = undefined;
      this.scroller?.scrollTo({ top: 0 });
    }
    const client = this.desk?.client;
    if (!client) return;
    const ask = this.question();
    this.rows ??= new Paged(
      (part) => client.reads.topics({ ...ask, ...part }),
      ({ topics }) => topics,
    );
  }

  protected override updated(): void {
    if (!this.wantsFocus) return;
    const target = this.renderRoot.querySelector<HTMLElement>(`[data-index="${this.active}"]`);
    target?.focus({ preventScroll: true });
    this.wantsFocus = target === null;
  }

  protected override render(): unknown {
    const { desk, rows } = this;
    if (!desk || !rows) return nothing;
    return viewFrame(
      strings.views.log,
      nothing,
      html`${this.renderTools(desk)}
      ${rows.total === 0 ? this.renderEmpty() : this.renderRows(desk, rows)}`,
    );
  }

  private renderTools(desk: Desk): TemplateResult {
    const { filters } = this;
    const { any, anyone, status, owner, origin, origins, from, to } = words();
    const set =
      (name: keyof Filters) =>
      (value: string): void => {
        this.filters = { ...filters, [name]: value };
      };
    const { purposes } = desk.settings;
    const purposeNames = offered(purposes, filters.purpose).map(
      ({ id }) => [id, choiceText(purposes, id, strings.purposes)] as const,
    );
    const people = desk.people.map(({ id, name }) => [id, name] as const);
    const day = (name: "from" | "to", label: string): TemplateResult =>
      html`<label
        >${label}
        <input
          type="date"
          .value=${filters[name]}
          @change=${(event: Event) => set(name)((event.target as HTMLInputElement).value)}
      /></label>`;
    return html`<div class="tools">
      ${searchField(words().search, this.search, (text) => (this.search = text))}
      <div class="filters">
        ${filterSelect(strings.topic.purpose, any, filters.purpose, purposeNames, set("purpose"))}
        ${filterSelect(owner, anyone, filters.owner, people, set("owner"))}
        ${filterSelect(
          status,
          any,
          filters.status,
          Object.entries(strings.topicStatus),
          set("status"),
        )}
        ${filterSelect(origin, any, filters.origin, Object.entries(origins), set("origin"))}
        ${day("from", from)} ${day("to", to)}
      </div>
    </div>`;
  }

  private renderEmpty(): TemplateResult {
    if (Object.values(this.filters).every((value) => value === "") && !this.search.trim()) {
      return blank("topic", words().empty);
    }
    const clear = (): void => {
      this.filters = NO_FILTERS;
      this.search = "";
    };
    return blank(
      "search",
      words().narrowed,
      html`<button @click=${clear}>${icon("close")} ${words().clear}</button>`,
    );
  }

  private renderRows(desk: Desk, rows: Paged<TopicPage, TopicRow>): TemplateResult {
    const { from, size } = this.sight;
    const first = Math.max(0, Math.floor(from / ROW_HEIGHT) - BEYOND);
    const last = Math.min(rows.total, Math.ceil((from + size) / ROW_HEIGHT) + BEYOND);
    const visible: { topic: TopicRow; index: number }[] = [];
    for (let index = first; index < last; index += 1) {
      const topic = rows.at(index);
      if (topic) visible.push({ topic, index });
    }
    return html`<div class="rows" @scroll=${this.sight.look}>
      <div
        class="canvas"
        role="list"
        aria-label=${words().list}
        ${place({ blockSize: `${rows.total * ROW_HEIGHT}px` })}
      >
        ${repeat(
          visible,
          ({ topic }) => topic.id,
          ({ topic, index }) => this.renderRow(topic, index, desk),
        )}
      </div>
    </div>`;
  }

  private renderRow(topic: TopicRow, index: number, desk: Desk): TemplateResult {
    const { purposes } = desk.settings;
    return html`<div
      class="row"
      part="topic-row"
      role="listitem"
      ${place({
        transform: `translateY(${index * ROW_HEIGHT}px)`,
        blockSize: `${ROW_HEIGHT}px`,
      })}
    >
      <span class="mark">${icon(ICONS[topic.origin])}</span>
      <button
        class="open"
        data-index=${index}
        @click=${() => desk.show(topic.conversation)}
        @focus=${() => (this.active = index)}
      >
        <span class="title clip" dir="auto">${topic.subject}</span>
        <span class="line small muted">
          <span class="clip" dir="auto"
            >${[topic.name, topic.summary].filter(Boolean).join(" · ")}</span
          >
        </span>
      </button>
      <span class="chip origin">${words().origins[topic.origin]}</span>
      <span class="chip purpose">${choiceText(purposes, topic.purpose, strings.purposes)}</span>
      <span class="chip ${topic.status === "open" ? "accent" : "success"}"
        >${strings.topicStatus[topic.status]}</span
      >
      <span class="owner clip small">${topic.owner ? desk.nameOf(topic.owner) : ""}</span>
      <span class="when faint small">${ago(topic.start)}</span>
    </div>`;
  }

  /** The question for the core. Both days belong to the answer. */
  private question(): TopicQuery {
    const { purpose, owner, status, origin, from, to } = this.filters;
    return {
      search: this.search.trim(),
      ...(purpose && { purposes: [purpose] }),
      ...(owner && { owners: [owner] }),
      ...(status && { statuses: [status === "open" ? "open" : "closed"] }),
      ...(origin && { origins: [origin as TopicOrigin] }),
      ...(from && { from: addDays(new Date(`${from}T00:00`).getTime(), 0) }),
      ...(to && { to: addDays(new Date(`${to}T00:00`).getTime(), 1) }),
    };
  }
}

/** What the view is made of. */
export const elements = { "threadline-log": LogView };
