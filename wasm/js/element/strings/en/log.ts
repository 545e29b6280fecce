import { table } from "../../common/strings.js";

/** Words of the view `log`. */
export const log = table("log", {
  empty: ["Nothing logged yet", "Topics, e-mails and tickets that are logged show up here."],
});
