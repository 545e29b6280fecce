/** What a file of contacts would do, in the order and the words in which a person looks at it. */
import type { ImportPlan, ImportRemark, ImportRow, ImportVerdict } from "../common/types.js";
import { contacts as words } from "../strings/en/contacts.js";

/** Whether a row changes anything. */
export const isToDo = ({ verdict }: ImportRow): boolean => verdict === "new" || verdict === "fill";

export const countOf = (plan: ImportPlan, verdict: ImportVerdict): number =>
  plan.rows.filter((row) => row.verdict === verdict).length;

/** The rows: those that are refused, those of which something is left out, and the others. */
export function noteworthyFirst(rows: readonly ImportRow[]): ImportRow[] {
  const rank = (row: ImportRow): number =>
    row.verdict === "refused" ? 0 : row.remarks.length > 0 ? 1 : 2;
  return [...rows].sort((one, other) => rank(one) - rank(other) || one.line - other.line);
}

/** Why something of a row is not taken in. */
export function reasonText({ reason, heading, line }: ImportRemark): string {
  const { reasons, repeats } = words().files;
  const text = line === null ? reasons[reason] : repeats(line);
  return heading === null ? text : `${heading}: ${text}`;
}

/** The refused rows as a file of their own, to be mended and taken in. */
export function refusedRows(plan: ImportPlan): string {
  const rows = plan.rows.filter(({ verdict }) => verdict === "refused");
  const parts = [plan.head, ...rows.map(({ source }) => source ?? "")];
  // What a program took for UTF-8 before, it shall again.
  return `\u{feff}${parts.filter((part) => part !== "").join("\r\n")}\r\n`;
}
