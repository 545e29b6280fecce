// @ts-check
// The shop's own records. They fit the mails in the sample workspace: the order numbers are the same.

/**
 * @typedef {"pack" | "sent" | "attention" | "delivered"} OrderStatus
 * @typedef {object} Order
 * @property {string} number
 * @property {string} customer
 * @property {string} items
 * @property {number} cents total in euro cents, VAT included
 * @property {OrderStatus} status
 * @property {number} minutesAgo minutes since it was placed
 */

/** What each order status is called. @type {Record<OrderStatus, string>} */
export const STATUSES = {
  attention: "Needs attention",
  pack: "To pack",
  sent: "On its way",
  delivered: "Delivered",
};

/**
 * @param {string} number
 * @param {string} customer
 * @param {string} items
 * @param {number} cents
 * @param {OrderStatus} status
 * @param {number} minutesAgo
 * @returns {Order}
 */
const order = (number, customer, items, cents, status, minutesAgo) => ({
  number,
  customer,
  items,
  cents,
  status,
  minutesAgo,
});

const HOUR = 60;
const DAY = 24 * HOUR;

/** Newest first. @type {readonly Order[]} */
export const ORDERS = [
  order("F-10489", "Wendel Aalbers", "Tideline marbled paper × 3", 4350, "pack", 34),
  order("F-10488", "Roza Petrova", "Marlow A5 plain, blue", 2250, "pack", 95),
  order("F-10487", "Carmen Ortega", "Drover sketchbook A5", 2400, "pack", 2 * HOUR),
  order("F-10485", "Theo Lindqvist", "Paste brush, bone folder", 3120, "pack", 5 * HOUR),
  order("F-10483", "Sato Misaki", "Tideline marbled paper × 10, flat", 16900, "sent", 9 * HOUR),
  order("F-10482", "Hannah Brandt", "Heron linen guest book, blue", 6800, "attention", 10 * DAY),
  order("F-10479", "Luca Ferri", "Archive box, medium", 4200, "attention", 2 * DAY),
  order("F-10476", "Amara Nwosu", "Swallowtail letter set, gift note", 3850, "sent", 15 * HOUR),
  order("F-10471", "Noor Visser", "Desk pad, grey", 5400, "attention", 3 * DAY),
  order("F-10466", "נועם לוי", "Harrow weekly planner × 2", 5900, "pack", 2 * DAY),
  order("F-10458", "Gwen Abbott", "Paper Club, yearly", 18000, "delivered", 5 * DAY),
  order(
    "F-10447",
    "Margaret Ellison",
    "Harrow planner, last year's paper",
    0,
    "delivered",
    6 * DAY,
  ),
  order("F-10431", "Maya Rosenfeld", "Marlow A6 × 2", 3800, "delivered", 8 * DAY),
  order("F-10412", "Hugo Lemaire", "Ivory laid 120 g, 200 sheets", 7600, "delivered", 9 * DAY),
  order("F-10398", "Stefan Kowalczyk", "Swallowtail envelopes × 2", 4690, "delivered", 9 * DAY),
  order("F-10377", "Zofia Maj", "Letterpress birthday set", 2950, "delivered", 22 * DAY),
];

/** `cover` names the drawing in products.css. */
export const PRODUCTS = [
  { name: "Marlow notebook A5", cover: "blue", price: "€ 22.50", stock: "41 in stock" },
  {
    name: "Marlow notebook A5, red",
    cover: "red",
    price: "€ 22.50",
    stock: "16 in stock, 8 on the bench",
  },
  { name: "Drover sketchbook A5", cover: "flax", price: "€ 24.00", stock: "27 in stock" },
  { name: "Harrow weekly planner", cover: "green", price: "€ 29.50", stock: "12 in stock" },
  { name: "Heron guest book", cover: "slate", price: "€ 68.00", stock: "1 left, put by" },
  { name: "Tideline marbled paper", cover: "marbled", price: "€ 14.50", stock: "60 sheets" },
  { name: "School sketchbook", cover: "ochre", price: "€ 8.00", stock: "34, and 12 crooked" },
  { name: "Archive box, medium", cover: "grey", price: "€ 42.00", stock: "9 in stock" },
];

/** `weekday` counts from Sunday, 0; `week` 0 is the next such day that is not today. */
export const WORKSHOPS = [
  {
    title: "Marbling evening",
    teacher: "Mira and guests",
    weekday: 4,
    week: 0,
    time: "19:00",
    booked: 8,
    places: 8,
  },
  {
    title: "Coptic binding",
    teacher: "Mira Lindqvist",
    weekday: 6,
    week: 0,
    time: "10:00",
    booked: 7,
    places: 8,
  },
  {
    title: "Marbling evening",
    teacher: "Mira and guests",
    weekday: 4,
    week: 1,
    time: "19:00",
    booked: 5,
    places: 8,
  },
  {
    title: "Studio Halden, long stitch",
    teacher: "Mira, Joost",
    weekday: 5,
    week: 1,
    time: "14:00",
    booked: 12,
    places: 12,
  },
  {
    title: "Box making for beginners",
    teacher: "Lies Bakhuis",
    weekday: 0,
    week: 2,
    time: "10:00",
    booked: 3,
    places: 6,
  },
  {
    title: "Japanese stab binding",
    teacher: "Mira Lindqvist",
    weekday: 6,
    week: 3,
    time: "10:00",
    booked: 2,
    places: 8,
  },
];

/** The best customers first. */
export const CUSTOMERS = [
  { name: "North Pier Books", kind: "Wholesale", place: "Whitby", orders: 11, cents: 638450 },
  { name: "Museum of the River", kind: "Wholesale", place: "Dordrecht", orders: 4, cents: 412600 },
  { name: "Harbour Row Gifts", kind: "Seasonal", place: "Cobh", orders: 2, cents: 71200 },
  { name: "Gwen Abbott", kind: "Paper Club", place: "Hexham", orders: 9, cents: 60350 },
  { name: "Brightwater School", kind: "School", place: "Ripon", orders: 3, cents: 58700 },
  { name: "Oskar Nyström", kind: "Bindery, R-0188", place: "Gävle", orders: 1, cents: 54000 },
  { name: "Hugo Lemaire", kind: "Shop", place: "Liège", orders: 6, cents: 31940 },
  { name: "Margaret Ellison", kind: "Shop", place: "York", orders: 7, cents: 20650 },
  { name: "Hannah Brandt", kind: "Shop", place: "Hamburg", orders: 1, cents: 6800 },
  { name: "Marchetti Libri", kind: "Wholesale, new", place: "Bologna", orders: 0, cents: 0 },
];
