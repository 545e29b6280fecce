//! What is computed from documents (rows for lists, texts for search) is
//! computed anew where another version of the program did it, before anybody
//! reads it.

use threadline_core::error::Refusal;
use threadline_core::guard;
use threadline_core::id::DocumentId;
use threadline_core::model::{RowEntry, TextEntry};
use threadline_core::sync::frame::Hash;
use threadline_core::sync::hub::{ActorId, StoredDocument};

use crate::limits;
use crate::store::{Stale, Store, wait};
use crate::workspace::server_member;

/// Brings every document's row and texts up to date. A document that does not
/// load keeps what there is of it; it is tried again at the next start.
pub(crate) fn refresh(store: &dyn Store) -> Result<(), Refusal> {
    let (mut after, mut refreshed) = (0, 0);
    loop {
        let stale = store.stale(after, limits::SUMMARY_PAGE)?;
        let Some(last) = stale.last() else { break };
        after = last.key;
        for Stale { workspace, doc, .. } in stale {
            // Storage tells in the log what is wrong with a log that is damaged.
            let Ok(Some(stored)) = store.load(&workspace, doc) else {
                continue;
            };
            let computed = guard::contained(|| compute(doc, &stored));
            let Some(Ok(computed)) = computed else {
                tracing::error!(%workspace, %doc, "a document does not load");
                continue;
            };
            let Some((row, texts)) = computed else {
                continue;
            };
            wait(|done| store.put_summary(&workspace, row, texts, done))?;
            refreshed += 1;
        }
    }
    if refreshed > 0 {
        tracing::info!(documents = refreshed, "lists and search are up to date");
    }
    Ok(())
}

/// The row and texts that a document's log says; `None` for a free document,
/// of which nothing is computed. The error is for operators.
pub(crate) fn compute(
    doc: DocumentId,
    stored: &StoredDocument,
) -> Result<Option<(RowEntry, Vec<TextEntry>)>, String> {
    let server = server_member().map_err(|refusal| refusal.to_string())?.id;
    let mut document = stored.document(doc, ActorId::from([0; 16]), &server)?;
    let heads = document.heads().into_iter();
    let heads = heads.map(|head| Hash::new(head.0)).collect();
    Ok(document.row().map(|row| {
        let row = RowEntry {
            doc,
            seq: stored.seq,
            heads,
            row,
        };
        (row, document.texts())
    }))
}
