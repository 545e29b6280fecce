import type { Words } from "../words.js";

export const calendar: Words["calendar"] = {
  empty: ["Keine Termine", "In einer Unterhaltung vereinbarte Termine erscheinen hier."],
};
