import { table } from "../../common/strings.js";

/** Words of the view `pipeline`. */
export const pipeline = table("pipeline", {
  empty: ["No opportunities", "Opportunities of your contacts show up here, by stage."],
});
