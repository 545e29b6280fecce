import type { Words } from "../words.js";

export const pipeline: Words["pipeline"] = {
  empty: ["لا توجد فرص", "تظهر هنا فرص جهات الاتصال حسب المرحلة."],
};
