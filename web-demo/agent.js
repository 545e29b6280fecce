// @ts-check

/**
 * What the shop's server says about the person who is signed in.
 * @typedef {object} Agent
 * @property {string} token a Threadline token of this member, short-lived
 * @property {string} workspace the workspace's id
 * @property {string} endpoint WebSocket address of the Threadline server
 * @property {string} member the member's id
 * @property {string} name the member's full name
 */

/** The two people of the demonstration: the value of `?as=` and what a colleague is called. */
export const PEOPLE = new Map([
  ["ana", { name: "Ana Duarte", role: "Administrator" }],
  ["ben", { name: "Ben Okafor", role: "Agent" }],
]);

/** The key of the person this address is opened as, or `null` when it names nobody we know. */
export function signedInAs() {
  const key = new URLSearchParams(location.search).get("as");
  return key !== null && PEOPLE.has(key) ? key : null;
}

/**
 * Asks the shop's server for a token. A real shop would look at its session cookie; the demonstration
 * believes the address.
 * @param {string} key
 * @returns {Promise<Agent>}
 */
export async function fetchAgent(key) {
  const response = await fetch(`/demo/token?as=${encodeURIComponent(key)}`);
  if (!response.ok) throw new Error(`the server refused a token (${response.status})`);
  return response.json();
}

/** Up to two initials, for the round badge. @param {string} name */
export function initials(name) {
  const words = name.split(" ");
  return words[0].charAt(0) + (words.length > 1 ? (words.at(-1)?.charAt(0) ?? "") : "");
}
