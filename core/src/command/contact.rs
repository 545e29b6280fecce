//! Contacts: profile and addresses.

use automerge::ScalarValue;

use super::{ContactDraft, ContactField, Outcome, check};
use crate::document::{Writer, identity_key};
use crate::error::{Code, Refusal};
use crate::limits;
use crate::model::{ContactStatus, Identity};
use crate::time::Timestamp;

pub(super) fn create(w: &mut Writer<'_, '_>, draft: &ContactDraft) -> Result<Outcome, Refusal> {
    if w.contact()?.created_at != Timestamp::default() {
        return Err(Refusal::new(Code::WrongState, "The contact has a profile."));
    }
    if draft.tags.len() > limits::TAGS {
        return Err(Refusal::new(Code::TooLong, "There are too many tags.").on("tags"));
    }
    let contact_type = if draft.contact_type.is_empty() {
        "other"
    } else {
        &draft.contact_type
    };
    let (profile, tags, now) = (w.root("profile")?, w.root("tags")?, w.now());
    w.put_time(&profile, "at", now)?;
    w.put(&profile, "name", check::optional_line(&draft.name, "name")?)?;
    w.put(&profile, "saved", ScalarValue::Boolean(draft.saved))?;
    w.put(&profile, "type", check::list_word(contact_type, "type")?)?;
    w.put_word(&profile, "status", &ContactStatus::Active)?;
    w.put(
        &profile,
        "email",
        check::optional_line(&draft.email, "email")?,
    )?;
    w.put(
        &profile,
        "phone",
        check::optional_line(&draft.phone, "phone")?,
    )?;
    w.put(
        &profile,
        "company",
        check::optional_line(&draft.company, "company")?,
    )?;
    for tag in &draft.tags {
        w.put(
            &tags,
            &check::line(tag, "tags")?,
            ScalarValue::Boolean(true),
        )?;
    }
    for identity in &draft.identities {
        add_identity(w, identity)?;
    }
    Ok(Outcome::default())
}

pub(super) fn add_identity(
    w: &mut Writer<'_, '_>,
    identity: &Identity,
) -> Result<Outcome, Refusal> {
    check::line(&identity.address, "identity")?;
    let identities = w.root("identities")?;
    w.put(
        &identities,
        &identity_key(identity),
        ScalarValue::Boolean(true),
    )?;
    Ok(Outcome::default())
}

pub(super) fn set_field(w: &mut Writer<'_, '_>, set: &ContactField) -> Result<Outcome, Refusal> {
    let profile = w.root("profile")?;
    match set {
        ContactField::Name(text) => w.put(&profile, "name", check::optional_line(text, "name")?)?,
        ContactField::Saved(saved) => w.put(&profile, "saved", ScalarValue::Boolean(*saved))?,
        ContactField::Type(word) => w.put(&profile, "type", check::list_word(word, "type")?)?,
        ContactField::Status(status) => w.put_word(&profile, "status", status)?,
        ContactField::Email(text) => {
            w.put(&profile, "email", check::optional_line(text, "email")?)?;
        }
        ContactField::Phone(text) => {
            w.put(&profile, "phone", check::optional_line(text, "phone")?)?;
        }
        ContactField::Company(text) => {
            w.put(&profile, "company", check::optional_line(text, "company")?)?;
        }
    }
    Ok(Outcome::default())
}
