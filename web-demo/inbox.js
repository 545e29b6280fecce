// @ts-check
import { fetchAgent } from "./agent.js";

/** Milliseconds between attempts while neither the server nor the offline copy has a token for us. */
const RETRY_MS = 3000;

/**
 * What `threadline-sync-state` reports.
 * @typedef {object} SyncState
 * @property {"synced" | "syncing" | "offline"} state
 * @property {number} waiting changes the server has not confirmed yet
 * @property {number} refused changes the server has refused and their author has not settled
 */

/**
 * Starts the embedded inbox for one person. This file is all the code a host page needs.
 * @param {HTMLElement} inbox the `<threadline-inbox>` of the page
 * @param {string} key whom to start it for
 * @param {(notice: string | null) => void} onNotice a sentence to show in place of the inbox, or `null`
 */
export async function startInbox(inbox, key, onNotice) {
  // A module that cannot be loaded defines nothing and throws nothing that this page could catch.
  addEventListener("load", () => {
    if (!customElements.get("threadline-inbox")) {
      onNotice("The inbox could not be loaded. Reload the page when the server is back.");
    }
  });
  await customElements.whenDefined("threadline-inbox");

  const agent = await patiently(() => fetchAgent(key), onNotice);
  Object.assign(inbox, { tokenProvider: async () => (await fetchAgent(key)).token });
  inbox.setAttribute("endpoint", agent.endpoint);
  inbox.setAttribute("workspace", agent.workspace);
  inbox.setAttribute("token", agent.token);
  onNotice(null);
}

/**
 * Repeats `attempt` until it succeeds.
 * @template T
 * @param {() => Promise<T>} attempt
 * @param {(notice: string) => void} onNotice
 * @returns {Promise<T>}
 */
async function patiently(attempt, onNotice) {
  for (;;) {
    try {
      return await attempt();
    } catch {
      onNotice("The shop's server does not answer. Trying again every few seconds.");
      await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
    }
  }
}

/** One line for the header. @param {SyncState} sync */
export function syncSentence({ state, waiting, refused }) {
  const base = { synced: "Saved", syncing: "Saving", offline: "Offline" }[state];
  const parts = [base];
  if (waiting > 0) parts.push(`${waiting} waiting`);
  if (refused > 0) parts.push(`${refused} refused`);
  return parts.join(" · ");
}
