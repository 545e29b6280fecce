/** How well a few typed letters fit a title. */

/**
 * A score, higher for a better fit; `undefined` where the letters do not occur in this order. Letters
 * that begin a word or follow each other count most, so that `nt` finds “New task” before “Note”.
 */
export function fit(typed: string, title: string): number | undefined {
  const letters = [...plain(typed).replaceAll(/\s+/g, "")];
  const text = [...plain(title)];
  let score = 0;
  let at = -1;
  for (const letter of letters) {
    const found = text.indexOf(letter, at + 1);
    if (found < 0) return undefined;
    const starts = found === 0 || !/[\p{L}\p{N}]/u.test(text[found - 1] ?? "");
    // A word's beginning further on is a better place than the middle of this one.
    const word = text.findIndex(
      (each, i) => i > at && each === letter && /\W/.test(text[i - 1] ?? ""),
    );
    const next = found === at + 1 || starts || word < 0 ? found : word;
    score += next === at + 1 ? 3 : starts || next === word ? 2 : 0;
    at = next;
  }
  return score - text.length / 100;
}

/** Without case and accents. */
function plain(text: string): string {
  return text.normalize("NFD").replaceAll(/\p{M}/gu, "").toLocaleLowerCase();
}
