/** Due dates between the two fields a person fills in, the value the core takes, and words. */
import { agoText, dayText, timeText } from "../common/format.js";
import { strings } from "../common/strings.js";
import type { Due } from "../common/types.js";

/** The zone the person is in, by its IANA name. */
const zone = (): string => Intl.DateTimeFormat().resolvedOptions().timeZone;

const two = (n: number): string => String(n).padStart(2, "0");

/** A moment's calendar day as a date field has it, in the person's zone. */
function dayField(at: number): string {
  const date = new Date(at);
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
}

/** What two fields show for a due date. Without a time the whole day counts. */
export function fieldsOf(due: Due | null | undefined): { day: string; time: string } {
  if (!due) return { day: "", time: "" };
  if (due.day) return { day: due.day, time: "" };
  const date = new Date(due.at);
  return { day: dayField(due.at), time: `${two(date.getHours())}:${two(date.getMinutes())}` };
}

/** The due date of a day (`YYYY-MM-DD`) and a time (`HH:MM`, or empty for the whole day). */
export function dueOf(day: string, time: string): Due | null {
  if (day === "") return null;
  if (time !== "") return { at: new Date(`${day}T${time}`).getTime(), zone: zone() };
  // The last millisecond before the next midnight, which is not always 24 hours after the first.
  const end = new Date(`${day}T00:00`);
  end.setDate(end.getDate() + 1);
  return { at: end.getTime() - 1, zone: zone(), day };
}

/** Reads the stored form, in which a conflict lists its values; `null` where it is not one. */
export function parseDue(text: string): Due | null {
  const parts = /^([^[]+)\[([^\]]+)\](?:\[_all-day=([^\]]+)\])?$/.exec(text);
  const at = Date.parse(parts?.[1] ?? "");
  if (!parts || Number.isNaN(at)) return null;
  return { at, zone: parts[2] ?? zone(), ...(parts[3] && { day: parts[3] }) };
}

/** When it is due, in words: `Tomorrow`, `Mon, 30 Nov, 14:00`. */
export function dueText(due: Due, now: number): string {
  if (due.day) return dayText(new Date(`${due.day}T00:00`).getTime(), now);
  return `${dayText(due.at, now)}, ${timeText(due.at)}`;
}

/** When it was due, in words, once that has passed. */
export function overdueText(due: Due, now: number): string {
  return `${strings.task.overdue}: ${due.day ? dueText(due, now) : agoText(due.at, now)}`;
}
