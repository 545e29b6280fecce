/** Due dates a person often wants, worked out by the core from the workspace's hours and zone. */
import type { Desk } from "../common/desk.js";
import type { Due } from "../common/types.js";
import { tasks as words } from "../strings/en/tasks.js";
import { offsetsOf } from "../common/zone.js";

const HOUR = 3_600_000;
/** How far the offsets must reach: business days may skip a long holiday. */
const AHEAD = 60 * 24 * HOUR;

/** A due date by its name. */
export interface Suggestion {
  text: string;
  due: () => Due;
}

/** The due dates offered, soonest first. */
export function suggestions(desk: Desk, now: number): Suggestion[] {
  const { dates } = words();
  const { zone } = desk.settings.policies;
  const inUnits = (amount: number, unit: "days" | "business_days" | "business_hours") => (): Due =>
    desk.client.reads.relativeDue({
      now,
      amount,
      unit,
      offsets: offsetsOf(zone, now, now + AHEAD),
    });
  return [
    { text: dates.today, due: inUnits(0, "days") },
    { text: dates.twoHours, due: inUnits(2, "business_hours") },
    { text: dates.tomorrow, due: inUnits(1, "days") },
    { text: dates.twoDays, due: inUnits(2, "business_days") },
    { text: dates.week, due: inUnits(7, "days") },
  ];
}
