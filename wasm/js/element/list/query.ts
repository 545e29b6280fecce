/** What the list shows, apart from where it is scrolled: what a saved view keeps. */
import type { Desk } from "../common/desk.js";
import type { RowFilter, RowQuery, SavedView } from "../common/types.js";

/** A question to the inbox, without the page and the moment. */
export type ListQuery = Omit<RowQuery, "filter" | "now" | "offset" | "limit"> & {
  filter: RowFilter;
};

/** What the inbox opens with. */
export const START: ListQuery = { filter: "open" };

/** What a view of the inbox is saved for, beside those of other lists. */
export const LIST = "conversations";

/** The parts of a question that narrow it, one value each. */
export const NARROWING = [
  "channels",
  "contactTypes",
  "owners",
  "teams",
  "tags",
  "priorities",
] as const;

export type Narrowing = (typeof NARROWING)[number];

/** In how many ways a question is narrowed. */
export function narrowed(query: ListQuery): number {
  return NARROWING.filter((part) => query[part]?.length).length;
}

/** Whether two questions have the same answer. */
export function same(one: ListQuery, other: ListQuery): boolean {
  return text(one) === text(other);
}

/** A question as a saved view keeps it: JSON with its parts in order and no empty ones. */
export function text(query: ListQuery): string {
  const { filter, search, sort } = query;
  return JSON.stringify({
    filter,
    ...(search?.trim() && { search: search.trim() }),
    ...(sort && sort !== "newest" && { sort }),
    ...Object.fromEntries(
      NARROWING.flatMap((part) => (query[part]?.length ? [[part, query[part]]] : [])),
    ),
  });
}

/** The question of a saved view; what the list starts with where it cannot be read. */
export function parse(saved: string): ListQuery {
  try {
    const query: unknown = JSON.parse(saved);
    if (typeof query !== "object" || query === null || !("filter" in query)) return START;
    return query as ListQuery;
  } catch {
    return START;
  }
}

/** The member's own views of the inbox, and those that others share. */
export function viewsOf(desk: Desk): SavedView[] {
  return desk.settings.views.filter(
    ({ list, owner, shared }) => list === LIST && (shared || owner === desk.me),
  );
}
