import type { Words } from "../words.js";

export const contacts: Words["contacts"] = {
  empty: ["لا توجد جهات اتصال بعد", "يظهر هنا كل من يراسلك."],
};
