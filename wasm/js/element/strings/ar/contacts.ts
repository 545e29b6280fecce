import { plural } from "../../common/locale.js";
import type { Words } from "../words.js";

export const contacts: Words["contacts"] = {
  empty: ["لا جهات اتصال بعد", "يظهر هنا من يكتبون إليكم."],
  nothing: ["لم يُعثر على أحد", "جرّب كلمات أقل أو مرشحًا آخر."],
  none: ["لم تُحدد جهة اتصال", "اختر واحدة من القائمة أو تنقّل بـ j وk."],
  new: "جهة اتصال جديدة",
  search: "البحث في جهات الاتصال",
  type: "النوع",
  everyType: "كل الأنواع",
  status: "الحالة",
  listed: "نشطة",
  tag: "الوسم",
  everyTag: "كل الوسوم",
  sort: "الترتيب",
  sorts: { name: "الاسم", recent: "الأحدث" },
  count: (n) =>
    plural(n, {
      zero: "لا جهات اتصال",
      one: "جهة اتصال واحدة",
      two: "جهتا اتصال",
      few: "# جهات اتصال",
      many: "# جهة اتصال",
      other: "# جهة اتصال",
    }),
  conversations: (n) =>
    plural(n, {
      zero: "لا محادثات",
      one: "محادثة واحدة",
      two: "محادثتان",
      few: "# محادثات",
      many: "# محادثة",
      other: "# محادثة",
    }),
  list: "جهات الاتصال",
  more: "عرض المزيد",
  newConversation: "محادثة جديدة",
  back: "العودة إلى جهات الاتصال",
};
