/** The moments a conversation is usually put off to. */

/** A moment with the name that the tables of words know it by. */
export interface SnoozeTime {
  name: "later" | "tomorrow" | "monday";
  /** In milliseconds since 1970. */
  until: number;
}

const HOUR = 3_600_000;
/** When a working day begins, by the person's clock. */
const MORNING = 9;

/** What can be chosen at `now`, soonest first; each of them is another moment. */
export function snoozeTimes(now: number): SnoozeTime[] {
  const later = Math.ceil((now + 3 * HOUR) / (HOUR / 2)) * (HOUR / 2);
  const times: SnoozeTime[] = [];
  if (new Date(later).getDate() === new Date(now).getDate()) {
    times.push({ name: "later", until: later });
  }
  const tomorrow = morning(now, 1);
  times.push({ name: "tomorrow", until: tomorrow });
  // On a Sunday the next Monday is tomorrow already.
  const monday = morning(now, (8 - new Date(now).getDay()) % 7 || 7);
  if (monday !== tomorrow) times.push({ name: "monday", until: monday });
  return times;
}

/** Nine o'clock some days after the day of `now`. */
function morning(now: number, days: number): number {
  const day = new Date(now);
  day.setDate(day.getDate() + days);
  return day.setHours(MORNING, 0, 0, 0);
}
