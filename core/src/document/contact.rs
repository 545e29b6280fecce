//! Reads a contact's document. Every read is total.

use automerge::AutoCommit;
use uuid::Uuid;

use super::conflict::conflicts;
use super::conversation::{activity, member};
use super::read::{Reader, word, word_of};
use crate::id::{ContactId, OpportunityId};
use crate::model::{
    Activity, Conflict, ContactRow, ContactStatus, ContactView, Identity, Money, Opportunity,
    OpportunityMark, OpportunityStatus, StageRef,
};

const CONFLICTS: &[&str] = &[
    "name",
    "type",
    "status",
    "email",
    "phone",
    "company",
    "mergedInto",
];
const OPPORTUNITY_CONFLICTS: &[&str] = &["title", "stage", "value", "status", "owner", "expected"];
/// Deals in a contact's row.
const OPPORTUNITIES: usize = 50;

/// The key of an address in the `identities` table.
pub(crate) fn identity_key(identity: &Identity) -> String {
    format!("{}:{}", word_of(&identity.channel), identity.address)
}

pub(super) fn identity(key: &str) -> Option<Identity> {
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
        merged_into: None,
        opportunities: opportunities(&root),
        activities: activities(&root),
        created_at: crate::time::Timestamp::default(),
        conflicts: Vec::new(),
        problems: Vec::new(),
    };
    let fields = root.map("fields").map(Reader::whole);
    if let Some(fields) = &fields {
        view.fields = fields
            .keys()
            .map(|key| {
                let value = fields.line(&key);
                (key, value)
            })
            .collect();
    }
    let Some(profile) = root.map("profile").map(Reader::whole) else {
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
    view.merged_into = profile.id("mergedInto");
    view.created_at = profile.time("at").unwrap_or_default();
    view.conflicts = conflicts(&profile, CONFLICTS);
    if let Some(fields) = &fields {
        let keys: Vec<String> = fields.keys().collect();
        let keys: Vec<&str> = keys.iter().map(String::as_str).collect();
        let named = conflicts(fields, &keys).into_iter();
        // As the profile's own fields could have such a name too.
        view.conflicts.extend(named.map(|conflict| Conflict {
            field: format!("fields/{}", conflict.field),
            ..conflict
        }));
    }
    view
}

/// The audit trail of a document, newest first.
pub(super) fn activities(root: &Reader<'_>) -> Vec<Activity> {
    let Some(table) = root.map("activities") else {
        return Vec::new();
    };
    let read = |key: String| {
        Some(activity(
            &table.map(&key)?.whole(),
            Uuid::parse_str(&key).ok()?,
        ))
    };
    let mut list: Vec<Activity> = table.keys().filter_map(read).collect();
    list.sort_by_key(|activity| std::cmp::Reverse((activity.at, activity.id)));
    list
}

/// The stored form of a stage.
pub(crate) fn stage_text(stage: &StageRef) -> String {
    format!("{}/{}", stage.pipeline, stage.stage)
}

fn stage(text: &str) -> Option<StageRef> {
    let (pipeline, stage) = text.split_once('/')?;
    Some(StageRef {
        pipeline: pipeline.parse().ok()?,
        stage: stage.parse().ok()?,
    })
}

/// The stored form of an amount.
pub(crate) fn money_text(money: &Money) -> String {
    format!("{} {}", money.amount, money.currency)
}

fn money(text: &str) -> Option<Money> {
    let (amount, currency) = text.split_once(' ')?;
    Some(Money {
        amount: amount.parse().ok()?,
        currency: currency.to_owned(),
    })
}

fn opportunities(root: &Reader<'_>) -> Vec<Opportunity> {
    let Some(table) = root.map("opportunities") else {
        return Vec::new();
    };
    let read = |key: String| {
        let entry = table.map(&key)?.whole();
        let contacts = entry.map("contacts").map(|contacts| {
            let ids = contacts.keys().filter_map(|id| id.parse().ok());
            ids.collect()
        });
        Some(Opportunity {
            id: OpportunityId(Uuid::parse_str(&key).ok()?),
            by: member(&entry, "by"),
            at: entry.time("at").unwrap_or_default(),
            title: entry.line("title"),
            stage: stage(&entry.line("stage"))?,
            value: money(&entry.line("value"))?,
            status: entry.word("status").unwrap_or_default(),
            reason: entry.line("reason"),
            closed_at: entry.time("closedAt"),
            expected: entry.line("expected"),
            owner: entry.id("owner"),
            contacts: contacts.unwrap_or_default(),
            conflicts: conflicts(&entry, OPPORTUNITY_CONFLICTS),
        })
    };
    table.keys().filter_map(read).collect()
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
        contact_type: view.contact_type.clone(),
        status: view.status,
        saved: view.saved,
        email: view.email.clone(),
        phone: view.phone.clone(),
        identities: view.identities.clone(),
        tags: view.tags.clone(),
        merged_into: view.merged_into,
        opportunities: opportunity_marks(view),
        conflicted: !view.conflicts.is_empty()
            || view.opportunities.iter().any(|it| !it.conflicts.is_empty()),
    }
}

fn opportunity_marks(view: &ContactView) -> Vec<OpportunityMark> {
    let mut deals: Vec<&Opportunity> = view.opportunities.iter().collect();
    deals.sort_by_key(|deal| (deal.status != OpportunityStatus::Open, deal.id));
    let mark = |deal: &Opportunity| OpportunityMark {
        id: deal.id,
        title: deal.title.clone(),
        stage: deal.stage.clone(),
        value: deal.value.clone(),
        status: deal.status,
        owner: deal.owner.clone(),
        expected: deal.expected.clone(),
    };
    deals.into_iter().take(OPPORTUNITIES).map(mark).collect()
}
