import type { Words } from "../words.js";

export const notices: Words["notices"] = {
  empty: ["لا جديد", "تظهر هنا الإشارات والردود والمهام التي تنتظرك."],
  kinds: {
    mention: "أُشير إليك",
    assigned: "مهمة لك",
    overdue: "مهمة متأخرة",
    due_soon: "مستحقة قريبًا",
    reply: "رسالة جديدة",
    unsnoozed: "عادت إلى الوارد",
    appointment: "يبدأ قريبًا",
  },
};
