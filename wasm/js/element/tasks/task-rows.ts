/** The list of tasks as it is laid out: groups with headings, of which only what is in sight is fetched. */
import { Paged } from "../common/paged.js";
import type { TaskGroup, TaskPage, TaskRow } from "../common/types.js";

/** The groups in the core's order. */
export const GROUPS: readonly TaskGroup[] = [
  "overdue",
  "today",
  "week",
  "later",
  "none",
  "finished",
];

/** Height of a heading in pixels. */
export const HEADING = 32;

/** A group's heading, or a task, and where it stands in pixels from the top. */
export type Line =
  | { type: "heading"; top: number; group: TaskGroup; count: number }
  | { type: "task"; top: number; index: number; task: TaskRow };

interface Stretch {
  group: TaskGroup;
  count: number;
  /** Place of its first task among all. */
  first: number;
  top: number;
}

export class TaskRows {
  private readonly pages: Paged<TaskPage, TaskRow>;
  private readonly stretches: Stretch[] = [];
  /** Height of everything, in pixels. */
  readonly height: number;

  /**
   * @param shown the groups asked for; none for all
   * @param rowHeight of a task, in pixels
   */
  constructor(
    fetch: (part: { offset: number; limit: number }) => TaskPage,
    shown: readonly TaskGroup[],
    readonly rowHeight: number,
  ) {
    this.pages = new Paged(fetch, ({ tasks }) => tasks);
    const { groups } = this.pages.first;
    let first = 0;
    let top = 0;
    for (const group of GROUPS) {
      const count = shown.length === 0 || shown.includes(group) ? groups[group] : 0;
      if (count === 0) continue;
      this.stretches.push({ group, count, first, top });
      first += count;
      top += HEADING + count * rowHeight;
    }
    this.height = top;
  }

  get page(): TaskPage {
    return this.pages.first;
  }

  get total(): number {
    return this.pages.total;
  }

  at(index: number): TaskRow | undefined {
    return this.pages.at(index);
  }

  /** Where a task stands, in pixels from the top. */
  topOf(index: number): number {
    const stretch = this.stretches.filter(({ first }) => first <= index).at(-1);
    return stretch ? stretch.top + HEADING + (index - stretch.first) * this.rowHeight : 0;
  }

  /** Where a task is among those around `near`; -1 when it is not there. */
  indexOf(id: string, near: number): number {
    for (let index = Math.max(0, near - 20); index < Math.min(this.total, near + 20); index += 1) {
      if (this.at(index)?.id === id) return index;
    }
    return -1;
  }

  /** What lies between two heights. */
  between(from: number, to: number): Line[] {
    const lines: Line[] = [];
    for (const { group, count, first, top } of this.stretches) {
      const rows = top + HEADING;
      if (rows + count * this.rowHeight < from || top > to) continue;
      lines.push({ type: "heading", top, group, count });
      const begin = Math.max(0, Math.floor((from - rows) / this.rowHeight));
      const end = Math.min(count, Math.ceil((to - rows) / this.rowHeight));
      for (let i = begin; i < end; i += 1) {
        const task = this.at(first + i);
        if (task) {
          lines.push({ type: "task", top: rows + i * this.rowHeight, index: first + i, task });
        }
      }
    }
    return lines;
  }
}
