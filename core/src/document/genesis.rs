//! The first changes of every kind of document, as fixed bytes. Two members who
//! begin the same conversation offline share them, so their containers are the
//! same objects and both sides' additions survive. A later version is a further
//! fixed change on top; bytes that exist never change.

use automerge::Change;

use crate::error::{Code, Refusal};
use crate::id::DocumentId;

const CONVERSATION: &[&[u8]] = &[
    include_bytes!("genesis/conversation.v1.bin"),
    include_bytes!("genesis/conversation.v2.bin"),
];
const CONTACT: &[&[u8]] = &[
    include_bytes!("genesis/contact.v1.bin"),
    include_bytes!("genesis/contact.v2.bin"),
];
const WORKSPACE: &[&[u8]] = &[include_bytes!("genesis/workspace.v1.bin")];

/// The first changes' bytes for a document of this kind, one for each version.
/// A free document has none: its first change is its maker's.
pub fn versions(id: DocumentId) -> &'static [&'static [u8]] {
    match id {
        DocumentId::Conversation(_) => CONVERSATION,
        DocumentId::Contact(_) => CONTACT,
        DocumentId::Workspace => WORKSPACE,
        DocumentId::Free(_) => &[],
    }
}

/// Whether a raw change is one of those that every document of this kind begins with.
pub fn begins(id: DocumentId, bytes: &[u8]) -> bool {
    versions(id).contains(&bytes)
}

/// The first changes of a document of this kind.
pub fn changes(id: DocumentId) -> Result<Vec<Change>, Refusal> {
    let decode = |bytes: &&[u8]| {
        Change::from_bytes(bytes.to_vec())
            .map_err(|_| Refusal::new(Code::BadChange, "The first change does not decode."))
    };
    versions(id).iter().map(decode).collect()
}

/// A document as a program of the first version begins it, for tests.
#[cfg(test)]
pub(crate) fn of_first_version(
    id: DocumentId,
    actor: automerge::ActorId,
    member: &crate::id::MemberId,
) -> automerge::AutoCommit {
    let mut doc = automerge::AutoCommit::load(versions(id)[0]).unwrap();
    super::set_actor(&mut doc, actor, member);
    doc
}

#[cfg(test)]
mod tests {
    use automerge::transaction::{CommitOptions, Transactable};
    use automerge::{ActorId, AutoCommit, ObjType, ROOT};

    use super::*;
    use crate::document::schema::{self, Node};
    use crate::id::{ContactId, ConversationId};

    /// The containers that came with the second version.
    const OF_VERSION_2: &[(&str, &[&str])] = &[
        ("conversation", &["appointments", "starred"]),
        ("contact", &["activities", "opportunities"]),
    ];

    /// Builds the first changes that the schema asks for.
    fn build(kind: &str, root: &Node) -> Vec<Vec<u8>> {
        let mut doc = AutoCommit::new().with_actor(ActorId::from([0u8; 16]));
        let Node::Record(fields) = root else {
            panic!("a document is a record")
        };
        let of_2 = OF_VERSION_2
            .iter()
            .find(|(name, _)| *name == kind)
            .map_or(&[][..], |(_, containers)| *containers);
        doc.put(ROOT, "kind", kind).unwrap();
        let mut versions = Vec::new();
        for version in 1_i64..=if of_2.is_empty() { 1 } else { 2 } {
            doc.put(ROOT, "version", version).unwrap();
            for field in *fields {
                let is_container = matches!(field.node, Node::Record(_) | Node::Table(_));
                if is_container && of_2.contains(&field.name) == (version == 2) {
                    doc.put_object(ROOT, field.name, ObjType::Map).unwrap();
                }
            }
            doc.commit_with(CommitOptions::default().with_message("begin").with_time(0));
            versions.push(doc.get_last_local_change().unwrap().raw_bytes().to_vec());
        }
        versions
    }

    #[test]
    fn the_first_changes_hold_every_container_of_the_schema() {
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
            ("workspace", &schema::WORKSPACE, DocumentId::Workspace),
        ] {
            let built = build(kind, root);
            if std::env::var_os("THREADLINE_WRITE_GENESIS").is_some() {
                for (version, bytes) in (1..).zip(&built) {
                    let path = format!("src/document/genesis/{kind}.v{version}.bin");
                    std::fs::write(path, bytes).unwrap();
                }
            }
            assert_eq!(versions(id), built, "{kind}");
        }
    }
}
