import { plural } from "../../common/locale.js";
import { table } from "../../common/strings.js";

/** Words of the view `contacts`. */
export const contacts = table("contacts", {
  empty: ["No contacts yet", "People who write to you show up here."],
  nothing: ["Nobody found", "Try fewer words or another filter."],
  none: ["No contact selected", "Choose one from the list, or move with j and k."],
  new: "New contact",
  search: "Search contacts",
  type: "Type",
  everyType: "Every type",
  status: "Status",
  listed: "Active",
  tag: "Tag",
  everyTag: "Every tag",
  sort: "Sort",
  sorts: { name: "Name", recent: "Most recent" },
  count: (n: number) => plural(n, { one: "# contact", other: "# contacts" }),
  conversations: (n: number) => plural(n, { one: "# conversation", other: "# conversations" }),
  list: "Contacts",
  more: "Show more",
  newConversation: "New conversation",
  back: "Back to the contacts",
});
