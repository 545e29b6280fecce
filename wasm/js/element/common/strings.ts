/** The words the widget shows, in the language that was chosen. */
import { shell } from "../strings/en/shell.js";
import type { Words } from "../strings/words.js";
import { locale, setLocale } from "./locale.js";

/**
 * The words of the shell. A live binding: read it when something is drawn, never keep a part of it.
 * One page shows one language, whatever number of inboxes it holds.
 */
export let strings: Words["shell"] = shell;
/** The words in another language than English, by table. */
let others: Partial<Words> = {};

/**
 * The words of a part that is loaded when it is needed, as a function that gives them in the language
 * of the moment. English comes with the part; the other languages are loaded as a whole.
 */
export function table<T>(name: keyof Words, english: T): () => T {
  return () => (others[name] as T | undefined) ?? english;
}

/** The words of a table in another language than English; nothing while English is spoken. */
export function translated<K extends keyof Words>(name: K): Words[K] | undefined {
  return others[name];
}

/** A word for a value, also for one that no table knows, such as a choice the workspace added. */
export function word(words: Readonly<Record<string, string>>, value: string): string {
  return words[value] ?? value.replaceAll("_", " ");
}

interface Language {
  /** The formats to use when only the language is known. */
  locale: string;
  load: () => Promise<Words>;
  rtl?: boolean;
}

const LANGUAGES: Record<string, Language> = {
  de: { locale: "de", load: async () => (await import("../strings/de/index.js")).german },
  ar: {
    locale: "ar",
    load: async () => (await import("../strings/ar/index.js")).arabic,
    rtl: true,
  },
};

/** Which way the words run. */
export function direction(): "ltr" | "rtl" {
  return LANGUAGES[languageOf(locale)]?.rtl ? "rtl" : "ltr";
}

let wanted = "";

/**
 * Switches every part on the page to a language, given as BCP 47; English where there is no table for
 * it. Rejects, and changes nothing, when the words cannot be loaded.
 */
export async function speak(tag: string): Promise<void> {
  wanted = tag;
  const language = LANGUAGES[languageOf(tag)];
  const words = (await language?.load()) ?? { shell };
  if (wanted !== tag) return;
  const known = language !== undefined || languageOf(tag) === "en";
  const next = known && tag.includes("-") && isTag(tag) ? tag : (language?.locale ?? "en-GB");
  if (next === locale) return;
  setLocale(next);
  strings = words.shell;
  others = words;
  for (const part of listening) part.requestUpdate();
}

/** Parts on the page, which are drawn anew when the language changes. */
const listening = new Set<{ requestUpdate(): void }>();

/** Draws a part anew whenever the language changes, until {@link unlisten}. */
export function listen(part: { requestUpdate(): void }): void {
  listening.add(part);
}

/** Ends {@link listen}. */
export function unlisten(part: { requestUpdate(): void }): void {
  listening.delete(part);
}

function languageOf(tag: string): string {
  return tag.toLowerCase().split("-", 1)[0] ?? "";
}

function isTag(tag: string): boolean {
  try {
    return Intl.getCanonicalLocales(tag).length === 1;
  } catch {
    return false;
  }
}
