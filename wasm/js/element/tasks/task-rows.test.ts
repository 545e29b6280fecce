import { expect, test } from "vitest";
import type { TaskPage, TaskRow } from "../common/types.js";
import { HEADING, TaskRows } from "./task-rows.js";

const counts = { mine: 0, teams: 0, unassigned: 0, all: 0, overdue: 0 };

/** 100 tasks: 2 overdue, 97 later, 1 finished. */
function rows(asked: number[] = []): TaskRows {
  const groups = { overdue: 2, today: 0, week: 0, later: 97, none: 0, finished: 1 };
  const all = Array.from({ length: 100 }, (_, i) => ({ id: `t${i}` }) as TaskRow);
  const fetch = ({ offset, limit }: { offset: number; limit: number }): TaskPage => {
    asked.push(offset);
    return { tasks: all.slice(offset, offset + limit), total: 100, counts, groups };
  };
  return new TaskRows(fetch, [], 50);
}

const text = (list: TaskRows, from: number, to: number): string[] =>
  list
    .between(from, to)
    .map((line) =>
      line.type === "heading" ? `${line.group} ${line.count}` : `${line.index}@${line.top}`,
    );

test("groups stand under their headings, and empty ones are left out", () => {
  const list = rows();
  expect(list.height).toBe(3 * HEADING + 100 * 50);
  expect(text(list, 0, 3 * 50 + 2 * HEADING)).toEqual([
    "overdue 2",
    `0@${HEADING}`,
    `1@${HEADING + 50}`,
    "later 97",
    `2@${2 * HEADING + 100}`,
  ]);
  expect(text(list, list.height - 10, list.height)).toEqual([
    "finished 1",
    `99@${list.height - 50}`,
  ]);
});

test("where a task stands is known without fetching what lies before it", () => {
  const asked: number[] = [];
  const list = rows(asked);
  expect(list.topOf(99)).toBe(list.height - 50);
  expect(list.topOf(2)).toBe(2 * HEADING + 100);
  expect(asked).toEqual([0]);
  expect(text(list, 80 * 50, 80 * 50 + 60).length).toBeGreaterThan(1);
  expect(asked).toEqual([0, 40]);
});

test("a task that moved a little is found again", () => {
  expect(rows().indexOf("t45", 43)).toBe(45);
  expect(rows().indexOf("t99", 3)).toBe(-1);
});
