/** The entries of a calendar, day by day. Pure: no DOM, no clock. */
import { addDays } from "../common/days.js";
import { dayOf } from "../common/format.js";
import type { CalendarEntry } from "../common/types.js";

/** One day: midnight, what takes the whole of it, and what has its time. */
export interface Day {
  at: number;
  /** Tasks that are due on the day without a time. */
  whole: CalendarEntry[];
  timed: CalendarEntry[];
}

/**
 * Puts entries under their days.
 * @param from midnight of the first day
 * @param days how many there are
 */
export function agenda(entries: readonly CalendarEntry[], from: number, days: number): Day[] {
  const all = Array.from({ length: days }, (_, i): Day => {
    return { at: addDays(from, i), whole: [], timed: [] };
  });
  for (const entry of entries) {
    const day = entry.task?.due?.day;
    // A whole day is the same day in every zone, whatever moment its end is here.
    const first = day ? new Date(`${day}T00:00`).getTime() : dayOf(entry.start);
    const last = day ? first : Math.max(first, dayOf(entry.end - 1));
    for (const each of all) {
      if (each.at >= first && each.at <= last) each[day ? "whole" : "timed"].push(entry);
    }
  }
  return all;
}

/** Place among a day's entries before which the present moment lies. */
export function placeOfNow(timed: readonly CalendarEntry[], now: number): number {
  const next = timed.findIndex(({ start }) => start > now);
  return next < 0 ? timed.length : next;
}
