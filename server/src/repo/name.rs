//! Names of documents. automerge-repo calls every document by 16 bytes in
//! base58 with a checksum; ours go by their UUIDs.

use std::sync::Arc;

use threadline_core::error::{Code, Refusal};
use threadline_core::id::{ContactId, ConversationId, DocumentId, WorkspaceId};
use uuid::Uuid;

use crate::app::App;
use crate::workspace::blocking;

/// The document of a workspace that a name stands for. What is none of ours is
/// a free one, where those are admitted. `None` tells nothing of whether the
/// document is missing or may not be seen.
pub(super) async fn resolve(
    app: &App,
    workspace: &WorkspaceId,
    name: &str,
) -> Result<Option<DocumentId>, Refusal> {
    let Some(id) = parse(name) else {
        return Ok(None);
    };
    if id == workspace.document() {
        return Ok(Some(DocumentId::Workspace));
    }
    let (store, workspace) = (Arc::clone(&app.store), workspace.clone());
    let free = app.free_documents;
    blocking(move || {
        let ours = [
            DocumentId::Conversation(ConversationId(id)),
            DocumentId::Contact(ContactId(id)),
        ];
        for doc in ours {
            if store.row(&workspace, doc)?.is_some() {
                return Ok(Some(doc));
            }
        }
        if !free {
            return Ok(None);
        }
        for doc in ours {
            match store.load(&workspace, doc) {
                Err(refusal) if refusal.code == Code::Unavailable => return Err(refusal),
                // It was erased, or is damaged: the name is taken all the same.
                Err(_) => return Ok(None),
                Ok(_) => {}
            }
        }
        Ok(Some(DocumentId::Free(id)))
    })
    .await
}

fn parse(name: &str) -> Option<Uuid> {
    let mut bytes = [0; 16 + 4];
    let length = bs58::decode(name).with_check(None).onto(&mut bytes).ok()?;
    Uuid::from_slice(&bytes[..length]).ok()
}

#[cfg(test)]
mod tests {
    use tempfile::TempDir;
    use threadline_core::sync::hub::Batch;

    use super::*;
    use crate::app::Setup;
    use crate::clock;
    use crate::store::Erasure;

    #[test]
    fn a_name_is_sixteen_bytes_with_a_checksum() {
        let id = Uuid::from_u128(0x0123_4567_89ab_cdef_0123_4567_89ab_cdef);
        let name = bs58::encode(id.as_bytes()).with_check().into_string();
        assert_eq!(parse(&name), Some(id));
        let mut typo = name.into_bytes();
        typo[3] = if typo[3] == b'2' { b'3' } else { b'2' };
        assert_eq!(parse(std::str::from_utf8(&typo).unwrap()), None);
        for bytes in [&[1_u8; 15][..], &[1; 17], &[1; 32], &[]] {
            let name = bs58::encode(bytes).with_check().into_string();
            assert_eq!(parse(&name), None, "{} bytes", bytes.len());
        }
        assert_eq!(parse("../etc"), None);
    }

    #[tokio::test]
    async fn the_name_of_what_was_erased_stands_for_nothing() {
        let folder = TempDir::new().unwrap();
        let app = App::new(Setup {
            free_documents: true,
            ..Setup::on(folder.path())
        });
        let workspace: WorkspaceId = "larkspur".parse().unwrap();
        let (erased, free) = (Uuid::from_u128(1), Uuid::from_u128(2));
        let erasure = Erasure {
            documents: vec![DocumentId::Contact(ContactId(erased))],
            blobs: Vec::new(),
            batch: Batch::default(),
            at: clock::now(),
        };
        let plan = &mut |_| Ok(erasure.clone());
        app.store.erase(&workspace, plan).unwrap();
        for (id, expect) in [(erased, None), (free, Some(DocumentId::Free(free)))] {
            let name = bs58::encode(id.as_bytes()).with_check().into_string();
            assert_eq!(resolve(&app, &workspace, &name).await.unwrap(), expect);
        }
    }
}
