/** How much is exchanged with a contact: numbers, and a small chart of the last weeks. */
import { html, nothing, svg, type TemplateResult } from "lit";
import { ago } from "../common/format.js";
import { perLocale } from "../common/locale.js";
import type { Engagement } from "../common/types.js";
import { profile as words } from "../strings/en/profile.js";

const day = perLocale((tag) => new Intl.DateTimeFormat(tag, { month: "short", day: "numeric" }));

/** The chart's measures, in its own units. */
const BAR = 14;
const GAP = 6;
const HEIGHT = 40;

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

const inUnit = (n: number, unit: "minute" | "hour" | "day"): string =>
  units[unit]().format(Math.max(1, Math.round(n)));
const unitFormat = (unit: string): (() => Intl.NumberFormat) =>
  perLocale((tag) => new Intl.NumberFormat(tag, { style: "unit", unit, unitDisplay: "long" }));
const units = { minute: unitFormat("minute"), hour: unitFormat("hour"), day: unitFormat("day") };

/** A stretch of time in its largest unit: `5 minutes`, `3 hours`, `2 days`. */
export function durationText(ms: number): string {
  if (ms < HOUR) return inUnit(ms / MINUTE, "minute");
  return ms < 2 * DAY ? inUnit(ms / HOUR, "hour") : inUnit(ms / DAY, "day");
}

/** The section of the profile. */
export function engagementSection(engagement: Engagement): TemplateResult {
  const { level, inbound, outbound, calls, firstResponse, lastAt, complete } = engagement;
  const look = { none: "", low: "", medium: "accent", high: "success" }[level];
  return html`<section>
    <h3 class="line">
      <span class="grow">${words().engagement}</span>
      <span class="chip ${look}">${words().levels[level]}</span>
    </h3>
    ${chart(engagement)}
    <p class="small muted">
      ${words().received(inbound)} · ${words().sent(outbound)}
      ${calls > 0 ? html` · ${words().calls(calls)}` : nothing}
    </p>
    ${
      firstResponse === null
        ? nothing
        : html`<p class="small muted">${words().firstResponse(durationText(firstResponse))}</p>`
    }
    ${
      lastAt === null
        ? nothing
        : html`<p class="small muted">${words().lastActive}: ${ago(lastAt)}</p>`
    }
    ${complete ? nothing : html`<p class="small faint">${words().incomplete}</p>`}
  </section>`;
}

/** A bar a week: what came in at the bottom, what went out on top of it. */
function chart({ weeks }: Engagement): TemplateResult {
  const most = Math.max(1, ...weeks.map(({ inbound, outbound }) => inbound + outbound));
  const height = (n: number): number => (n / most) * HEIGHT;
  const sum = (of: "inbound" | "outbound"): number =>
    weeks.reduce((total, week) => total + week[of], 0);
  const width = weeks.length * (BAR + GAP) - GAP;
  return html`<svg
    class="chart"
    viewBox="0 0 ${width} ${HEIGHT + 1}"
    role="img"
    aria-label=${words().chart(sum("inbound"), sum("outbound"))}
  >
    ${weeks.map(({ from, inbound, outbound }, at) => {
      const x = at * (BAR + GAP);
      const low = height(inbound);
      const high = height(outbound);
      return svg`<g>
        <title>${words().weekOf(day().format(from), inbound, outbound)}</title>
        <rect class="ground" x=${x} y=${HEIGHT} width=${BAR} height="1"></rect>
        <rect class="in" x=${x} y=${HEIGHT - low} width=${BAR} height=${low}></rect>
        <rect class="out" x=${x} y=${HEIGHT - low - high} width=${BAR} height=${high}></rect>
      </g>`;
    })}
  </svg>`;
}
