//! What of a profile a contact lacks.

use std::collections::BTreeMap;

use crate::command::ContactDraft;
use crate::limits;
use crate::model::{Channel, ContactRow, ContactView, Identity};

/// Whether a profile's e-mail or phone is an address.
pub(crate) fn shows(email: &str, phone: &str, identity: &Identity) -> bool {
    let digits = |text: &str| -> String { text.chars().filter(char::is_ascii_digit).collect() };
    match identity.channel {
        Channel::Email => email.eq_ignore_ascii_case(&identity.address),
        Channel::Sms | Channel::Whatsapp | Channel::Call => {
            let number = digits(&identity.address);
            number.len() >= 6 && number == digits(phone)
        }
        Channel::Webchat => false,
    }
}

/// What a profile has and a contact lacks; nothing of it where the contact has all.
pub(crate) fn lacking(draft: &ContactDraft, known: &ContactDraft) -> ContactDraft {
    let lacks = |known: &str, text: &str| match known {
        "" => text.to_owned(),
        _ => String::new(),
    };
    let saved = draft.saved && !known.saved;
    // Whom nobody saved and has no other type than all have at first, has none that
    // somebody chose.
    let is_untyped = matches!(known.contact_type.as_str(), "" | "other");
    let is_typed = saved && is_untyped && draft.contact_type != known.contact_type;
    let identities = others(
        &draft.identities,
        limits::ADDRESSES,
        &known.identities,
        |it| !holds(known, it),
    );
    let tags = others(&draft.tags, limits::TAGS, &known.tags, |tag| {
        !known.tags.contains(tag)
    });
    let mut fields = BTreeMap::new();
    for (field, value) in &draft.fields {
        if !known.fields.contains_key(field) {
            fields.insert(field.clone(), value.clone());
        }
    }
    ContactDraft {
        name: lacks(&known.name, &draft.name),
        saved,
        contact_type: if is_typed {
            draft.contact_type.clone()
        } else {
            String::new()
        },
        email: lacks(&known.email, &draft.email),
        phone: lacks(&known.phone, &draft.phone),
        company: lacks(&known.company, &draft.company),
        identities,
        tags,
        fields,
    }
}

/// Those of a list that are new, each once, as many as there is room for.
fn others<T: Clone + PartialEq>(
    list: &[T],
    most: usize,
    known: &[T],
    is_new: impl Fn(&T) -> bool,
) -> Vec<T> {
    let mut others = Vec::new();
    for one in list {
        if known.len() + others.len() < most && is_new(one) && !others.contains(one) {
            others.push(one.clone());
        }
    }
    others
}

/// Whether a contact is reached by an address. A number in the profile does not
/// say that it is one on WhatsApp.
fn holds(known: &ContactDraft, identity: &Identity) -> bool {
    if identity.channel == Channel::Whatsapp {
        return known.identities.contains(identity);
    }
    let mut addresses = known.identities.iter().map(|it| &it.address);
    shows(&known.email, &known.phone, identity) || addresses.any(|it| *it == identity.address)
}

/// The profile of a contact.
pub(crate) fn of_view(view: &ContactView) -> ContactDraft {
    let mut fields = BTreeMap::new();
    for (field, value) in &view.fields {
        if let Ok(field) = field.parse() {
            fields.insert(field, value.clone());
        }
    }
    ContactDraft {
        name: view.name.clone(),
        saved: view.saved,
        contact_type: view.contact_type.clone(),
        email: view.email.clone(),
        phone: view.phone.clone(),
        company: view.company.clone(),
        identities: view.identities.clone(),
        tags: view.tags.clone(),
        fields,
    }
}

/// The profile of a contact as far as its row tells it; `name` without the address
/// that a row shows instead.
pub(crate) fn of_row(row: &ContactRow, name: String) -> ContactDraft {
    ContactDraft {
        name,
        saved: row.saved,
        contact_type: row.contact_type.clone(),
        email: row.email.clone(),
        phone: row.phone.clone(),
        company: row.company.clone(),
        identities: row.identities.clone(),
        tags: row.tags.clone(),
        ..ContactDraft::default()
    }
}
