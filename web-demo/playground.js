// @ts-check
import { signedInAs } from "./agent.js";
import { byId, make } from "./dom.js";
import { startInbox, syncSentence } from "./inbox.js";

/** The element's views, and what the page calls them. */
const VIEWS = new Map([
  ["inbox", "Inbox"],
  ["conversation", "One conversation"],
  ["tasks", "Tasks"],
  ["log", "Log"],
  ["contacts", "Contacts"],
  ["calendar", "Calendar"],
  ["pipeline", "Pipeline"],
  ["settings", "Settings"],
]);

/** Attributes with their choices; one without choices takes a text. The first is the default. */
const ATTRIBUTES = new Map([
  ["theme", ["auto", "light", "dark"]],
  ["density", ["comfortable", "compact"]],
  ["locale", ["", "en-GB", "de-AT", "ar"]],
  ["navigation", ["on", "off"]],
  ["shortcuts", ["on", "off"]],
  ["conversation", []],
]);

/** Custom properties and the kind of field that sets them. */
const TOKENS = new Map([
  ["accent", "color"],
  ["accent-fill", "color"],
  ["surface", "color"],
  ["surface-sunk", "color"],
  ["text", "color"],
  ["border", "color"],
  ["note", "color"],
  ["radius", "range"],
  ["font", "text"],
]);

/** Every event of the element, as its documentation lists them. */
const EVENTS = [
  "ready",
  "error",
  "auth-expired",
  "unread-change",
  "view-change",
  "conversation-select",
  "before-send",
  "sync-state",
  "notification",
  "conflict",
];

/** The methods worth a button. */
const METHODS = ["compose", "createNote", "createTask", "sync", "focus"];

/** Events kept in sight. */
const LOG_LENGTH = 100;

const inbox = /** @type {HTMLElement & Record<string, any>} */ (
  document.querySelector("threadline-inbox")
);
const person = signedInAs() ?? "ana";

offerViews();
offerWidths();
offerAttributes();
offerTokens();
offerMethods();
logEvents();
followAddress();
addEventListener("hashchange", followAddress);
byId("home").setAttribute("href", `/?as=${person}#inbox`);
void startInbox(inbox, person, (notice) => {
  byId("notice").textContent = notice;
  byId("notice").hidden = notice === null;
});

function offerViews() {
  for (const [view, label] of VIEWS) {
    byId("views").append(make("li", {}, make("a", { href: `#${view}` }, make("span", {}, label))));
  }
}

/** Shows the view that the address names, the inbox to begin with. */
function followAddress() {
  const named = location.hash.slice(1);
  const view = VIEWS.has(named) ? named : "inbox";
  inbox.setAttribute("view", view);
  byId("title").textContent = VIEWS.get(view) ?? view;
  for (const link of byId("views").querySelectorAll("a")) {
    if (link.hash === `#${view}`) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  }
  showCode();
}

function offerWidths() {
  byId("stage").dataset.width = "";
  byId("widths").addEventListener("change", (event) => {
    byId("stage").dataset.width = /** @type {HTMLInputElement} */ (event.target).value;
  });
}

function offerAttributes() {
  for (const [name, choices] of ATTRIBUTES) {
    const field = /** @type {HTMLSelectElement | HTMLInputElement} */ (
      choices.length > 0
        ? make("select", {}, ...choices.map((value) => make("option", { value }, value || "–")))
        : make("input", { type: "text", spellcheck: "false" })
    );
    field.value = inbox.getAttribute(name) ?? choices[0] ?? "";
    field.addEventListener("change", () => set(name, field.value));
    byId("attributes").append(make("label", { class: "field" }, make("code", {}, name), field));
    // What the person does in the element shows here, too.
    if (name === "conversation") {
      inbox.addEventListener("threadline-conversation-select", (event) => {
        field.value = /** @type {CustomEvent} */ (event).detail.conversation ?? "";
        showCode();
      });
    }
  }
  const offline = /** @type {HTMLInputElement} */ (make("input", { type: "checkbox" }));
  offline.addEventListener("change", () => {
    inbox.toggleAttribute("offline", offline.checked);
    showCode();
  });
  byId("attributes").append(
    make("label", { class: "field" }, make("code", {}, "offline"), make("span", {}, offline)),
  );
}

/** @param {string} name @param {string} value */
function set(name, value) {
  if (value === "") inbox.removeAttribute(name);
  else inbox.setAttribute(name, value);
  showCode();
}

function offerTokens() {
  /** @type {(() => void)[]} */
  const fields = [];
  for (const [token, type] of TOKENS) {
    const limits = type === "range" ? { min: "0", max: "20", value: "8" } : {};
    const field = /** @type {HTMLInputElement} */ (make("input", { type, ...limits }));
    if (type === "text") field.placeholder = "Georgia, serif";
    field.addEventListener("input", () => {
      const value = type === "range" ? `${field.value}px` : field.value;
      inbox.style.setProperty(`--threadline-${token}`, value);
      showCode();
    });
    byId("tokens").append(make("label", { class: "field" }, make("code", {}, token), field));
    fields.push(() => (field.value = current(token, type)));
  }
  const showAll = () => fields.forEach((show) => show());
  byId("reset").addEventListener("click", () => {
    for (const token of TOKENS.keys()) inbox.style.removeProperty(`--threadline-${token}`);
    showAll();
    showCode();
  });
  // Before the element is defined its properties have no values.
  void customElements.whenDefined("threadline-inbox").then(showAll);
}

/** What a property is now, as its field takes it. @param {string} token @param {string} type */
function current(token, type) {
  const value = getComputedStyle(inbox).getPropertyValue(`--threadline-${token}`);
  if (type === "range") return String(parseInt(value, 10));
  if (type !== "color") return "";
  const [light = "", dark = light] = value.match(/#[0-9a-f]{6}/gi) ?? [];
  const isDark = matchMedia("(prefers-color-scheme: dark)").matches;
  return isDark ? dark : light;
}

function offerMethods() {
  for (const name of METHODS) {
    const button = make("button", { type: "button" }, `${name}()`);
    button.addEventListener("click", async () => {
      try {
        await inbox[name]();
        note(`${name}()`, "done");
      } catch (error) {
        note(`${name}()`, String(error));
      }
    });
    byId("methods").append(button);
  }
}

function logEvents() {
  for (const name of EVENTS) {
    inbox.addEventListener(`threadline-${name}`, (event) => {
      const cancel = /** @type {HTMLInputElement} */ (byId("cancel")).checked;
      if (cancel) event.preventDefault();
      const { detail } = /** @type {CustomEvent} */ (event);
      note(name, JSON.stringify(detail) + (event.defaultPrevented ? " (cancelled)" : ""));
    });
  }
  inbox.addEventListener("threadline-sync-state", (event) => {
    const { detail } = /** @type {CustomEvent<import("./inbox.js").SyncState>} */ (event);
    byId("sync").textContent = syncSentence(detail);
    byId("sync").dataset.state = detail.refused > 0 ? "refused" : detail.state;
  });
}

/** One line of the log. @param {string} what @param {string} more */
function note(what, more) {
  const now = new Date();
  const time = make("time", { datetime: now.toISOString() }, now.toLocaleTimeString("en-GB"));
  byId("log").prepend(make("li", {}, time, what, make("code", {}, more)));
  while (byId("log").childElementCount > LOG_LENGTH) byId("log").lastElementChild?.remove();
}

/** The tag and the style sheet that give what is shown. */
function showCode() {
  const own = ["view", ...ATTRIBUTES.keys(), "offline"].filter((name) => inbox.hasAttribute(name));
  const attributes = own.map((name) => {
    const value = inbox.getAttribute(name);
    return value === "" ? `\n  ${name}` : `\n  ${name}="${value}"`;
  });
  const css = [...inbox.style].map((name) => `\n  ${name}: ${inbox.style.getPropertyValue(name)};`);
  byId("code").textContent =
    `<threadline-inbox${attributes.join("")}\n></threadline-inbox>` +
    (css.length > 0 ? `\n\nthreadline-inbox {${css.join("")}\n}` : "");
}
