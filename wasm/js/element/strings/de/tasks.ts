import type { Words } from "../words.js";

export const tasks: Words["tasks"] = {
  empty: ["Noch keine Aufgaben", "Planen Sie eine aus einer Unterhaltung: dort „t“ drücken."],
};
