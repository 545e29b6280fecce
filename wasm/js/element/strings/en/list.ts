import { plural } from "../../common/locale.js";
import { table } from "../../common/strings.js";

/** Words of what narrows the inbox list, and of what is done to many conversations at once. */
export const list = table("list", {
  narrow: "Narrow the list",
  any: "Any",
  channel: "Channel",
  type: "Contact type",
  owner: "Owner",
  team: "Team",
  tag: "Tag",
  priority: "Priority",
  sort: "Order",
  sorts: {
    newest: "Newest first",
    oldest: "Oldest first",
    waiting: "Waiting longest",
    priority: "Most urgent",
  },
  clear: "Show all",
  views: "Views",
  saveView: "Save as a view",
  viewName: "Name of the view",
  shared: "For everybody",
  sharedBy: (name: string) => `Shared by ${name}`,
  removeView: (name: string) => `Delete the view “${name}”`,
  saved: (name: string) => `View “${name}” saved`,
  removed: (name: string) => `View “${name}” deleted`,
  bulk: "What to do with the selection",
  selected: (n: number) => plural(n, { one: "# selected", other: "# selected" }),
  unselect: "Select none",
  close: "Close",
  assign: "Assign",
  tagThem: "Tag",
  snooze: "Snooze",
  star: "Star",
  read: "Mark as read",
  done: (n: number) =>
    plural(n, { one: "# conversation changed", other: "# conversations changed" }),
  nothing: "Nothing had to be changed",
  refused: (n: number, why: string) =>
    `${plural(n, { one: "# was left as it is", other: "# were left as they are" })}: ${why}`,
});
