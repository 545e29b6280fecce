import { expect, test } from "vitest";
import { NO_FILTERS, narrowed, taskQuery } from "./task-query.js";

const ask = { scope: "mine", search: "  courier ", sort: "due", filters: NO_FILTERS } as const;
const noon = new Date(2026, 10, 18, 12).getTime();

test("a day ends at the next midnight, a week with the last day of the person's week", () => {
  const query = taskQuery(ask, noon);
  expect(query.search).toBe("courier");
  expect(query.dayEnds).toBe(new Date(2026, 10, 19).getTime());
  expect(query.weekEnds).toBe(new Date(2026, 10, 23).getTime());
  expect(query.statuses).toEqual([]);
});

test("who asks for the finished group asks for finished tasks", () => {
  const filters = { ...NO_FILTERS, group: "finished" } as const;
  expect(taskQuery({ ...ask, filters }, noon).statuses).toEqual(["done", "cancelled"]);
  expect(narrowed(filters)).toBe(1);
  const cancelled = { ...filters, status: "cancelled" } as const;
  expect(taskQuery({ ...ask, filters: cancelled }, noon).statuses).toEqual(["cancelled"]);
});
