import { html, nothing, type PropertyValues, type TemplateResult } from "lit";
import { property, query, state } from "lit/decorators.js";
import { repeat } from "lit/directives/repeat.js";
import { blank } from "../common/blank.js";
import { ClientListener } from "../common/client-listener.js";
import { chunk, lazy } from "../common/chunk.js";
import type { Desk } from "../common/desk.js";
import type { MenuItem } from "../common/menu.js";
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
import type { QueryChange } from "./narrow-panel.js";
import { narrowed, parse, same, START, viewsOf, type ListQuery } from "./query.js";
import { Selection } from "./selection.js";
import { RowsWindow } from "./rows-window.js";

/** The filters that are asked for most, as buttons; all others are in the menu beside them. */
const FREQUENT: readonly RowFilter[] = ["open", "mine", "unread"];
const OTHERS: readonly RowFilter[] = [
  "unassigned",
  "mentioned",
  "starred",
  "snoozed",
  "closed",
  "spam",
  "unlinked",
  "all",
];

const NARROW = chunk(() => import("./narrow-panel.js"));
const BULK = chunk(() => import("./bulk-bar.js"));

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

  @state() private query: ListQuery = START;
  /** Whether the list can be narrowed at the moment. */
  @state() private narrowing = false;
  private readonly selection = new Selection();
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
    this.query = { ...this.query, search };
    this.focusSearch();
  }

  /** Selects the keyboard's row for what is done to many, or no more. */
  toggleSelected(): void {
    const row = this.active && this.rows?.at(this.active.index);
    if (!row || !this.active) return;
    this.selection.toggle(row, this.active.index);
    this.requestUpdate();
  }

  /** Shows what narrows the list, or hides it. */
  toggleNarrowing(): void {
    this.narrowing = !this.narrowing;
  }

  /** Ends the selection. True when there was one. */
  unselect(): boolean {
    const { size } = this.selection.rows;
    this.selection.clear();
    this.requestUpdate();
    return size > 0;
  }

  focusSearch(): void {
    this.searchField?.focus();
  }

  override focus(): void {
    this.scroller?.focus();
  }

  protected override willUpdate(changed: PropertyValues): void {
    if (changed.has("desk") || changed.has("query")) this.forget();
    if (changed.has("selected") && this.selected && this.selected !== this.active?.id) {
      const index = this.rows?.indexOf(this.selected, 0) ?? -1;
      if (index >= 0) this.active = { id: this.selected, index };
    }
    const client = this.desk?.client;
    if (!client) return;
    this.rows ??= new RowsWindow((ask) => client.rows(ask), {
      ...this.query,
      search: this.query.search?.trim() ?? "",
    });
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
      <div class="search-line line">
        <div class="search" role="search">
          ${icon("search")}
          <input
            type="search"
            dir="auto"
            placeholder=${strings.search}
            aria-label=${strings.searchLabel}
            .value=${this.query.search ?? ""}
            @input=${(event: Event) =>
              (this.query = { ...this.query, search: (event.target as HTMLInputElement).value })}
            @keydown=${this.onSearchKey}
          />
        </div>
        <button
          class="plain icon-only"
          aria-label=${strings.compose}
          title=${strings.compose}
          @click=${() => desk.commands.run({ id: "compose" })}
        >
          ${icon("plus")}
        </button>
        <button
          class="plain icon-only ${narrowed(this.query) > 0 ? "narrowed" : ""}"
          aria-label=${strings.narrow}
          title=${strings.narrow}
          aria-expanded=${this.narrowing}
          @click=${this.toggleNarrowing}
        >
          ${icon("filter")}
        </button>
      </div>
      ${this.renderFilters(rows, desk)}
      ${
        this.narrowing
          ? lazy(
              NARROW,
              html`<threadline-narrow
                .desk=${desk}
                .query=${this.query}
                @query=${(event: QueryChange) => (this.query = event.query)}
              ></threadline-narrow>`,
            )
          : nothing
      }
      ${
        this.selection.rows.size > 0
          ? lazy(
              BULK,
              html`<threadline-bulk-bar
                .desk=${desk}
                .rows=${this.selection.rows}
                @done=${this.unselect}
              ></threadline-bulk-bar>`,
            )
          : nothing
      }
      ${rows.total === 0 ? this.renderEmpty() : this.renderRows(rows, desk)}
    `;
  }

  private renderFilters(rows: RowsWindow, desk: Desk): TemplateResult {
    const { filter } = this.query;
    // What was chosen in the menu stands beside the others while it is chosen.
    const shown = FREQUENT.includes(filter) ? FREQUENT : [...FREQUENT.slice(0, 2), filter];
    return html`<div class="filters" role="group" aria-label=${strings.conversations}>
      ${shown.map(
        (each) =>
          html`<button aria-pressed=${filter === each} @click=${() => this.choose(each)}>
            ${strings.filters[each]}
            <span class="count">${number(rows.counts[each])}</span>
          </button>`,
      )}
      <span class="grow"></span>
      <threadline-menu
        look="plain icon-only"
        .label=${strings.moreFilters}
        .items=${() => this.filterItems(rows, desk)}
        >${icon("down")}</threadline-menu
      >
    </div>`;
  }

  /** Every other filter with its count, and the saved views. */
  private filterItems(rows: RowsWindow, desk: Desk): MenuItem[] {
    const filters = [...FREQUENT, ...OTHERS].map((each) => ({
      text: `${strings.filters[each]} (${number(rows.counts[each])})`,
      checked: this.query.filter === each,
      run: () => this.choose(each),
    }));
    const views = viewsOf(desk).map((view) => ({
      text: view.name,
      checked: same(parse(view.query), this.query),
      run: () => void (this.query = parse(view.query)),
    }));
    return views.length > 0 ? [...filters, { text: "" }, ...views] : filters;
  }

  private choose(filter: RowFilter): void {
    this.query = { ...this.query, filter };
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
              aria-checked=${this.selection.rows.size > 0 ? this.selection.has(row.id) : nothing}
              @click=${(event: MouseEvent) => this.onRowClick(event, row, index)}
              ${place({ transform: `translateY(${index * height}px)`, blockSize: `${height}px` })}
            >
              ${rowContent(row, desk, this.selection.has(row.id))}
            </div>`,
        )}
      </div>
    </div>`;
  }

  private renderEmpty(): TemplateResult {
    const words = strings.empty[this.query.search?.trim() ? "search" : this.query.filter];
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
    this.selection.clear();
    this.scroller?.scrollTo({ top: 0 });
  }

  private activate(index: number): void {
    const row = this.rows?.at(index);
    this.active = row && { id: row.id, index };
  }

  /** Opens the row; on its picture, or with Shift or Ctrl, selects it instead. */
  private onRowClick(event: MouseEvent, row: InboxRow, index: number): void {
    this.active = { id: row.id, index };
    const onPicture = event
      .composedPath()
      .some((at) => at instanceof Element && at.matches(".pick"));
    if (event.shiftKey) this.selection.extend(index, (at) => this.rows?.at(at));
    else if (onPicture || event.ctrlKey || event.metaKey) this.selection.toggle(row, index);
    if (event.shiftKey || onPicture || event.ctrlKey || event.metaKey) return this.requestUpdate();
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
    if (event.key === "Escape" && this.query.search) {
      this.query = { ...this.query, search: "" };
      event.stopPropagation();
    } else if (event.key === "ArrowDown" || event.key === "Enter") {
      event.preventDefault();
      this.focus();
    }
  }
}
