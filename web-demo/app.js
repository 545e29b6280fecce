// @ts-check
import { PEOPLE, initials, signedInAs } from "./agent.js";
import { byId, make } from "./dom.js";
import { startInbox, syncSentence } from "./inbox.js";
import { keepForOffline } from "./offline.js";
import { renderPages } from "./pages.js";

const PAGES = ["orders", "products", "inbox", "workshops", "customers"];
const inbox = /** @type {HTMLElement} */ (document.querySelector("threadline-inbox"));
const key = signedInAs();
let unread = 0;

renderPages();
followAddress();
addEventListener("hashchange", followAddress);
offerThemes();
// Without it everything works but a reload while the server is down.
keepForOffline().catch(() => undefined);
if (key !== null) signIn(key);

/** Shows the page the address names, else stays, Orders to begin with. Strangers choose who they are. */
function followAddress() {
  const named = location.hash.slice(1);
  const shown = document.body.dataset.page ?? "orders";
  const page = key === null ? "sign-in" : PAGES.includes(named) ? named : shown;
  for (const id of [...PAGES, "sign-in"]) byId(id).hidden = id !== page;
  for (const link of document.querySelectorAll("[data-page]")) {
    if (link.getAttribute("data-page") === page) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  }
  document.body.dataset.page = page;
  byId("title").textContent =
    page === "sign-in" ? "Sign in" : page.charAt(0).toUpperCase() + page.slice(1);
  showTitle();
}

/** Keeps the tab's title and the badge in step with the page and the unread count. */
function showTitle() {
  const count = unread > 0 ? ` (${unread})` : "";
  document.title = `${byId("title").textContent}${count} · Foldwell back office`;
  const badge = byId("unread");
  badge.textContent = unread > 99 ? "99+" : String(unread);
  badge.setAttribute("aria-label", `${unread} unread`);
  badge.hidden = unread === 0;
}

/** One choice for the site and the element. */
function offerThemes() {
  const root = document.documentElement;
  const current = root.dataset.theme ?? "auto";
  inbox.setAttribute("theme", current);
  for (const input of byId("themes").querySelectorAll("input")) {
    input.checked = input.value === current;
    input.addEventListener("change", () => {
      root.dataset.theme = input.value;
      inbox.setAttribute("theme", input.value);
      localStorage.setItem("foldwell.theme", input.value);
    });
  }
}

/** @param {string} person */
function signIn(person) {
  const { name, role } = PEOPLE.get(person) ?? { name: person, role: "" };
  byId("agent").replaceChildren(
    make("span", { class: "initials", "aria-hidden": "true" }, initials(name)),
    make("span", { class: "agent-name" }, name, make("small", {}, role)),
  );
  byId("playground").setAttribute("href", `/playground.html?as=${person}`);
  for (const [other, { name: otherName }] of PEOPLE) {
    if (other === person) continue;
    byId("colleague").append(
      make("a", { href: `/?as=${other}#inbox`, target: "_blank" }, `Open as ${otherName}`),
    );
  }

  inbox.addEventListener("threadline-unread-change", (event) => {
    unread = /** @type {CustomEvent<{ unread: number }>} */ (event).detail.unread;
    showTitle();
  });
  inbox.addEventListener("threadline-sync-state", (event) => {
    const { detail } = /** @type {CustomEvent<import("./inbox.js").SyncState>} */ (event);
    const line = byId("sync");
    line.textContent = syncSentence(detail);
    line.dataset.state = detail.refused > 0 ? "refused" : detail.state;
  });
  offerNetworkSwitch(person);
  void startInbox(inbox, person, (notice) => {
    const line = byId("inbox-notice");
    line.textContent = notice;
    line.hidden = notice === null;
  });
}

/**
 * Cuts the network for the widget. Remembered for the person, so that a tab closed offline opens offline.
 * @param {string} person
 */
function offerNetworkSwitch(person) {
  const item = `foldwell.network.${person}`;
  const button = byId("network");
  const show = () => {
    const cut = localStorage.getItem(item) === "cut";
    button.setAttribute("aria-checked", String(!cut));
    inbox.toggleAttribute("offline", cut);
  };
  button.addEventListener("click", () => {
    localStorage.setItem(item, button.getAttribute("aria-checked") === "true" ? "cut" : "on");
    show();
  });
  show();
}
