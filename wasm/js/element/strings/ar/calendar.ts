import type { Words } from "../words.js";

export const calendar: Words["calendar"] = {
  empty: ["لا مواعيد", "تظهر هنا المواعيد المحجوزة داخل المحادثات."],
  agenda: "جدول المواعيد",
  day: "يوم",
  week: "أسبوع",
  range: "المدة المعروضة",
  today: "اليوم",
  previous: "أسبق",
  next: "ألحق",
  everybody: "الجميع",
  member: "تقويم من",
  due: "مهام مستحقة",
  nothing: "لا شيء في هذا اليوم",
  now: "الآن",
  dueAt: (time) => `تستحق ${time}`,
  dueToday: "تستحق",
};
