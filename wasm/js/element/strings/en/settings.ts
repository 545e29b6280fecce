import { table } from "../../common/strings.js";

/** Words of the view `settings`. */
export const settings = table("settings", {
  empty: ["Nothing to set up", ""],
});
