import { table } from "../../common/strings.js";

/** Words of the view `contacts`. */
export const contacts = table("contacts", {
  empty: ["No contacts yet", "People who write to you show up here."],
});
