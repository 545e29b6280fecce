import type { Words } from "../words.js";

export const log: Words["log"] = {
  empty: [
    "Noch nichts protokolliert",
    "Protokollierte Themen, E-Mails und Tickets erscheinen hier.",
  ],
};
