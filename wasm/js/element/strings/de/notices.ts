import type { Words } from "../words.js";

export const notices: Words["notices"] = {
  empty: [
    "Nichts Neues",
    "Erwähnungen, Antworten und Aufgaben, die auf Sie warten, erscheinen hier.",
  ],
  kinds: {
    mention: "Sie wurden erwähnt",
    assigned: "Aufgabe für Sie",
    overdue: "Überfällige Aufgabe",
    due_soon: "Bald fällig",
    reply: "Neue Nachricht",
    unsnoozed: "Zurück im Posteingang",
    appointment: "Beginnt bald",
  },
};
