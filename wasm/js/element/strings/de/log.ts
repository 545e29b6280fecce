import type { Words } from "../words.js";

export const log: Words["log"] = {
  empty: [
    "Noch nichts protokolliert",
    "Halten Sie in einer Unterhaltung mit „c“ ein Thema fest: es erscheint hier.",
  ],
  narrowed: [
    "Kein Thema passt",
    "Entfernen Sie einen Filter, oder suchen Sie nach weniger Wörtern.",
  ],
  list: "Protokoll",
  search: "Protokoll durchsuchen",
  clear: "Filter entfernen",
  any: "Alle",
  anyone: "Alle Personen",
  status: "Status",
  owner: "Zuständig",
  origin: "Festgehalten aus",
  from: "Von",
  to: "Bis",
  origins: {
    manual: "Von Hand",
    task: "Aufgabe",
    email: "E-Mail",
    ticket: "Ticket",
    flow: "Automatik",
  },
  more: "Weitere Felder",
  edit: "Thema bearbeiten",
  start: "Begann",
  end: "Endete",
  firstMessage: "Erste Nachricht",
  lastMessage: "Letzte Nachricht",
  noMessage: "Keine Nachricht",
  reference: "Ticket oder Referenz",
  pickHint: "Wählen Sie die Nachrichten, um die es geht: hier, oder neben ihnen in der Zeitleiste.",
  span: (from, to) => `${from} bis ${to}`,
};
