/** Minutes after midnight, as fields of type `time` write them. */

const DAY = 24 * 60;

/** `09:30` for 570. The end of the day is midnight, which a time field writes as `00:00`. */
export function timeOf(minutes: number): string {
  const pad = (n: number): string => String(n).padStart(2, "0");
  return `${pad(Math.floor((minutes % DAY) / 60))}:${pad(minutes % 60)}`;
}

/** 570 for `09:30`; undefined for what is no time. Midnight is the day's end where a stretch ends. */
export function minutesOf(time: string, end: "from" | "to"): number | undefined {
  const [, hour, minute] = /^(\d\d):(\d\d)/.exec(time) ?? [];
  if (hour === undefined || minute === undefined) return undefined;
  const minutes = Number(hour) * 60 + Number(minute);
  return minutes === 0 && end === "to" ? DAY : minutes;
}
