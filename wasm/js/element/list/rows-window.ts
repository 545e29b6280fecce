import type { InboxRow, RowFilter, RowPage, RowQuery } from "../common/types.js";

import type { ListQuery } from "./query.js";

/** Rows fetched at once: about a screen. Every row that crosses from the core costs time. */
const PAGE = 25;

/** The answer to one question to the inbox, fetched page by page as rows come into sight. */
export class RowsWindow {
  private readonly pages = new Map<number, RowPage>();

  constructor(
    private readonly fetch: (query: RowQuery) => RowPage,
    private readonly query: ListQuery,
  ) {}

  get total(): number {
    return this.page(0).total;
  }

  get counts(): Record<RowFilter, number> {
    return this.page(0).counts;
  }

  /** The row at a place in the whole list; `undefined` past its end. */
  at(index: number): InboxRow | undefined {
    return this.page(Math.floor(index / PAGE)).rows[index % PAGE];
  }

  /** Where a conversation is among the rows around `near`; -1 when it is not there. */
  indexOf(id: string, near: number): number {
    const middle = Math.max(0, Math.floor(near / PAGE));
    for (const number of [middle, middle - 1, middle + 1]) {
      if (number < 0 || number * PAGE >= this.total) continue;
      const found = this.page(number).rows.findIndex((row) => row.id === id);
      if (found >= 0) return number * PAGE + found;
    }
    return -1;
  }

  private page(number: number): RowPage {
    let page = this.pages.get(number);
    if (!page) {
      page = this.fetch({ ...this.query, offset: number * PAGE, limit: PAGE });
      this.pages.set(number, page);
    }
    return page;
  }
}
