import { table } from "../../common/strings.js";

/** Words of the view `tasks`. */
export const tasks = table("tasks", {
  empty: ["No tasks yet", "Plan one from a conversation: press “t” there."],
});
