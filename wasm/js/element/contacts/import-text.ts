/** What a file of contacts would do, in the order and the words in which a person looks at it. */
import type { ImportPlan, ImportRemark, ImportRow, ImportVerdict } from "../common/types.js";
import { contacts as words } from "../strings/en/contacts.js";

export const countOf = (plan: ImportPlan, verdict: ImportVerdict): number =>
  plan.rows.filter((row) => row.verdict === verdict).length;

/** The rows: those that are refused, those of which something is left out, and the others. */
export function noteworthyFirst(rows: readonly ImportRow[]): ImportRow[] {
  const rank = (row: ImportRow): number =>
    row.verdict === "refused" ? 0 : row.remarks.length > 0 ? 1 : 2;
  return [...rows].sort((one, other) => rank(one) - rank(other) || one.line - other.line);
}

/** Why something of a row is not taken in. */
export function reasonText({ reason, heading, line, stays }: ImportRemark): string {
  const { reasons, repeats, differs, theirs, theirsOnLine } = words().files;
  const told = (): string => {
    if (stays !== null) return reason === "differs" ? differs(stays) : theirs(stays);
    if (line !== null) return reason === "taken" ? theirsOnLine(line) : repeats(line);
    return reasons[reason];
  };
  return heading === null ? told() : `${heading}: ${told()}`;
}

/** Rows as a file of their own, to be mended and taken in. */
export function fileOf(head: string, rows: readonly ImportRow[]): string {
  const parts = [head, ...rows.map(({ source }) => source ?? "")];
  // What a program took for UTF-8 before, it shall again.
  return `\u{feff}${parts.filter((part) => part !== "").join("\r\n")}\r\n`;
}
