//! What this process calls out to others that serve the same workspace, and
//! what it makes of their calls.

use std::sync::Arc;

use threadline_core::error::Refusal;
use threadline_core::sync::frame::{Presence, ServerFrame};
use threadline_core::sync::hub::{AppendError, Appended, Input};

use super::Task;
use crate::bus;

impl Task {
    /// What tells others of a batch with so many entries, once it is durable.
    pub(super) fn moved(&self, entries: u64) -> impl Fn(&Result<Appended, AppendError>) + use<> {
        let (bus, subject) = (Arc::clone(&self.app.bus), bus::moves(&self.id));
        move |result| {
            if let Ok(Appended { first }) = result {
                let last = first + entries.saturating_sub(1);
                bus.publish(&subject, last.to_string().into_bytes());
            }
        }
    }

    /// What tells others of a change of team or revocations, once it is durable.
    pub(super) fn edited(&self) -> impl Fn(&Result<(), Refusal>) + use<> {
        let (bus, subject) = (Arc::clone(&self.app.bus), bus::moves(&self.id));
        move |result| {
            if result.is_ok() {
                bus.publish(&subject, bus::EDITED.to_vec());
            }
        }
    }

    /// Tells others where a member is.
    pub(super) fn present(&self, presence: Presence) {
        let payload = ServerFrame::Presence(presence).encode();
        self.app.bus.publish(&bus::presence(&self.id), payload);
    }

    /// Another process tells where a member is.
    pub(super) fn present_elsewhere(&mut self, payload: &[u8]) {
        // What is no presence was not said by one of us.
        if let Ok(ServerFrame::Presence(presence)) = ServerFrame::decode(payload) {
            self.feed(Input::Present(presence));
        }
    }

    /// Another process calls.
    pub(super) fn hint(&mut self, payload: &[u8]) {
        if payload == bus::EDITED {
            return self.listen();
        }
        let text = std::str::from_utf8(payload).ok();
        // What is no number was not said by one of us.
        if let Some(seq) = text.and_then(|text| text.parse().ok()) {
            self.feed(Input::Moved { seq });
        }
    }
}
