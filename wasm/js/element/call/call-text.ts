/** What of a call is shown as text. */
import { perLocale } from "../common/locale.js";

const minutes = perLocale(
  (tag) => new Intl.NumberFormat(tag, { style: "unit", unit: "minute", unitDisplay: "short" }),
);
const seconds = perLocale(
  (tag) => new Intl.NumberFormat(tag, { style: "unit", unit: "second", unitDisplay: "short" }),
);

/** How long a call took, from seconds: `4 mins 5 secs`. */
export function durationText(total: number): string {
  const whole = Math.floor(total / 60);
  const rest = total % 60;
  const parts = [
    ...(whole > 0 ? [minutes().format(whole)] : []),
    ...(rest > 0 || whole === 0 ? [seconds().format(rest)] : []),
  ];
  return parts.join(" ");
}

/** The address of a recording, unless it could do more than lead somewhere. */
export function safeLink(address: string | undefined): string | undefined {
  return address && /^https?:\/\//i.test(address) ? address : undefined;
}
