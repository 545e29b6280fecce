import type { Words } from "../words.js";

export const calendar: Words["calendar"] = {
  empty: ["Keine Termine", "Termine, die in einer Unterhaltung gebucht werden, stehen hier."],
  agenda: "Agenda",
  day: "Tag",
  week: "Woche",
  range: "Zeitraum",
  today: "Heute",
  previous: "Früher",
  next: "Später",
  everybody: "Alle",
  member: "Wessen Kalender",
  due: "Fällige Aufgaben",
  nothing: "An diesem Tag nichts",
  now: "Jetzt",
  dueAt: (time) => `Fällig ${time}`,
  dueToday: "Fällig",
};
