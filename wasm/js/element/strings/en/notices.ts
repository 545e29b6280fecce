import { table } from "../../common/strings.js";

/** Words of the panel of notifications. */
export const notices = table("notices", {
  empty: ["Nothing new", "Mentions, answers and tasks that wait for you show up here."],
  kinds: {
    mention: "You were mentioned",
    assigned: "Task for you",
    overdue: "Overdue task",
    due_soon: "Due soon",
    reply: "New message",
    unsnoozed: "Back in the inbox",
    appointment: "Starts soon",
  },
});
