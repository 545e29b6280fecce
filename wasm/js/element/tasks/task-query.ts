/** What a person asks of the list of tasks, and the question it makes for the core. */
import { addDays, weekOf } from "../common/days.js";
import type {
  Assignee,
  Priority,
  TaskChannel,
  TaskGroup,
  TaskQuery,
  TaskScope,
  TaskSort,
  TaskStatus,
} from "../common/types.js";

/** The filters, each one value or `""` for all. */
export interface TaskFilters {
  status: TaskStatus | "";
  priority: Priority | "";
  type: string;
  channel: TaskChannel | "";
  assignee: Assignee | "";
  group: TaskGroup | "";
}

/** Nothing narrowed. */
export const NO_FILTERS: TaskFilters = {
  status: "",
  priority: "",
  type: "",
  channel: "",
  assignee: "",
  group: "",
};

/** How many filters narrow the list. */
export function narrowed(filters: TaskFilters): number {
  return Object.values(filters).filter(Boolean).length;
}

const one = <T extends string>(value: T | ""): T[] => (value === "" ? [] : [value]);

/** The question at a moment, as seen from the person's calendar. */
export function taskQuery(
  ask: { scope: TaskScope; search: string; sort: TaskSort; filters: TaskFilters },
  now: number,
): TaskQuery {
  const { scope, search, sort, filters } = ask;
  const finished = filters.group === "finished";
  return {
    scope,
    search: search.trim(),
    sort,
    now,
    dayEnds: addDays(now, 1),
    weekEnds: addDays(weekOf(now), 7),
    // Without a status the core lists what is unfinished, which would leave this group empty.
    statuses: filters.status === "" && finished ? ["done", "cancelled"] : one(filters.status),
    priorities: one(filters.priority),
    types: one(filters.type),
    channels: one(filters.channel),
    assignees: one(filters.assignee),
    groups: one(filters.group),
  };
}
