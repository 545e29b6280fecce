import type { Words } from "../words.js";

export const contacts: Words["contacts"] = {
  empty: ["Noch keine Kontakte", "Wer Ihnen schreibt, erscheint hier."],
};
