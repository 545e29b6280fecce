// @ts-check
// The pages around the inbox. They only show the shop's records.
import { byId, make } from "./dom.js";
import { CUSTOMERS, ORDERS, PRODUCTS, STATUSES, WORKSHOPS } from "./shop.js";

const MINUTE_MS = 60_000;
const WEEK_MINUTES = 7 * 24 * 60;
const money = new Intl.NumberFormat("en-GB", { style: "currency", currency: "EUR" });
const today = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit" });
const earlier = new Intl.DateTimeFormat("en-GB", {
  weekday: "short",
  day: "numeric",
  month: "short",
});

/** Fills every page once; nothing on them changes but the filter of the orders. */
export function renderPages() {
  byId("orders").append(...ordersPage());
  byId("products").append(make("ul", { class: "products" }, ...PRODUCTS.map(productCard)));
  byId("workshops").append(workshopList());
  byId("customers").append(customersTable());
}

function ordersPage() {
  const rows = ORDERS.map((order) => ({ order, row: orderRow(order) }));
  const filters = make("fieldset", { class: "filters" }, make("legend", {}, "Show orders"));
  for (const [value, label] of [["all", "All"], ...Object.entries(STATUSES)]) {
    const count = ORDERS.filter(({ status }) => value === "all" || status === value).length;
    const input = /** @type {HTMLInputElement} */ (
      make("input", { type: "radio", name: "orders", value })
    );
    input.checked = value === "all";
    input.addEventListener("change", () => {
      for (const { order, row } of rows) row.hidden = value !== "all" && order.status !== value;
    });
    filters.append(make("label", {}, input, make("span", {}, label, make("b", {}, String(count)))));
  }
  const table = makeTable(
    ["Order", "Customer", "Items", "Status", "Placed", "Total"],
    rows.map(({ row }) => row),
  );
  return [ordersSummary(), filters, table];
}

function ordersSummary() {
  /** @param {import("./shop.js").OrderStatus} status */
  const count = (status) => String(ORDERS.filter((order) => order.status === status).length);
  const week = ORDERS.filter(({ minutesAgo }) => minutesAgo < WEEK_MINUTES);
  const takings = week.reduce((sum, { cents }) => sum + cents, 0);
  const facts = [
    ["To pack", count("pack"), "courier comes at 16:30"],
    ["Needs attention", count("attention"), "lost, damaged or wrong"],
    ["Orders, seven days", String(week.length), "one of them a replacement"],
    ["Takings, seven days", money.format(takings / 100), "VAT included"],
  ];
  return make(
    "dl",
    { class: "summary" },
    ...facts.map(([term, value, detail]) =>
      make("div", {}, make("dt", {}, term), make("dd", {}, value, make("small", {}, detail))),
    ),
  );
}

/** @param {import("./shop.js").Order} order */
function orderRow({ number, customer, items, cents, status, minutesAgo }) {
  const placed = new Date(Date.now() - minutesAgo * MINUTE_MS);
  const sameDay = placed.toDateString() === new Date().toDateString();
  return make(
    "tr",
    {},
    make("th", { scope: "row" }, number),
    make("td", { class: "customer" }, make("bdi", {}, customer)),
    make("td", { class: "items" }, items),
    make(
      "td",
      { class: "state" },
      make("span", { class: "pill", "data-status": status }, STATUSES[status]),
    ),
    make(
      "td",
      { class: "placed" },
      make(
        "time",
        { datetime: placed.toISOString() },
        sameDay ? `Today ${today.format(placed)}` : earlier.format(placed),
      ),
    ),
    make("td", { class: "number" }, money.format(cents / 100)),
  );
}

/** @param {(typeof PRODUCTS)[number]} product */
function productCard({ name, cover, price, stock }) {
  return make(
    "li",
    {},
    make("div", { class: "cover", "data-cover": cover, "aria-hidden": "true" }),
    make("h2", {}, name),
    make("p", {}, make("span", {}, price), make("small", {}, stock)),
  );
}

function workshopList() {
  const dated = WORKSHOPS.map((workshop) => ({ workshop, start: startOf(workshop) }));
  dated.sort((a, b) => a.start.getTime() - b.start.getTime());
  return make("ul", { class: "workshops" }, ...dated.map(workshopRow));
}

/** @param {(typeof WORKSHOPS)[number]} workshop */
function startOf({ weekday, week, time }) {
  const [hours, minutes] = time.split(":").map(Number);
  const start = new Date();
  start.setHours(hours, minutes, 0, 0);
  start.setDate(start.getDate() + 1 + ((weekday - start.getDay() + 6) % 7) + 7 * week);
  return start;
}

/** @param {{ workshop: (typeof WORKSHOPS)[number], start: Date }} dated */
function workshopRow({ workshop: { title, teacher, time, booked, places }, start }) {
  const left = places - booked;
  return make(
    "li",
    {},
    make(
      "time",
      { datetime: start.toISOString() },
      make("b", {}, String(start.getDate())),
      start.toLocaleDateString("en-GB", { month: "short" }),
    ),
    make(
      "div",
      {},
      make("h2", {}, title),
      make(
        "p",
        {},
        `${start.toLocaleDateString("en-GB", { weekday: "long" })} ${time} · ${teacher}`,
      ),
    ),
    make(
      "div",
      { class: "places" },
      make("progress", {
        value: String(booked),
        max: String(places),
        "aria-label": `${booked} of ${places} places booked`,
      }),
      make("small", {}, left === 0 ? "Full" : left === 1 ? "1 place left" : `${left} places left`),
    ),
  );
}

function customersTable() {
  const rows = CUSTOMERS.map(({ name, kind, place, orders, cents }) =>
    make(
      "tr",
      {},
      make("th", { scope: "row" }, name),
      make("td", { class: "items" }, kind),
      make("td", { class: "placed" }, place),
      make("td", { class: "number count" }, String(orders)),
      make("td", { class: "number" }, money.format(cents / 100)),
    ),
  );
  return makeTable(["Customer", "Kind", "Place", "Orders", "Spent"], rows);
}

/** Columns whose head is a quantity are set right. @param {string[]} heads @param {HTMLElement[]} rows */
function makeTable(heads, rows) {
  const quantities = ["Total", "Orders", "Spent"];
  const cells = heads.map((head) =>
    make("th", { scope: "col", class: quantities.includes(head) ? "number" : "text" }, head),
  );
  return make(
    "div",
    { class: "sheet" },
    make("table", {}, make("thead", {}, make("tr", {}, ...cells)), make("tbody", {}, ...rows)),
  );
}
