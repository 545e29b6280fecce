//! Where a new message goes, and what a template says there.

use super::Replica;
use crate::contacts;
use crate::error::{Code, Refusal};
use crate::id::{ContactId, ConversationId, TemplateId};
use crate::model::{Channel, ContactRow, ConversationRow, Identity};
use crate::schedule::DueAsk;
use crate::template::{Rendered, first_name, render};
use crate::thread::{self, KnownThread, Party, Route, Start, Target};
use crate::time::Due;

impl Replica {
    /// Where a new message to a contact goes.
    pub fn route(&mut self, contact: ContactId) -> Route {
        let contact = self.rows.resolve(contact);
        let row = self.rows.contact(Some(contact));
        // Who has no address cannot be told again, so only the contact itself says who it is.
        let identity = row.and_then(any_identity);
        let saved = row.is_none_or(|row| row.saved) || identity.is_none();
        self.route_party(Party { contact, saved }, identity)
    }

    /// Where a new message to an address goes: to the contact that has it, else
    /// to the one that it derives.
    pub fn route_to(&mut self, identity: Identity) -> Route {
        let holder = self.rows.contacts().find(|row| has(row, &identity));
        if let Some(contact) = holder.map(|row| row.id) {
            return self.route(contact);
        }
        let channel = crate::document::word_of(&identity.channel);
        let contact = ContactId::of_identity(&self.workspace, &channel, &identity.address);
        let saved = false;
        self.route_party(Party { contact, saved }, Some(identity))
    }

    fn route_party(&mut self, party: Party, identity: Option<Identity>) -> Route {
        let known: Vec<KnownThread> = self
            .rows
            .conversations()
            .filter(|row| row.contact.map(|id| self.rows.resolve(id)) == Some(party.contact))
            .map(|row| KnownThread {
                conversation: row.id,
                ordinal: Some(row.ordinal)
                    .filter(|n| row.id == ConversationId::of_contact(party.contact, *n)),
                status: row.status,
                at: row.at,
            })
            .collect();
        let next = |ordinal| Route {
            conversation: ConversationId::of_contact(party.contact, ordinal),
            start: Some(Start::StartConversation {
                contact: party.contact,
                ordinal,
            }),
        };
        match (
            thread::target(self.rules.policies.threading, party, &known),
            identity,
        ) {
            (Target::Existing(conversation), _) => Route {
                conversation,
                start: None,
            },
            (Target::Unlinked, Some(identity)) => Route {
                conversation: ConversationId(self.ids.next_id()),
                start: Some(Start::StartUnlinked { identity }),
            },
            (Target::Next(ordinal), _) => next(ordinal),
            (Target::Unlinked, None) => next(0),
        }
    }

    /// Unlinked conversations with an address of a contact, the latest first:
    /// what is offered to be linked when the contact is saved (spec F3.3).
    pub fn unlinked_of(&self, contact: ContactId) -> Vec<ConversationRow> {
        let Some(row) = self.rows.contact(Some(self.rows.resolve(contact))) else {
            return Vec::new();
        };
        let unlinked = self.rows.conversations().filter(|it| it.contact.is_none());
        let mut found: Vec<ConversationRow> = unlinked
            .filter(|it| {
                it.identity
                    .as_ref()
                    .is_some_and(|identity| has(row, identity))
            })
            .cloned()
            .collect();
        found.sort_by_key(|it| std::cmp::Reverse((it.at, it.id)));
        found
    }

    /// One of the workspace's templates, filled in for a conversation.
    pub fn render_template(
        &self,
        conversation: ConversationId,
        template: TemplateId,
    ) -> Result<Rendered, Refusal> {
        let template = self.rules.templates.iter().find(|it| it.id == template);
        let template = template.ok_or_else(|| {
            Refusal::new(Code::NotFound, "There is no such template.").on("template")
        })?;
        let mut rendered = self.render_text(conversation, &template.text);
        let mut subject = self.render_text(conversation, &template.subject);
        rendered.subject = subject.text;
        // The subject is read first.
        rendered
            .missing
            .retain(|name| !subject.missing.contains(name));
        subject.missing.append(&mut rendered.missing);
        rendered.missing = subject.missing;
        Ok(rendered)
    }

    /// A text with placeholders, filled in for a conversation.
    pub fn render_text(&self, conversation: ConversationId, text: &str) -> Rendered {
        let row = self.rows.get(conversation.into());
        let row = row.and_then(|stored| match &stored.row {
            crate::model::Row::Conversation(row) => Some(row),
            _ => None,
        });
        let id = row
            .and_then(|row| row.contact)
            .map(|id| self.rows.resolve(id));
        let contact = self.rows.contact(id);
        let view = id.and_then(|id| self.contact(id));
        render(text, |name| match name.split_once('.')? {
            ("contact", "name") => contact.and_then(own_name),
            ("contact", "first_name") => contact.and_then(own_name).map(|it| first_name(&it)),
            ("contact", "company") => contact.map(|it| it.company.clone()),
            ("contact", "email") => contact.map(|it| it.email.clone()),
            ("contact", "phone") => contact.map(|it| it.phone.clone()),
            ("fields", field) => view?.fields.get(field).cloned(),
            ("member", "name") => Some(self.member.as_ref()?.name.clone()),
            ("member", "first_name") => Some(first_name(&self.member.as_ref()?.name)),
            ("conversation", "subject") => row.map(|row| row.subject.clone()),
            _ => None,
        })
    }

    /// A due date relative to a moment, by the workspace's hours and zone.
    pub fn relative_due(&self, ask: &DueAsk) -> Due {
        ask.due(&self.rules.policies)
    }
}

/// A contact's name; a row shows an address where it has none.
pub(super) fn own_name(row: &ContactRow) -> Option<String> {
    let is_address =
        row.name == row.email || row.identities.iter().any(|it| it.address == row.name);
    (!is_address).then(|| row.name.clone())
}

/// An address by which a contact is written to.
fn any_identity(row: &ContactRow) -> Option<Identity> {
    let known = row.identities.first().cloned();
    let of = |channel, address: &String| {
        let address = address.clone();
        (!address.is_empty()).then_some(Identity { channel, address })
    };
    known
        .or_else(|| of(Channel::Email, &row.email))
        .or_else(|| of(Channel::Sms, &row.phone))
}

/// Whether an address is a contact's: one of its identities, or what its
/// profile shows for the channel.
fn has(row: &ContactRow, identity: &Identity) -> bool {
    contacts::shows(&row.email, &row.phone, identity) || row.identities.contains(identity)
}
