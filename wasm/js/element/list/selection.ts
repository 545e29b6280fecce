/** The rows that are selected for something to be done to all of them. */
import type { InboxRow } from "../common/types.js";

/** Rows selected at most: each is opened when something is done to it. */
const MOST = 200;

export class Selection {
  /** By conversation, in the order of selecting. A new map with every change. */
  rows: ReadonlyMap<string, InboxRow> = new Map();
  /** Where a range begins. */
  private anchor: number | undefined;

  has(id: string): boolean {
    return this.rows.has(id);
  }

  /** Selects a row, or no more. */
  toggle(row: InboxRow, index: number): void {
    const rows = new Map(this.rows);
    if (!rows.delete(row.id) && rows.size < MOST) rows.set(row.id, row);
    this.rows = rows;
    this.anchor = index;
  }

  /** Selects everything from where the last choice was. */
  extend(to: number, at: (index: number) => InboxRow | undefined): void {
    const from = this.anchor ?? to;
    const rows = new Map(this.rows);
    for (let index = Math.min(from, to); index <= Math.max(from, to); index += 1) {
      const row = at(index);
      if (row && rows.size < MOST) rows.set(row.id, row);
    }
    this.rows = rows;
    this.anchor = to;
  }

  clear(): void {
    this.rows = new Map();
    this.anchor = undefined;
  }
}
