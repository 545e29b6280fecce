//! Indexes anew what an older program indexed differently, or not at all,
//! beside everything else that goes on.

use std::sync::Arc;

use threadline_core::document::Document;
use threadline_core::error::Refusal;
use threadline_core::guard;
use threadline_core::model::TextEntry;
use threadline_core::sync::hub::ActorId;

use crate::app::App;
use crate::limits;
use crate::store::{Stale, durable};
use crate::workspace::{blocking, server_member};

/// Runs until every document is indexed, or the server stops.
pub(crate) async fn run(app: Arc<App>) {
    let mut left = usize::MAX;
    loop {
        let visited = tokio::select! {
            () = app.stopping.cancelled() => return,
            visited = pass(&app) => visited,
        };
        match visited {
            Ok(0) => return,
            // A document whose log went on while it was read is read again; one
            // whose log is damaged is not worth trying for ever.
            Ok(visited) if visited < left => {
                tracing::info!(documents = visited, "indexed for search");
                left = visited;
            }
            Ok(_) | Err(_) => {
                tracing::error!(
                    "not everything was indexed for search; the next start tries again"
                );
                return;
            }
        }
    }
}

/// Goes once through all documents that are not indexed; how many there were.
async fn pass(app: &App) -> Result<usize, Refusal> {
    let (mut after, mut visited) = (0, 0);
    loop {
        let store = Arc::clone(&app.store);
        let stale = blocking(move || store.stale_texts(after, limits::REINDEX_PAGE)).await?;
        let Some(last) = stale.last() else {
            return Ok(visited);
        };
        after = last.key;
        visited += stale.len();
        for stale in stale {
            index(app, stale).await?;
        }
    }
}

async fn index(app: &App, stale: Stale) -> Result<(), Refusal> {
    let Stale { workspace, doc, .. } = stale;
    let (store, id) = (Arc::clone(&app.store), workspace.clone());
    let stored = match blocking(move || store.load(&id, doc)).await {
        Ok(stored) => stored.unwrap_or_default(),
        // Storage says in the log what is wrong with it.
        Err(_) => return Ok(()),
    };
    let seq = stored.seq;
    let server = server_member()?.id;
    let read = move || {
        let texts = guard::contained(|| -> Result<Vec<TextEntry>, Refusal> {
            let chunks = stored.snapshot.iter().chain(&stored.changes);
            let document = Document::load(doc, ActorId::from([0; 16]), &server, chunks)?;
            Ok(document.texts())
        });
        // What does not load is set aside as soon as somebody opens it.
        Ok(texts.and_then(Result::ok).unwrap_or_default())
    };
    let texts = blocking(read).await?;
    durable(|done| app.store.put_texts(&workspace, doc, seq, texts, done)).await
}
