import type { Words } from "../words.js";

export const pipeline: Words["pipeline"] = {
  empty: ["Keine Verkaufschancen", "Verkaufschancen Ihrer Kontakte erscheinen hier, nach Stufe."],
};
