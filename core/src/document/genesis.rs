//! The first change of every kind of document, as fixed bytes. Two members who
//! begin the same conversation offline share it, so their containers are the
//! same objects and both sides' additions survive. A later version is a further
//! fixed change on top; these bytes never change.

use automerge::Change;

use crate::error::{Code, Refusal};
use crate::id::DocumentId;

const CONVERSATION: &[u8] = include_bytes!("genesis/conversation.v1.bin");
const CONTACT: &[u8] = include_bytes!("genesis/contact.v1.bin");

/// The first change's bytes for a document of this kind.
pub fn bytes(id: DocumentId) -> &'static [u8] {
    match id {
        DocumentId::Conversation(_) => CONVERSATION,
        DocumentId::Contact(_) => CONTACT,
    }
}

/// The first change of a document of this kind.
pub fn change(id: DocumentId) -> Result<Change, Refusal> {
    Change::from_bytes(bytes(id).to_vec())
        .map_err(|_| Refusal::new(Code::BadChange, "The first change does not decode."))
}

#[cfg(test)]
mod tests {
    use automerge::transaction::{CommitOptions, Transactable};
    use automerge::{ActorId, AutoCommit, ObjType, ROOT};

    use super::*;
    use crate::document::schema::{self, Node};
    use crate::id::{ContactId, ConversationId};

    /// Builds the first change that the schema asks for.
    fn build(kind: &str, root: &Node) -> Vec<u8> {
        let mut doc = AutoCommit::new().with_actor(ActorId::from([0u8; 16]));
        doc.put(ROOT, "kind", kind).unwrap();
        doc.put(ROOT, "version", 1_i64).unwrap();
        let Node::Record(fields) = root else {
            panic!("a document is a record")
        };
        for field in *fields {
            if matches!(field.node, Node::Record(_) | Node::Table(_)) {
                doc.put_object(ROOT, field.name, ObjType::Map).unwrap();
            }
        }
        doc.commit_with(CommitOptions::default().with_message("begin").with_time(0));
        doc.get_last_local_change().unwrap().raw_bytes().to_vec()
    }

    #[test]
    fn the_first_change_holds_every_container_of_the_schema() {
        let nil = uuid::Uuid::nil();
        for (kind, root, id) in [
            (
                "conversation",
                &schema::CONVERSATION,
                DocumentId::from(ConversationId(nil)),
            ),
            (
                "contact",
                &schema::CONTACT,
                DocumentId::from(ContactId(nil)),
            ),
        ] {
            let built = build(kind, root);
            if std::env::var_os("THREADLINE_WRITE_GENESIS").is_some() {
                let path = format!("src/document/genesis/{kind}.v1.bin");
                std::fs::write(path, &built).unwrap();
            }
            assert_eq!(bytes(id), built, "{kind}");
        }
    }
}
