import type { Words } from "../words.js";

export const calendar: Words["calendar"] = {
  empty: ["لا توجد مواعيد", "تظهر هنا المواعيد المحجوزة من المحادثات."],
};
