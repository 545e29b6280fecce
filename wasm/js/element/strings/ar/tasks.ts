import type { Words } from "../words.js";

export const tasks: Words["tasks"] = {
  empty: ["لا توجد مهام بعد", "خطّط لمهمة من داخل محادثة: اضغط «t» هناك."],
};
