/** The offsets of a time zone, which the core takes as data: it carries no table of zones. */

const HOUR = 3_600_000;
const MINUTE = 60_000;

/** From a moment on (milliseconds), so many minutes ahead of UTC. */
export interface Offset {
  from: number;
  offset: number;
}

/** A zone's offsets over a stretch of time, in order; the first is in force at its beginning. */
export function offsetsOf(zone: string, from: number, to: number): Offset[] {
  const offset = reader(zone);
  const offsets = [{ from, offset: offset(from) }];
  for (let at = from; at < to; at += 24 * HOUR) {
    const next = Math.min(to, at + 24 * HOUR);
    if (offset(next) === offset(at)) continue;
    // Clocks change on a whole minute: halve the day until the change is found.
    let [before, after] = [at, next];
    while (after - before > MINUTE) {
      const middle = Math.ceil((before + after) / 2 / MINUTE) * MINUTE;
      if (middle >= after) break;
      if (offset(middle) === offset(before)) before = middle;
      else after = middle;
    }
    offsets.push({ from: after, offset: offset(after) });
  }
  return offsets;
}

/** Reads a zone's offset in minutes at a moment; UTC for a zone the browser does not know. */
function reader(zone: string): (at: number) => number {
  const parts = format(zone);
  return (at) => {
    const read: Record<string, number> = {};
    for (const { type, value } of parts.formatToParts(at)) read[type] = Number(value);
    const { year = 0, month = 1, day = 1, hour = 0, minute = 0 } = read;
    const local = Date.UTC(year, month - 1, day, hour, minute);
    return Math.round((local - Math.floor(at / MINUTE) * MINUTE) / MINUTE);
  };
}

function format(zone: string): Intl.DateTimeFormat {
  const fields = {
    calendar: "iso8601",
    numberingSystem: "latn",
    hourCycle: "h23",
    year: "numeric",
    month: "numeric",
    day: "numeric",
    hour: "numeric",
    minute: "numeric",
  } as const;
  try {
    return new Intl.DateTimeFormat("en", { ...fields, timeZone: zone });
  } catch {
    return new Intl.DateTimeFormat("en", { ...fields, timeZone: "UTC" });
  }
}

/** The moment at which a zone's clocks show a day (`YYYY-MM-DD`) and time (`HH:MM`). */
export function momentIn(zone: string, day: string, time: string): number {
  const wall = Date.parse(`${day}T${time}Z`);
  if (Number.isNaN(wall)) return Number.NaN;
  const offset = reader(zone);
  // The offset is that of the moment, which is not known yet: the second guess is right but for the
  // hour that a clock change skips, where it is the hour after.
  const guess = wall - offset(wall) * MINUTE;
  return wall - offset(guess) * MINUTE;
}

/** What a zone's clocks show at a moment, as date and time fields have it. */
export function wallIn(zone: string, at: number): { day: string; time: string } {
  const text = new Date(at + reader(zone)(at) * MINUTE).toISOString();
  return { day: text.slice(0, 10), time: text.slice(11, 16) };
}
