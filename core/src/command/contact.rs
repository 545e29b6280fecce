//! Contacts: profile, addresses, tags, custom fields, merging.

use automerge::ScalarValue;

use super::{ContactDraft, ContactField, CustomValue, Outcome, check};
use crate::contacts;
use crate::document::{FieldChange, Writer, identity_key};
use crate::error::{Code, Refusal};
use crate::id::ContactId;
use crate::limits;
use crate::model::{FieldDefinition, FieldType, Identity, ListKind};
use crate::time::Timestamp;

pub(super) fn create(w: &mut Writer<'_, '_>, draft: &ContactDraft) -> Result<Outcome, Refusal> {
    if w.contact()?.created_at != Timestamp::default() {
        return Err(Refusal::new(Code::WrongState, "The contact has a profile."));
    }
    if draft.tags.len() > limits::TAGS {
        return Err(Refusal::new(Code::TooLong, "There are too many tags.").on("tags"));
    }
    let contact_type = match draft.contact_type.as_str() {
        "" => String::new(),
        word => check::choice(w.workspace(), ListKind::ContactTypes, word, "type")?,
    };
    let said = [
        ("name", check::optional_line(&draft.name, "name")?),
        ("type", contact_type),
        ("email", check::email(&draft.email, "email")?),
        ("phone", check::phone(&draft.phone, "phone")?),
        ("company", check::optional_line(&draft.company, "company")?),
    ];
    let (profile, tags, now) = (w.root("profile")?, w.root("tags")?, w.now());
    w.put_time(&profile, "at", now)?;
    // What the draft does not say is not put: of an address every device makes the
    // same contact, and what one of them knows nothing of is no answer to another's.
    for (field, text) in said.into_iter().filter(|(_, text)| !text.is_empty()) {
        w.put(&profile, field, text)?;
    }
    if draft.saved {
        w.put(&profile, "saved", ScalarValue::Boolean(true))?;
    }
    for tag in &draft.tags {
        let tag = check::line(tag, "tags")?;
        w.put(&tags, &tag, ScalarValue::Boolean(true))?;
    }
    let identities = w.root("identities")?;
    for identity in &draft.identities {
        let key = identity_key(&check::identity(identity, "identities")?);
        w.put(&identities, &key, ScalarValue::Boolean(true))?;
    }
    w.log("create_contact", None, None)?;
    set_customs(w, draft)?;
    Ok(Outcome::default())
}

/// Creates the contact, or gives it what it lacks; what it has stays.
pub(super) fn import(w: &mut Writer<'_, '_>, draft: &ContactDraft) -> Result<Outcome, Refusal> {
    let view = w.contact()?;
    if view.created_at == Timestamp::default() {
        return create(w, draft);
    }
    let mut draft = draft.clone();
    // As they are stored, so that what is the same is known to be.
    for one in &mut draft.identities {
        *one = check::identity(one, "identities")?;
    }
    for one in &mut draft.tags {
        *one = check::line(one, "tags")?;
    }
    let lacking = contacts::lacking(&draft, &contacts::of_view(view));
    let text = |text: &String| (!text.is_empty()).then(|| text.clone());
    let sets = [
        lacking.saved.then_some(ContactField::Saved(true)),
        text(&lacking.name).map(ContactField::Name),
        text(&lacking.contact_type).map(ContactField::Type),
        text(&lacking.email).map(ContactField::Email),
        text(&lacking.phone).map(ContactField::Phone),
        text(&lacking.company).map(ContactField::Company),
    ];
    for set in sets.into_iter().flatten() {
        set_field(w, &set)?;
    }
    for one in &lacking.identities {
        identity(w, one, true)?;
    }
    for one in &lacking.tags {
        tag(w, one, true)?;
    }
    set_customs(w, &lacking)?;
    Ok(Outcome::default())
}

fn set_customs(w: &mut Writer<'_, '_>, draft: &ContactDraft) -> Result<(), Refusal> {
    for (field, value) in &draft.fields {
        let set = CustomValue {
            field: field.clone(),
            value: Some(value.clone()),
        };
        set_custom(w, &set).map_err(|refusal| refusal.on("fields"))?;
    }
    Ok(())
}

pub(super) fn identity(
    w: &mut Writer<'_, '_>,
    identity: &Identity,
    add: bool,
) -> Result<Outcome, Refusal> {
    let identity = check::identity(identity, "identity")?;
    if w.contact()?.identities.contains(&identity) == add {
        return Ok(Outcome::default());
    }
    let (table, key) = (w.root("identities")?, identity_key(&identity));
    let (action, from, to) = if add {
        w.put(&table, &key, ScalarValue::Boolean(true))?;
        ("add_identity", String::new(), key)
    } else {
        w.delete(&table, &key)?;
        ("remove_identity", key, String::new())
    };
    w.log(action, None, Some(("identities", from, to)))?;
    Ok(Outcome::default())
}

pub(super) fn tag(w: &mut Writer<'_, '_>, tag: &str, add: bool) -> Result<Outcome, Refusal> {
    let tag = check::line(tag, "tag")?;
    let tags = &w.contact()?.tags;
    if tags.contains(&tag) == add {
        return Ok(Outcome::default());
    }
    if add && tags.len() >= limits::TAGS {
        return Err(Refusal::new(Code::TooLong, "There are too many tags.").on("tag"));
    }
    let table = w.root("tags")?;
    let (action, from, to) = if add {
        w.put(&table, &tag, ScalarValue::Boolean(true))?;
        ("add_contact_tag", String::new(), tag)
    } else {
        w.delete(&table, &tag)?;
        ("remove_contact_tag", tag, String::new())
    };
    w.log(action, None, Some(("tags", from, to)))?;
    Ok(Outcome::default())
}

pub(super) fn set_field(w: &mut Writer<'_, '_>, set: &ContactField) -> Result<Outcome, Refusal> {
    let view = w.contact()?;
    let profile = w.root("profile")?;
    let (field, from, to) = match set {
        ContactField::Name(text) => (
            "name",
            view.name.clone(),
            check::optional_line(text, "name")?,
        ),
        ContactField::Saved(saved) => {
            if view.saved != *saved {
                w.put(&profile, "saved", ScalarValue::Boolean(*saved))?;
                let change = ("saved", view.saved.to_string(), saved.to_string());
                w.log("set_contact_field", None, Some(change))?;
            }
            return Ok(Outcome::default());
        }
        ContactField::Type(word) => (
            "type",
            view.contact_type.clone(),
            check::choice(w.workspace(), ListKind::ContactTypes, word, "type")?,
        ),
        ContactField::Status(status) => {
            ("status", Writer::word(&view.status), Writer::word(status))
        }
        ContactField::Email(text) => ("email", view.email.clone(), check::email(text, "email")?),
        ContactField::Phone(text) => ("phone", view.phone.clone(), check::phone(text, "phone")?),
        ContactField::Company(text) => (
            "company",
            view.company.clone(),
            check::optional_line(text, "company")?,
        ),
    };
    w.set_field(FieldChange {
        disputed: w.is_disputed(&profile, field),
        entry: &profile,
        action: "set_contact_field",
        subject: None,
        field,
        from,
        to: Some(to),
    })?;
    Ok(Outcome::default())
}

pub(super) fn set_custom(w: &mut Writer<'_, '_>, set: &CustomValue) -> Result<Outcome, Refusal> {
    let fields = &w.workspace().fields;
    let Some(definition) = fields.iter().find(|field| field.id == set.field) else {
        return Err(Refusal::new(Code::NotFound, "There is no such field.").on("field"));
    };
    let value = match &set.value {
        Some(value) if !value.trim().is_empty() => {
            if definition.archived {
                let text = "The workspace does not use this field any more.";
                return Err(Refusal::new(Code::WrongState, text).on("field"));
            }
            Some(check_value(definition, value.trim())?)
        }
        _ => None,
    };
    let table = w.root("fields")?;
    let key = set.field.as_str();
    let from = w.text(&table, key);
    if from == value && !w.is_disputed(&table, key) {
        return Ok(Outcome::default());
    }
    match &value {
        Some(value) => w.put(&table, key, value.as_str())?,
        None => w.delete(&table, key)?,
    }
    let field = format!("fields/{key}");
    let change = (
        field.as_str(),
        from.unwrap_or_default(),
        value.unwrap_or_default(),
    );
    w.log("set_custom_field", None, Some(change))?;
    Ok(Outcome::default())
}

/// A value of a field's type, as it is stored.
pub(crate) fn check_value(field: &FieldDefinition, value: &str) -> Result<String, Refusal> {
    check::within(value, limits::SCALAR_UNITS, "value")?;
    let number = || {
        let digits = value.strip_prefix('-').unwrap_or(value);
        let (whole, rest) = digits.split_once('.').unwrap_or((digits, "0"));
        let all_digits = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
        all_digits(whole) && all_digits(rest) && digits.len() <= 30
    };
    let fits = match field.field_type {
        FieldType::Text => true,
        FieldType::Number => number(),
        FieldType::Date => crate::time::read_day(value).is_some(),
        FieldType::Choice => field.choices.iter().any(|choice| choice == value),
        FieldType::Checkbox => matches!(value, "true" | "false"),
        FieldType::Url => return check::optional_url(value, "value"),
    };
    if fits {
        Ok(value.to_owned())
    } else {
        let text = match field.field_type {
            FieldType::Number => "This is not a number.",
            FieldType::Date => "This is not a day of the calendar.",
            _ => "This is not one of the choices.",
        };
        Err(Refusal::new(Code::Invalid, text).on("value"))
    }
}

/// Makes the contact an alias of another one, or undoes it (spec §5).
pub(super) fn merge(w: &mut Writer<'_, '_>, into: Option<ContactId>) -> Result<Outcome, Refusal> {
    let view = w.contact()?;
    if into == Some(view.id) {
        let text = "A contact is not merged into itself.";
        return Err(Refusal::new(Code::Invalid, text).on("into"));
    }
    if into.is_none() && view.merged_into.is_none() {
        return Err(Refusal::new(
            Code::WrongState,
            "The contact was not merged.",
        ));
    }
    let profile = w.root("profile")?;
    let text = |contact: Option<ContactId>| contact.map(|id| id.to_string());
    w.set_field(FieldChange {
        disputed: w.is_disputed(&profile, "mergedInto"),
        entry: &profile,
        action: if into.is_some() {
            "merge_contact"
        } else {
            "unmerge_contact"
        },
        subject: None,
        field: "mergedInto",
        from: text(view.merged_into).unwrap_or_default(),
        to: text(into),
    })?;
    Ok(Outcome::default())
}
