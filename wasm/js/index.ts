/**
 * Threadline as a library: the client without the element. Safe to import anywhere; nothing
 * touches the page before {@link createClient} is called.
 */

export { createClient, type ClientOptions } from "./client/create.js";
export type { ThreadlineClient } from "./client/client.js";
export { isThreadlineError, ThreadlineError } from "./client/errors.js";
export type { Changed, ClientEvents } from "./client/events.js";
export type { StorageState } from "./client/storage.js";
export type * from "./client/wasm.js";

/** This package's version, as in `package.json`. */
export const version = "0.1.0";
