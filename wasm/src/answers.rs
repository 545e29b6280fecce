//! What the core works out for a person: where a message goes, what a template
//! says, when something is due, who is in touch, what is found and what is new.

use threadline_core::model::FlowRun;
use wasm_bindgen::prelude::*;

use crate::replica::{Js, Replica, arg, id, out, refused, time};

#[wasm_bindgen]
impl Replica {
    /// Where a new message to a contact goes.
    #[wasm_bindgen(unchecked_return_type = "Route")]
    pub fn route(&self, contact: &str) -> Js {
        out(&self.inner.borrow_mut().route(id(contact)?))
    }

    /// Where a new message to an address goes.
    #[wasm_bindgen(js_name = routeTo, unchecked_return_type = "Route")]
    pub fn route_to(
        &self,
        #[wasm_bindgen(unchecked_param_type = "Identity")] identity: JsValue,
    ) -> Js {
        out(&self.inner.borrow_mut().route_to(arg(identity)?))
    }

    /// Unlinked conversations with an address of a contact, the latest first.
    #[wasm_bindgen(js_name = unlinkedOf, unchecked_return_type = "ConversationRow[]")]
    pub fn unlinked_of(&self, contact: &str) -> Js {
        out(&self.inner.borrow().unlinked_of(id(contact)?))
    }

    /// One of the workspace's templates, filled in for a conversation.
    #[wasm_bindgen(js_name = renderTemplate, unchecked_return_type = "Rendered")]
    pub fn render_template(&self, conversation: &str, template: &str) -> Js {
        let (conversation, template) = (id(conversation)?, id(template)?);
        let inner = self.inner.borrow();
        out(&refused(inner.render_template(conversation, template))?)
    }

    /// A text with placeholders, filled in for a conversation.
    #[wasm_bindgen(js_name = renderText, unchecked_return_type = "Rendered")]
    pub fn render_text(&self, conversation: &str, text: &str) -> Js {
        out(&self.inner.borrow().render_text(id(conversation)?, text))
    }

    /// A due date relative to a moment, by the workspace's hours and zone.
    #[wasm_bindgen(js_name = relativeDue, unchecked_return_type = "Due")]
    pub fn relative_due(
        &self,
        #[wasm_bindgen(unchecked_param_type = "DueAsk")] ask: JsValue,
    ) -> Js {
        out(&self.inner.borrow().relative_due(&arg(ask)?))
    }

    /// How a contact and its aliases are in touch with the team.
    #[wasm_bindgen(unchecked_return_type = "Engagement")]
    pub fn engagement(&self, contact: &str, now: f64) -> Js {
        out(&self.inner.borrow().engagement(id(contact)?, time(now)))
    }

    /// What holds every one of the words: contacts first, then the latest.
    #[wasm_bindgen(unchecked_return_type = "Found[]")]
    pub fn search(&self, words: &str, limit: usize) -> Js {
        out(&self.inner.borrow().search(words, limit))
    }

    /// All that the member wants to know of now, the latest first.
    #[wasm_bindgen(unchecked_return_type = "Notice[]")]
    pub fn notifications(&self, now: f64) -> Js {
        out(&self.inner.borrow().notifications(time(now)))
    }
}

/// Why a run of a flow did nothing, from the new value of its activity's field `flow`;
/// nothing where it did all of its actions.
#[wasm_bindgen(js_name = flowRefusal, unchecked_return_type = "Refusal | null")]
pub fn flow_refusal(run: &str) -> Js {
    let run = run.parse::<FlowRun>().ok();
    out(&run.and_then(|run| run.refusal()))
}
