import type { Changed } from "../../client/events.js";
import type { Conflict } from "./types.js";

/** What a change left in conflict: the fields, by the thing they belong to. Settled things come with none. */
export function conflictsOf({ doc, items, header, contact }: Changed): [string, string[]][] {
  const fields = (conflicts: Conflict[]): string[] => conflicts.map(({ field }) => field);
  const found: [string, string[]][] = items.flatMap((item) =>
    item.kind === "task" || item.kind === "topic"
      ? [[item.value.id, fields(item.value.conflicts)]]
      : [],
  );
  const whole = header ?? contact;
  if (whole) found.push([doc, fields(whole.conflicts)]);
  return found;
}
