import { plural } from "../../common/locale.js";
import type { Words } from "../words.js";

export const history: Words["history"] = {
  title: "السجل",
  hint: "المحادثة كما كانت. لا يمكن تغيير شيء هنا.",
  moment: "اللحظة",
  compare: "عرض ما تغيّر منذ",
  start: "البداية",
  changed: "ما تغيّر",
  nothing: "لم يتغيّر شيء بين هاتين اللحظتين.",
  asItWas: "كما كانت",
  items: (n) =>
    plural(n, {
      zero: "لا عناصر",
      one: "عنصر واحد",
      two: "عنصران",
      few: "# عناصر",
      many: "# عنصرًا",
      other: "# عنصر",
    }),
  none: ["لا سجل هنا", "افتح محادثة أولًا."],
  status: "الحالة",
  owner: "المسؤول",
  emptyNote: "ملاحظة فارغة",
  deleted: "محذوف",
  by: (name, action) => `${name} ${action}`,
};
