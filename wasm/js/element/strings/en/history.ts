import { plural } from "../../common/locale.js";
import { table } from "../../common/strings.js";

/** Words of the panel that shows a conversation's past. */
export const history = table("history", {
  title: "History",
  hint: "The conversation as it was. Nothing here can be changed.",
  moment: "Moment",
  compare: "Show what changed since",
  start: "the beginning",
  changed: "What changed",
  nothing: "Nothing changed between these moments.",
  asItWas: "As it was",
  items: (n: number) => plural(n, { one: "# entry", other: "# entries" }),
  none: ["No history here", "Open a conversation first."],
  status: "Status",
  owner: "Owner",
  emptyNote: "Empty note",
  deleted: "Deleted",
  by: (name: string, action: string) => `${name} ${action}`,
});
