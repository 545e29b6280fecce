/** The language of the words, and what follows from it: digits, plural forms, formats. */

/** As BCP 47 writes it, such as `de-AT`. `strings.ts` sets it together with the words. */
export let locale = "en-GB";

/** @internal Only `speak` of `strings.ts` calls it, so that formats and words never disagree. */
export function setLocale(tag: string): void {
  locale = tag;
}

/** Something that is costly to make and depends on the language, such as a format. */
export function perLocale<T>(make: (locale: string) => T): () => T {
  let made: { locale: string; value: T } | undefined;
  return () => {
    if (made?.locale !== locale) made = { locale, value: make(locale) };
    return made.value;
  };
}

const numbers = perLocale((tag) => new Intl.NumberFormat(tag));
const rules = perLocale((tag) => new Intl.PluralRules(tag));

/** A number with its groups of digits. */
export const number = (n: number): string => numbers().format(n);

/** A sentence in the forms its language has for different numbers; `#` stands for the number. */
export type Forms = Partial<Record<Intl.LDMLPluralRule, string>> & { other: string };

/** The form of a sentence for a number. */
export function plural(n: number, forms: Forms): string {
  return (forms[rules().select(n)] ?? forms.other).replace("#", number(n));
}
