import { table } from "../../common/strings.js";

/** Words of the view `calendar`. */
export const calendar = table("calendar", {
  empty: ["No appointments", "Appointments booked in a conversation show up here."],
});
