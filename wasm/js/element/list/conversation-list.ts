import { html, nothing, type PropertyValues, type TemplateResult } from "lit";
import { property, query, state } from "lit/decorators.js";
import { repeat } from "lit/directives/repeat.js";
import { blank } from "../common/blank.js";
import { ClientListener } from "../common/client-listener.js";
import type { Desk } from "../common/desk.js";
import { icon } from "../common/icons.js";
import { paced } from "../common/pace.js";
import { place } from "../common/place.js";
import { number } from "../common/locale.js";
import { Part } from "../common/part.js";
import { strings } from "../common/strings.js";
import type { InboxRow, RowFilter } from "../common/types.js";
import { base } from "../styles/base.css.js";
import { listStyles } from "./conversation-list.css.js";
import { rowContent } from "./row.js";
import { RowsWindow } from "./rows-window.js";

const FILTERS: RowFilter[] = ["open", "mine", "unassigned", "unread", "closed", "all"];

/**
 * Height of a row in pixels. Fixed, so that a list of 100,000 rows knows its length
 * without drawing them; then windowing is a division, and needs no library.
 */
const ROW_HEIGHT = { comfortable: 80, compact: 54 };

/** While somebody types, the rows change with every key; this often, in milliseconds, is enough. */
const REFRESH_MS = 200;

/** Rows drawn beyond each edge, so that scrolling shows no gap before the next frame. */
const BEYOND = 6;

/** The inbox list: filters with counts, search, and rows of which only the visible ones exist. */
export class ConversationList extends Part {
  static override styles = [base, listStyles];

  /** The conversation that is open. */
  @property() selected: string | undefined;
  @property({ reflect: true }) density: "comfortable" | "compact" = "comfortable";

  @state() private filter: RowFilter = "open";
  @state() private search = "";
  /** The row the keyboard is at. */
  @state() private active: { id: string; index: number } | undefined;

  @query(".rows") private readonly scroller!: HTMLElement | null;
  @query("input") private readonly searchField!: HTMLInputElement | null;

  private rows: RowsWindow | undefined;
  /**
   * The part of the list in sight, in pixels from its top. Kept, because to ask for it
   * while drawing would make the browser lay the page out twice.
   */
  private sight = { from: 0, size: 0 };
  private readonly look = (): void => {
    const { scrollTop = 0, clientHeight = 0 } = this.scroller ?? {};
    this.sight = { from: scrollTop, size: clientHeight };
    this.requestUpdate();
  };
  private readonly sizes = new ResizeObserver(this.look);

  constructor() {
    super();
    new ClientListener(this, {
      rows: paced(REFRESH_MS, () => this.refresh()),
      "sync-state": () => this.refresh(),
    });
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.sizes.disconnect();
  }

  /** Moves the keyboard's row. */
  move(by: 1 | -1): void {
    if (!this.rows || this.rows.total === 0) return;
    const from = this.active?.index ?? (by > 0 ? -1 : this.rows.total);
    this.jump(Math.min(Math.max(from + by, 0), this.rows.total - 1));
  }

  /** Opens the keyboard's row. */
  openActive(): void {
    if (this.active) this.desk?.show(this.active.id);
  }

  /** Lists what matches, as if it had been typed. */
  find(search: string): void {
    this.search = search;
    this.focusSearch();
  }

  focusSearch(): void {
    this.searchField?.focus();
  }

  override focus(): void {
    this.scroller?.focus();
  }

  protected override willUpdate(changed: PropertyValues): void {
    if (["desk", "filter", "search"].some((name) => changed.has(name))) this.forget();
    if (changed.has("selected") && this.selected && this.selected !== this.active?.id) {
      const index = this.rows?.indexOf(this.selected, 0) ?? -1;
      if (index >= 0) this.active = { id: this.selected, index };
    }
    const client = this.desk?.client;
    if (!client) return;
    this.rows ??= new RowsWindow((ask) => client.rows(ask), this.filter, this.search.trim());
    if (this.active) {
      const index = this.rows.indexOf(this.active.id, this.active.index);
      if (index >= 0 && index !== this.active.index) this.active = { ...this.active, index };
    }
  }

  protected override updated(): void {
    // Without rows the list is another element; observing one again changes nothing.
    if (this.scroller) this.sizes.observe(this.scroller);
  }

  protected override render(): unknown {
    const { rows, desk } = this;
    if (!rows || !desk) return nothing;
    return html`
      <div class="search" role="search">
        ${icon("search")}
        <input
          type="search"
          dir="auto"
          placeholder=${strings.search}
          aria-label=${strings.searchLabel}
          .value=${this.search}
          @input=${(event: Event) => (this.search = (event.target as HTMLInputElement).value)}
          @keydown=${this.onSearchKey}
        />
      </div>
      <div class="filters" role="group" aria-label=${strings.conversations}>
        ${FILTERS.map(
          (filter) =>
            html`<button
              aria-pressed=${this.filter === filter}
              @click=${() => (this.filter = filter)}
            >
              ${strings.filters[filter]}
              <span class="count">${number(rows.counts[filter])}</span>
            </button>`,
        )}
      </div>
      ${rows.total === 0 ? this.renderEmpty() : this.renderRows(rows, desk)}
    `;
  }

  private renderRows(rows: RowsWindow, desk: Desk): TemplateResult {
    const height = ROW_HEIGHT[this.density];
    const visible = this.visible(rows, height);
    const active = visible.find(({ row }) => row.id === this.active?.id);
    return html`<div
      class="rows"
      part="list"
      role="listbox"
      tabindex="0"
      aria-label=${strings.conversations}
      aria-activedescendant=${active ? `row-${active.row.id}` : nothing}
      @scroll=${this.look}
      @focus=${this.onFocus}
      @keydown=${this.onKey}
    >
      <div class="canvas" role="presentation" ${place({ blockSize: `${rows.total * height}px` })}>
        ${repeat(
          visible,
          ({ row }) => row.id,
          ({ row, index }) =>
            html`<div
              id="row-${row.id}"
              class="row ${row.unread > 0 ? "fresh" : ""} ${this.active?.id === row.id ? "active" : ""}"
              part="row"
              role="option"
              aria-selected=${row.id === this.selected}
              aria-setsize=${rows.total}
              aria-posinset=${index + 1}
              @click=${() => this.onRowClick(row, index)}
              ${place({ transform: `translateY(${index * height}px)`, blockSize: `${height}px` })}
            >
              ${rowContent(row, desk)}
            </div>`,
        )}
      </div>
    </div>`;
  }

  private renderEmpty(): TemplateResult {
    const words = strings.empty[this.search.trim() ? "search" : this.filter];
    return html`<div class="rows">${blank("inbox", words)}</div>`;
  }

  /** The rows in sight, and some beyond. */
  private visible(rows: RowsWindow, height: number): { row: InboxRow; index: number }[] {
    const { from, size } = this.sight;
    const first = Math.max(0, Math.floor(from / height) - BEYOND);
    const last = Math.min(rows.total, Math.ceil((from + size) / height) + BEYOND);
    const visible: { row: InboxRow; index: number }[] = [];
    for (let index = first; index < last; index += 1) {
      const row = rows.at(index);
      if (row) visible.push({ row, index });
    }
    return visible;
  }

  /** Asks again for what is visible. */
  private refresh(): void {
    this.rows = undefined;
    this.requestUpdate();
  }

  /** The list is another one: begin at its top. */
  private forget(): void {
    this.rows = undefined;
    this.active = undefined;
    this.scroller?.scrollTo({ top: 0 });
  }

  private activate(index: number): void {
    const row = this.rows?.at(index);
    this.active = row && { id: row.id, index };
  }

  private onRowClick(row: InboxRow, index: number): void {
    this.active = { id: row.id, index };
    this.desk?.show(row.id);
  }

  /** Coming in by the keyboard, there is a row to start from. */
  private onFocus(): void {
    if (this.active) return;
    const open = this.selected ? (this.rows?.indexOf(this.selected, 0) ?? -1) : -1;
    this.activate(Math.max(open, 0));
  }

  private onKey(event: KeyboardEvent): void {
    if (event.key === "ArrowDown") this.move(1);
    else if (event.key === "ArrowUp") this.move(-1);
    else if (event.key === "Home") this.jump(0);
    else if (event.key === "End") this.jump((this.rows?.total ?? 1) - 1);
    else if (event.key === "Enter") this.openActive();
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  /** Makes a row the keyboard's, and brings it into sight. */
  private jump(index: number): void {
    this.activate(index);
    const { scroller } = this;
    if (!scroller) return;
    const height = ROW_HEIGHT[this.density];
    const top = index * height;
    const lowest = top + height - scroller.clientHeight;
    if (scroller.scrollTop > top) scroller.scrollTop = top;
    else if (scroller.scrollTop < lowest) scroller.scrollTop = lowest;
  }

  private onSearchKey(event: KeyboardEvent): void {
    if (event.key === "Escape" && this.search !== "") {
      this.search = "";
      event.stopPropagation();
    } else if (event.key === "ArrowDown" || event.key === "Enter") {
      event.preventDefault();
      this.focus();
    }
  }
}
