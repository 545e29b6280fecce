/** Amounts of money: the core keeps them in the currency's smallest unit. */
import { locale } from "../common/locale.js";
import type { Money } from "../common/types.js";

const formats = new Map<string, Intl.NumberFormat>();

function formatOf(currency: string): Intl.NumberFormat {
  const key = `${locale} ${currency}`;
  let format = formats.get(key);
  if (!format) {
    format = new Intl.NumberFormat(locale, { style: "currency", currency });
    formats.set(key, format);
  }
  return format;
}

/** How many digits a currency has behind the point: 2 for EUR, 0 for JPY. */
export function digitsOf(currency: string): number {
  return formatOf(currency).resolvedOptions().maximumFractionDigits ?? 2;
}

/** An amount as people read it, `€1,299.00`. */
export function moneyText({ amount, currency }: Money): string {
  return formatOf(currency).format(amount / 10 ** digitsOf(currency));
}

/** An amount as a field of type `number` writes it, `1299.00`. */
export function amountText({ amount, currency }: Money): string {
  const digits = digitsOf(currency);
  return (amount / 10 ** digits).toFixed(digits);
}

/** Reads {@link amountText} back; undefined for what is no amount of a currency. */
export function parseMoney(text: string, currency: string): Money | undefined {
  if (!/^\d+(\.\d+)?$/.test(text) || !/^[A-Z]{3}$/.test(currency)) return undefined;
  return { amount: Math.round(Number(text) * 10 ** digitsOf(currency)), currency };
}

/** Reads an amount as the core writes it into its audit trail, `129900 EUR`. */
export function storedMoney(text: string): Money | undefined {
  const [, amount, currency] = /^(\d+) ([A-Z]{3})$/.exec(text) ?? [];
  return amount && currency ? { amount: Number(amount), currency } : undefined;
}
