//! Threadline's core in the browser: thin, synchronous bindings. They hold no
//! rules; TypeScript beside them owns sockets, storage and promises.

mod answers;
mod error;
mod history;
mod ids;
mod lists;
mod replica;

pub use answers::flow_refusal;
pub use replica::Replica;

use wasm_bindgen::prelude::*;

/// The names of things that are not types of the core but go with them.
#[wasm_bindgen(typescript_custom_section)]
const TYPES: &str = r#"
/** A command was refused, or a call was out of place. */
export interface ThreadlineError extends Error {
  name: "ThreadlineError";
  code: Code;
  /** The field concerned, by its name in the command. */
  field?: string;
}

/** Where a page of items ends: before this one. */
export interface ItemsPage {
  before?: { at: number; id: string };
  limit: number;
}

/** Who works here, and with whom. */
export interface Session {
  member: Member;
  members: Member[];
}
"#;
