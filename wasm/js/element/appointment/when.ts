/** When an appointment takes place, between the fields a person fills in, the value the core takes, and words. */
import { dayText } from "../common/format.js";
import { locale, perLocale } from "../common/locale.js";
import type { TimeSpan } from "../common/types.js";
import { momentIn, wallIn } from "../common/zone.js";

/** The zone the person is in, by its IANA name. */
export const ownZone = (): string => Intl.DateTimeFormat().resolvedOptions().timeZone;

const clock = perLocale(
  (tag) => new Intl.DateTimeFormat(tag, { hour: "2-digit", minute: "2-digit" }),
);

/** What the fields of a form show. */
export interface WhenFields {
  day: string;
  from: string;
  to: string;
  zone: string;
}

/** The fields for a span, as the clocks of its zone have it. */
export function fieldsOfSpan({ start, end, zone }: TimeSpan): WhenFields {
  const { day, time } = wallIn(zone, start);
  return { day, from: time, to: wallIn(zone, end).time, zone };
}

/** The fields of an appointment that is begun to be booked: the next full hour, for an hour. */
export function nextHour(now: number): WhenFields {
  const start = new Date(now);
  start.setHours(start.getHours() + 1, 0, 0, 0);
  const at = start.getTime();
  return fieldsOfSpan({ start: at, end: at + 3_600_000, zone: ownZone() });
}

/**
 * The span that fields say; `undefined` where a day or a time is missing. An end that is before its
 * start stays so: the core refuses it, and says why.
 */
export function spanOf({ day, from, to, zone }: WhenFields): TimeSpan | undefined {
  const start = momentIn(zone, day, from);
  const end = momentIn(zone, day, to);
  return Number.isNaN(start) || Number.isNaN(end) ? undefined : { start, end, zone };
}

/** Reads the stored form, in which a conflict lists its values; `undefined` where it is not one. */
export function parseSpan(text: string): TimeSpan | undefined {
  const [, from = "", to = "", zone = ""] = /^([^/]+)\/([^[]+)\[([^\]]+)\]$/.exec(text) ?? [];
  const [start, end] = [Date.parse(from), Date.parse(to)];
  return Number.isNaN(start) || Number.isNaN(end) ? undefined : { start, end, zone };
}

/** From when to when, on the person's clock: `14:00–15:00`. */
export function hoursText({ start, end }: { start: number; end: number }): string {
  return clock().formatRange(start, end);
}

/** Day and hours on the person's clock: `Tomorrow, 14:00–15:00`. */
export function spanText(when: TimeSpan, now: number): string {
  return `${dayText(when.start, now)}, ${hoursText(when)}`;
}

/** The hours on the clocks of the appointment's zone, where they differ from the person's; else empty. */
export function elsewhere({ start, end, zone }: TimeSpan): string {
  const there = wallIn(zone, start);
  const here = wallIn(ownZone(), start);
  if (there.day === here.day && there.time === here.time) return "";
  const format = new Intl.DateTimeFormat(locale, {
    hour: "2-digit",
    minute: "2-digit",
    timeZone: zone,
  });
  return `${format.formatRange(start, end)}, ${zoneText(zone)}`;
}

/** A zone's name for people: its place. */
export function zoneText(zone: string): string {
  return zone.replaceAll("_", " ");
}
