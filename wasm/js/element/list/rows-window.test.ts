import { expect, test } from "vitest";
import type { InboxRow, RowPage, RowQuery } from "../common/types.js";
import { RowsWindow } from "./rows-window.js";

/** An inbox of `total` rows that counts what is asked of it. */
function inbox(total: number): { asked: RowQuery[]; fetch: (query: RowQuery) => RowPage } {
  const asked: RowQuery[] = [];
  const none = { mine: 0, unassigned: 0, unread: 0, mentioned: 0, starred: 0 };
  const counts = { ...none, open: total, snoozed: 0, closed: 0, spam: 0, unlinked: 0, all: total };
  return {
    asked,
    fetch: (query) => {
      asked.push(query);
      const { offset = 0, limit = 0 } = query;
      const rows = Array.from(
        { length: Math.max(0, Math.min(limit, total - offset)) },
        (_, i) => ({ id: `row ${offset + i}` }) as InboxRow,
      );
      return { rows, total, counts };
    },
  };
}

test("only the pages that are looked at are asked for, each once", () => {
  const { asked, fetch } = inbox(100_000);
  const rows = new RowsWindow(fetch, { filter: "open" });
  expect(rows.total).toBe(100_000);
  for (let index = 60_000; index < 60_010; index += 1) {
    expect(rows.at(index)?.id).toBe(`row ${index}`);
  }
  expect(asked.map(({ offset }) => offset)).toEqual([0, 60_000]);
});

test("past the end there is no row", () => {
  const rows = new RowsWindow(inbox(3).fetch, { filter: "open" });
  expect(rows.at(2)?.id).toBe("row 2");
  expect(rows.at(3)).toBeUndefined();
});

test("a row that moved is found near its old place, and not looked for everywhere", () => {
  const { asked, fetch } = inbox(100_000);
  const rows = new RowsWindow(fetch, { filter: "open" });
  expect(rows.indexOf("row 130", 120)).toBe(130);
  expect(rows.indexOf("row 99999", 120)).toBe(-1);
  expect(asked.length).toBeLessThanOrEqual(4);
});
