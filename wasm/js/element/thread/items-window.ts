import type { Client, Item } from "../common/types.js";
import { compareItems } from "./timeline.js";

/** Items fetched at once, newest first. */
const PAGE = 60;

/** The newest part of a conversation's timeline, longer as the person scrolls up. */
export class ItemsWindow {
  /** In the timeline's order. */
  items: Item[] = [];
  /** Whether older items exist. */
  more = true;

  constructor(
    private readonly client: Pick<Client, "items">,
    private readonly conversation: string,
  ) {
    this.older();
  }

  /** Fetches the page before the oldest item. */
  older(): void {
    const oldest = this.items[0]?.value;
    const page = this.client.items(this.conversation, {
      ...(oldest && { before: { at: oldest.at, id: oldest.id } }),
      limit: PAGE,
    });
    this.more = page.length === PAGE;
    this.items = [...page, ...this.items];
  }

  /** Reads the same stretch again, when what the client had was taken back. */
  reset(): void {
    const limit = Math.max(PAGE, this.items.length);
    this.items = this.client.items(this.conversation, { limit });
    this.more = this.items.length === limit;
  }

  /** Takes in items that are new or have changed. Those before the window wait until it reaches them. */
  merge(changed: Item[]): void {
    const first = this.items[0];
    const byId = new Map(this.items.map((item) => [item.value.id, item]));
    for (const item of changed) {
      if (byId.has(item.value.id) || !this.more || !first || compareItems(item, first) >= 0) {
        byId.set(item.value.id, item);
      }
    }
    this.items = [...byId.values()].sort(compareItems);
  }
}
