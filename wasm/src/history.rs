//! The past of a conversation, and of a note in it; and all of it as one file.

use wasm_bindgen::prelude::*;

use crate::replica::{ItemsPage, Js, Replica, arg, id, out, refused};

#[wasm_bindgen]
impl Replica {
    /// Every moment of a conversation, oldest first; none while it is not in memory.
    #[wasm_bindgen(unchecked_return_type = "Moment[]")]
    pub fn moments(&self, conversation: &str) -> Js {
        out(&self.inner.borrow_mut().moments(id(conversation)?))
    }

    /// A conversation as it was at a moment. Throws `not_found` for one it never had.
    #[wasm_bindgen(unchecked_return_type = "PastView")]
    pub fn past(
        &self,
        conversation: &str,
        hash: &str,
        #[wasm_bindgen(unchecked_param_type = "ItemsPage")] page: JsValue,
    ) -> Js {
        let (conversation, page): (_, ItemsPage) = (id(conversation)?, arg(page)?);
        let (before, limit) = page.place();
        let mut inner = self.inner.borrow_mut();
        out(&refused(inner.past(conversation, hash, before, limit))?)
    }

    /// What happened after one moment and up to another, in the order of time.
    #[wasm_bindgen(unchecked_return_type = "Difference[]")]
    pub fn between(&self, conversation: &str, from: &str, to: &str) -> Js {
        let conversation = id(conversation)?;
        let mut inner = self.inner.borrow_mut();
        out(&refused(inner.between(conversation, from, to))?)
    }

    /// The moments at which a note's text changed, oldest first.
    #[wasm_bindgen(js_name = noteVersions, unchecked_return_type = "Moment[]")]
    pub fn note_versions(&self, conversation: &str, note: &str) -> Js {
        let (conversation, note) = (id(conversation)?, id(note)?);
        let mut inner = self.inner.borrow_mut();
        out(&refused(inner.note_versions(conversation, note))?)
    }

    /// A note's text as it was. To restore it, edit the note with `update_spans`.
    #[wasm_bindgen(js_name = noteAt, unchecked_return_type = "Span[]")]
    pub fn note_at(&self, conversation: &str, note: &str, hash: &str) -> Js {
        let (conversation, note) = (id(conversation)?, id(note)?);
        let mut inner = self.inner.borrow_mut();
        out(&refused(inner.note_at(conversation, note, hash))?)
    }

    /// A bundle of documents in memory with their full history, without attachments.
    /// Throws `not_loaded` where one of them is not in memory.
    #[allow(
        clippy::needless_pass_by_value,
        reason = "the bindings give lists of texts away, they cannot lend them"
    )]
    #[wasm_bindgen(js_name = exportBundle)]
    pub fn export_bundle(&self, docs: Vec<String>) -> Js<Vec<u8>> {
        let docs: Vec<_> = docs.iter().map(|doc| id(doc)).collect::<Js<_>>()?;
        refused(self.inner.borrow_mut().export(&docs))
    }
}
