import type { Words } from "../words.js";

export const log: Words["log"] = {
  empty: ["لم يُسجَّل شيء بعد", "تظهر هنا المواضيع والرسائل والتذاكر المسجَّلة."],
};
