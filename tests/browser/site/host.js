// What the page notes of itself, for the tests to ask.

window.host = {
  /** Names on `window` before the widget came. */
  names: Object.getOwnPropertyNames(window),
  /** Content that the page's policy has forbidden. */
  violations: [],
  /** Keys that have reached the page's own shortcuts. */
  keys: [],
  /** Opens the widget as the site's person; resolves when it can be used. */
  async open(attributes = {}) {
    const inbox = document.createElement("threadline-inbox");
    for (const [name, value] of Object.entries(attributes)) inbox.setAttribute(name, value);
    inbox.tokenProvider = async () => (await fetch("/inbox-token")).text();
    const ready = new Promise((resolve) => inbox.addEventListener("threadline-ready", resolve));
    document.getElementById("inbox").replaceChildren(inbox);
    await ready;
    return inbox;
  },
};

document.addEventListener("securitypolicyviolation", (event) => {
  const { effectiveDirective, blockedURI, sourceFile, lineNumber } = event;
  window.host.violations.push(`${effectiveDirective} ${blockedURI} ${sourceFile}:${lineNumber}`);
});
document.addEventListener("keydown", ({ key }) => window.host.keys.push(key));
