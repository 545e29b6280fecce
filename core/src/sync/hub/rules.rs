//! The workspace's own document: it is loaded before anything else is done and
//! stays, because the server's commands follow the rules in it.

use std::sync::Arc;

use super::Hub;
use super::documents::Slot;
use crate::document::View;
use crate::id::DocumentId;

impl Hub {
    /// Whether the rules are those of storage. Where their document is set
    /// aside, the start values count.
    pub(super) fn rules_known(&self) -> bool {
        let workspace = DocumentId::Workspace;
        matches!(self.documents.get(&workspace), Some(Slot::Held(_)))
            || self.quarantine.holds(workspace)
    }

    /// Takes the rules from their document as it is now.
    pub(super) fn read_rules(&mut self) {
        if let Some(Slot::Held(held)) = self.documents.get(&DocumentId::Workspace)
            && let View::Workspace(view) = held.document.view()
        {
            self.rules = Arc::new(view.clone());
        }
    }
}
