import { plural } from "../../common/locale.js";
import type { Words } from "../words.js";

export const history: Words["history"] = {
  title: "Verlauf",
  hint: "Die Unterhaltung, wie sie war. Hier lässt sich nichts ändern.",
  moment: "Zeitpunkt",
  compare: "Änderungen zeigen seit",
  start: "dem Anfang",
  changed: "Was sich geändert hat",
  nothing: "Zwischen diesen Zeitpunkten hat sich nichts geändert.",
  asItWas: "Wie sie war",
  items: (n) => plural(n, { one: "# Eintrag", other: "# Einträge" }),
  none: ["Kein Verlauf", "Öffne zuerst eine Unterhaltung."],
  status: "Status",
  owner: "Zuständig",
  emptyNote: "Leere Notiz",
  deleted: "Gelöscht",
  by: (name, action) => `${name} ${action}`,
};
