/** Times, names and initials as people read them. Everything follows the language of the words. */
import { AsyncDirective, directive } from "lit/async-directive.js";
import { html, type TemplateResult } from "lit";
import { locale, perLocale } from "./locale.js";

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

const dates = (options: Intl.DateTimeFormatOptions): (() => Intl.DateTimeFormat) =>
  perLocale((tag) => new Intl.DateTimeFormat(tag, options));

const relative = perLocale(
  (tag) => new Intl.RelativeTimeFormat(tag, { numeric: "auto", style: "narrow" }),
);
const relativeDay = perLocale((tag) => new Intl.RelativeTimeFormat(tag, { numeric: "auto" }));
const clockTime = dates({ hour: "2-digit", minute: "2-digit" });
const weekday = dates({ weekday: "short" });
const monthDay = dates({ month: "short", day: "numeric" });
const dayOfWeek = dates({ weekday: "short", month: "short", day: "numeric" });
const fullDay = dates({ weekday: "long", year: "numeric", month: "long", day: "numeric" });
const withYear = dates({ dateStyle: "medium" });
const moment = dates({
  weekday: "short",
  day: "numeric",
  month: "short",
  hour: "2-digit",
  minute: "2-digit",
});
const exact = dates({ dateStyle: "full", timeStyle: "medium" });
const listOf = perLocale((tag) => new Intl.ListFormat(tag, { type: "conjunction" }));

/** Midnight before a moment, in the person's zone. */
export function dayOf(at: number): number {
  return new Date(at).setHours(0, 0, 0, 0);
}

/**
 * How far away something is, short enough for a row: `now`, `5 min. ago`, `in 5 min.`, `14:05`,
 * `Mon`, `3 Mar`.
 */
export function agoText(at: number, now: number): string {
  // Towards zero: what is less than a minute away, before or behind, is now.
  const minutes = Math.trunc((at - now) / MINUTE);
  if (minutes === 0) return relative().format(0, "second");
  if (Math.abs(minutes) < 60) return relative().format(minutes, "minute");
  // Days are counted on the calendar; rounding absorbs the 23 and 25 hours of a clock change.
  const days = Math.abs(Math.round((dayOf(now) - dayOf(at)) / DAY));
  if (days === 0) return clockTime().format(at);
  if (days < 7) return weekday().format(at);
  return (days < 300 ? monthDay : withYear)().format(at);
}

/** The time of day. */
export function timeText(at: number): string {
  return clockTime().format(at);
}

/** A calendar day, far or near. */
export function dayText(at: number, now: number): string {
  const days = Math.round((dayOf(at) - dayOf(now)) / DAY);
  if (days >= -1 && days <= 1) {
    const text = relativeDay().format(days, "day");
    return text.charAt(0).toLocaleUpperCase(locale) + text.slice(1);
  }
  return (Math.abs(days) < 300 ? dayOfWeek : fullDay)().format(at);
}

/** A day and a time of it, near enough that the year goes without saying. */
export function momentText(at: number): string {
  return dayOf(at) === dayOf(Date.now()) ? timeText(at) : moment().format(at);
}

/** The moment to the second, for a hover text. */
export function exactText(at: number): string {
  return exact().format(at);
}

const kilobytes = perLocale(
  (tag) =>
    new Intl.NumberFormat(tag, { style: "unit", unit: "kilobyte", maximumFractionDigits: 0 }),
);
const megabytes = perLocale(
  (tag) =>
    new Intl.NumberFormat(tag, { style: "unit", unit: "megabyte", maximumFractionDigits: 1 }),
);

/** How large a file is, as people say it: a megabyte is 1024 kilobytes of 1024 bytes. */
export function fileSize(bytes: number): string {
  const kilo = Math.max(1, bytes / 1024);
  return kilo < 1024 ? kilobytes().format(kilo) : megabytes().format(kilo / 1024);
}

/** Names joined as a sentence does. */
export function namesText(names: string[]): string {
  return listOf().format(names);
}

/** Up to two letters for a picture that nobody uploaded. */
export function initials(name: string): string {
  const words = name.split(/[\s@._-]+/u).filter((word) => /^[\p{L}\p{N}]/u.test(word));
  const picked = words.length > 1 ? [words[0], words[words.length - 1]] : words;
  return (
    picked
      .map((word) => [...(word ?? "")][0] ?? "")
      .join("")
      .toLocaleUpperCase(locale) || "?"
  );
}

/** One of eight hues, the same for the same key everywhere. */
export function hue(key: string): string {
  let hash = 0;
  for (let i = 0; i < key.length; i += 1) hash = (hash * 31 + key.charCodeAt(i)) | 0;
  return `hue-${(hash >>> 0) % 8}`;
}

/** A round picture with initials. Decorative: the name stands beside it. */
export function avatar(name: string, key: string, size: "" | "tiny" = ""): TemplateResult {
  return html`<span class="avatar ${size} ${hue(key)}" aria-hidden="true">${initials(name)}</span>`;
}

/** Texts that change as time goes by. One timer serves all, and only while something shows one. */
const ticking = new Set<() => void>();
let timer: ReturnType<typeof setInterval> | undefined;

function watch(tick: () => void): void {
  ticking.add(tick);
  timer ??= setInterval(() => ticking.forEach((each) => each()), MINUTE / 2);
}

function unwatch(tick: () => void): void {
  ticking.delete(tick);
  if (ticking.size > 0) return;
  clearInterval(timer);
  timer = undefined;
}

class Ticking extends AsyncDirective {
  private text: (now: number) => string = () => "";
  private shown = "";

  private readonly tick = (): void => {
    const text = this.text(Date.now());
    if (text !== this.shown) this.setValue((this.shown = text));
  };

  override render(text: (now: number) => string): string {
    this.text = text;
    if (this.isConnected) watch(this.tick);
    return (this.shown = text(Date.now()));
  }

  protected override disconnected(): void {
    unwatch(this.tick);
  }

  protected override reconnected(): void {
    watch(this.tick);
    this.tick();
  }
}

/** Text that is worked out again as time goes by. */
export const overTime = directive(Ticking);

/** A moment, gone or to come, as `<time>`: relative, kept current, with the exact time on hover. */
export function ago(at: number): TemplateResult {
  return html`<time dir="auto" datetime=${new Date(at).toISOString()} title=${exactText(at)}
    >${overTime((now: number) => agoText(at, now))}</time
  >`;
}

/** A moment as `<time>`: the time of day. */
export function timeOfDay(at: number): TemplateResult {
  return html`<time dir="auto" datetime=${new Date(at).toISOString()} title=${exactText(at)}
    >${timeText(at)}</time
  >`;
}
