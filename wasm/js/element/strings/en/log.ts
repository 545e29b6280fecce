import { table } from "../../common/strings.js";

/** Words of the view `log`, and of what a topic's card and form say beyond the shell's. */
export const log = table("log", {
  empty: ["Nothing logged yet", "Log a topic in a conversation with “c”: it shows up here."],
  narrowed: ["No topic is like that", "Remove a filter, or search for fewer words."],
  list: "Log",
  search: "Search the log",
  clear: "Remove filters",
  any: "All",
  anyone: "Anyone",
  status: "Status",
  owner: "Owner",
  origin: "Logged from",
  from: "From",
  to: "To",
  origins: {
    manual: "By hand",
    task: "Task",
    email: "E-mail",
    ticket: "Ticket",
    flow: "Automation",
  },
  more: "More fields",
  edit: "Edit topic",
  start: "Began",
  end: "Ended",
  firstMessage: "First message",
  lastMessage: "Last message",
  noMessage: "No message",
  reference: "Ticket or reference",
  pickHint: "Choose the messages it is about: here, or beside them in the timeline.",
  span: (from: string, to: string) => `${from} to ${to}`,
});
