import { table } from "../../common/strings.js";

/** Words of the view `calendar`. */
export const calendar = table("calendar", {
  empty: ["No appointments", "Appointments booked in a conversation show up here."],
  agenda: "Agenda",
  day: "Day",
  week: "Week",
  range: "Shown",
  today: "Today",
  previous: "Earlier",
  next: "Later",
  everybody: "Everybody",
  member: "Whose calendar",
  due: "Due tasks",
  nothing: "Nothing on this day",
  now: "Now",
  dueAt: (time: string) => `Due ${time}`,
  dueToday: "Due",
});
