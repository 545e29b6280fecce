//! What the peer is told of a refusal, and whether the sync of a document, or the
//! connection, ends with it.

use super::{Session, Slot};
use crate::error::{Code, Refusal};
use crate::id::DocumentId;
use crate::sync::frame::{ClientFrame, Close};
use crate::sync::repo::effect::Effect;
use crate::sync::repo::message::Say;

impl Session {
    /// The hub has refused something about a document.
    pub(super) fn refused(&mut self, doc: DocumentId, refusal: &Refusal, out: &mut Vec<Effect>) {
        let Some((name, document)) = self.named(doc) else {
            return;
        };
        match refusal.code {
            // The hub gives it by itself once it is mended, and until then this
            // document alone is missing.
            Code::Quarantined if !document.complete => {
                document.requested = false;
                self.error(refusal, Some(&name), out);
                self.unavailable(&name, out);
            }
            // What may pass next time: the peer comes back by itself.
            Code::Unavailable | Code::RateLimited | Code::Quarantined => {
                self.error(refusal, Some(&name), out);
                out.push(Effect::Close);
            }
            Code::NotFound => {
                self.unavailable(&name, out);
                self.stop(&name, refusal, out);
            }
            _ => self.stop(&name, refusal, out),
        }
    }

    /// Ends the sync of a document and says why. Were it to go on, the peer
    /// would send the same again for as long as it runs.
    pub(super) fn stop(&mut self, name: &str, refusal: &Refusal, out: &mut Vec<Effect>) {
        self.error(refusal, Some(name), out);
        let Some(slot) = self.documents.get_mut(name) else {
            return;
        };
        if let Slot::Open(document) = std::mem::replace(slot, Slot::Stopped) {
            self.names.remove(&document.doc);
            out.push(Effect::Frame(ClientFrame::Close(Close {
                doc: document.doc,
            })));
        }
    }

    pub(super) fn unavailable(&self, name: &str, out: &mut Vec<Effect>) {
        let message = Say::DocUnavailable {
            sender_id: &self.me,
            target_id: self.target(),
            document_id: name,
        };
        out.push(Effect::Send(message.encode()));
    }

    /// Tells the peer of a refusal: its code, the document where it is about
    /// one, and a sentence.
    pub(super) fn error(&self, refusal: &Refusal, name: Option<&str>, out: &mut Vec<Effect>) {
        let text = match name {
            Some(name) => format!("{} on {name}: {}", refusal.code, refusal.text),
            None => refusal.to_string(),
        };
        let message = Say::Error {
            sender_id: &self.me,
            target_id: self.target(),
            message: &text,
        };
        out.push(Effect::Send(message.encode()));
    }
}
