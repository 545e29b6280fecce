/** Calendar days in the person's zone. Days are counted on the calendar: a clock change makes one longer. */
import { dayOf } from "./format.js";
import { locale } from "./locale.js";

/** Midnight so many days after the midnight before a moment. */
export function addDays(at: number, days: number): number {
  const date = new Date(dayOf(at));
  return date.setDate(date.getDate() + days);
}

/** Midnight at which the week around a moment began, as weeks begin where the language is spoken. */
export function weekOf(at: number): number {
  const since = (new Date(at).getDay() - firstDay() + 7) % 7;
  return addDays(at, -since);
}

/** The day a week begins with: 0 is Sunday. */
function firstDay(): number {
  const known = new Intl.Locale(locale) as Intl.Locale & {
    getWeekInfo?: () => { firstDay: number };
    weekInfo?: { firstDay: number };
  };
  // Where the browser does not know, Monday, as ISO 8601 has it.
  return (known.getWeekInfo?.() ?? known.weekInfo ?? { firstDay: 1 }).firstDay % 7;
}
