/** Rows fetched at once: about a screen. Every row that crosses from the core costs time. */
const PAGE = 40;

/** The answer to one question, fetched page by page as rows come into sight. */
export class Paged<Page extends { total: number }, Row> {
  private readonly pages = new Map<number, Page>();

  constructor(
    private readonly fetch: (part: { offset: number; limit: number }) => Page,
    private readonly rowsOf: (page: Page) => Row[],
  ) {}

  /** The first page, which also says what is true of all. */
  get first(): Page {
    return this.page(0);
  }

  get total(): number {
    return this.first.total;
  }

  /** The row at a place in the whole list; `undefined` past its end. */
  at(index: number): Row | undefined {
    return this.rowsOf(this.page(Math.floor(index / PAGE)))[index % PAGE];
  }

  private page(number: number): Page {
    let page = this.pages.get(number);
    if (!page) {
      page = this.fetch({ offset: number * PAGE, limit: PAGE });
      this.pages.set(number, page);
    }
    return page;
  }
}
