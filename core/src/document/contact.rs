//! Reads a contact's document. Every read is total.

use automerge::AutoCommit;

use super::conflict::conflicts;
use super::read::{Reader, word, word_of};
use crate::id::ContactId;
use crate::model::{ContactRow, ContactStatus, ContactView, Identity};

const CONFLICTS: &[&str] = &["name", "type", "status", "email", "phone", "company"];

/// The key of an address in the `identities` table.
pub(crate) fn identity_key(identity: &Identity) -> String {
    format!("{}:{}", word_of(&identity.channel), identity.address)
}

fn identity(key: &str) -> Option<Identity> {
    let (channel, address) = key.split_once(':')?;
    Some(Identity {
        channel: word(channel)?,
        address: address.to_owned(),
    })
}

/// Reads the contact.
pub(crate) fn contact(doc: &AutoCommit, id: ContactId) -> ContactView {
    let root = Reader::root(doc);
    let keys = |table: &str| {
        root.map(table)
            .map(|map| map.keys().collect::<Vec<_>>())
            .unwrap_or_default()
    };
    let mut view = ContactView {
        id,
        name: String::new(),
        saved: false,
        contact_type: "other".to_owned(),
        status: ContactStatus::Active,
        email: String::new(),
        phone: String::new(),
        company: String::new(),
        identities: keys("identities")
            .iter()
            .filter_map(|key| identity(key))
            .collect(),
        tags: keys("tags"),
        fields: std::collections::BTreeMap::new(),
        created_at: crate::time::Timestamp::default(),
        conflicts: Vec::new(),
        problems: Vec::new(),
    };
    if let Some(fields) = root.map("fields") {
        view.fields = fields
            .keys()
            .map(|key| {
                let value = fields.line(&key);
                (key, value)
            })
            .collect();
    }
    let Some(profile) = root.map("profile") else {
        view.problems.push(root.problem("profile", "missing"));
        return view;
    };
    view.name = profile.line("name");
    view.saved = profile.flag("saved");
    view.contact_type = profile.text("type").unwrap_or(view.contact_type);
    view.status = profile.word("status").unwrap_or_default();
    view.email = profile.line("email");
    view.phone = profile.line("phone");
    view.company = profile.line("company");
    view.created_at = profile.time("at").unwrap_or_default();
    view.conflicts = conflicts(doc, &profile.obj, CONFLICTS);
    view
}

/// The contact's row.
pub(crate) fn row(view: &ContactView) -> ContactRow {
    let address = || {
        view.identities
            .first()
            .map(|identity| identity.address.clone())
    };
    let name = [&view.name, &view.email]
        .into_iter()
        .find(|text| !text.is_empty())
        .cloned();
    ContactRow {
        id: view.id,
        name: name.or_else(address).unwrap_or_default(),
        company: view.company.clone(),
        status: view.status,
        saved: view.saved,
    }
}
