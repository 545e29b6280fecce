import { plural } from "../../common/locale.js";
import type { Words } from "../words.js";

export const contacts: Words["contacts"] = {
  empty: ["Noch keine Kontakte", "Wer euch schreibt, erscheint hier."],
  nothing: ["Niemand gefunden", "Versuche weniger Wörter oder einen anderen Filter."],
  none: ["Kein Kontakt gewählt", "Wähle einen aus der Liste oder gehe mit j und k."],
  new: "Neuer Kontakt",
  search: "Kontakte suchen",
  type: "Art",
  everyType: "Jede Art",
  status: "Status",
  listed: "Aktiv",
  tag: "Schlagwort",
  everyTag: "Jedes Schlagwort",
  sort: "Sortierung",
  sorts: { name: "Name", recent: "Zuletzt" },
  count: (n) => plural(n, { one: "# Kontakt", other: "# Kontakte" }),
  conversations: (n) => plural(n, { one: "# Unterhaltung", other: "# Unterhaltungen" }),
  list: "Kontakte",
  more: "Mehr zeigen",
  newConversation: "Neue Unterhaltung",
  back: "Zurück zu den Kontakten",
};
