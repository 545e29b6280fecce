/**
 * What `embed.html` runs: the element alone in an iframe, for a host whose scripts must not read
 * what it shows. The address says what is shown; the token comes by message, so that no log and no
 * history keeps it.
 */
import { ThreadlineInbox } from "./define.js";
import { connect, parentOf } from "./embed/frame.js";

try {
  const query = new URLSearchParams(location.search);
  const inbox = new ThreadlineInbox();
  if (parent === window) throw new Error("This page is made to be shown in a frame.");
  connect(inbox, query, { page: window, parent, origin: parentOf(query) });
  // The server that this page came from, unless the address names another.
  inbox.endpoint ??= new URL("/sync", location.href).href;
  document.body.append(inbox);
} catch (error) {
  const refusal = document.createElement("p");
  refusal.className = "refused";
  refusal.textContent = (error as Error).message;
  document.body.append(refusal);
}
