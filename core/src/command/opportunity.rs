//! Opportunities: deals on their way through a pipeline (spec F2.8).

use automerge::ScalarValue;

use super::{OpportunityDraft, OpportunityField, Outcome, check};
use crate::document::{FieldChange, Writer, money_text, stage_text};
use crate::error::{Code, Refusal};
use crate::id::{ContactId, OpportunityId};
use crate::limits;
use crate::model::{ItemKind, Money, Opportunity, OpportunityStatus, StageRef};

fn opportunity<'a>(w: &Writer<'a, '_>, id: OpportunityId) -> Result<&'a Opportunity, Refusal> {
    let deals = &w.contact()?.opportunities;
    deals.iter().find(|deal| deal.id == id).ok_or_else(|| {
        Refusal::new(Code::NotFound, "There is no such opportunity.").on("opportunity")
    })
}

/// A deal that is still to be made.
fn open<'a>(w: &Writer<'a, '_>, id: OpportunityId) -> Result<&'a Opportunity, Refusal> {
    let deal = opportunity(w, id)?;
    if deal.status != OpportunityStatus::Open {
        let text = "The opportunity was won or lost.";
        return Err(Refusal::new(Code::WrongState, text).on("opportunity"));
    }
    Ok(deal)
}

fn check_stage(w: &Writer<'_, '_>, at: &StageRef) -> Result<(), Refusal> {
    let pipeline = w.workspace().pipeline(&at.pipeline);
    let offered = pipeline
        .filter(|pipeline| !pipeline.archived)
        .is_some_and(|pipeline| {
            let mut stages = pipeline.stages.iter();
            stages.any(|stage| stage.id == at.stage && !stage.archived)
        });
    if offered {
        Ok(())
    } else {
        Err(Refusal::new(Code::Invalid, "There is no such stage.").on("stage"))
    }
}

fn check_money(money: &Money) -> Result<(), Refusal> {
    check::currency(&money.currency, "value")?;
    if (0..=limits::MONEY).contains(&money.amount) {
        Ok(())
    } else {
        Err(Refusal::new(Code::Invalid, "The value is out of range.").on("value"))
    }
}

pub(super) fn create(w: &mut Writer<'_, '_>, draft: &OpportunityDraft) -> Result<Outcome, Refusal> {
    let title = check::line(&draft.title, "title")?;
    check_stage(w, &draft.stage)?;
    check_money(&draft.value)?;
    let expected = check::optional_day(&draft.expected, "expected")?;
    if draft.contacts.len() > limits::ADDRESSES {
        return Err(Refusal::new(Code::TooLong, "There are too many contacts.").on("contacts"));
    }
    let id = w.new_id();
    let entry = w.begin_entry(ItemKind::Opportunity, id)?;
    let owner = draft.owner.clone().unwrap_or_else(|| w.me());
    w.put(&entry, "title", title)?;
    w.put(&entry, "stage", stage_text(&draft.stage))?;
    w.put(&entry, "value", money_text(&draft.value))?;
    w.put_word(&entry, "status", &OpportunityStatus::Open)?;
    w.put(&entry, "expected", expected)?;
    w.put(&entry, "owner", owner.as_str())?;
    let contacts = w.put_map(&entry, "contacts")?;
    for other in &draft.contacts {
        w.put(&contacts, &other.to_string(), ScalarValue::Boolean(true))?;
    }
    w.log(
        "create_opportunity",
        Some((ItemKind::Opportunity, id)),
        None,
    )?;
    Ok(Outcome::made(id))
}

pub(super) fn set_field(
    w: &mut Writer<'_, '_>,
    id: OpportunityId,
    set: &OpportunityField,
) -> Result<Outcome, Refusal> {
    let old = open(w, id)?;
    let owner = |owner: &Option<_>| owner.as_ref().map(ToString::to_string);
    let (field, from, to) = match set {
        OpportunityField::Title(text) => {
            let title = check::line(text, "title")?;
            ("title", old.title.clone(), Some(title))
        }
        OpportunityField::Stage(stage) => {
            check_stage(w, stage)?;
            ("stage", stage_text(&old.stage), Some(stage_text(stage)))
        }
        OpportunityField::Value(value) => {
            check_money(value)?;
            ("value", money_text(&old.value), Some(money_text(value)))
        }
        OpportunityField::Expected(day) => {
            let day = check::optional_day(day, "expected")?;
            ("expected", old.expected.clone(), Some(day))
        }
        OpportunityField::Owner(to) => ("owner", owner(&old.owner).unwrap_or_default(), owner(to)),
    };
    put_field(w, old, "set_opportunity_field", field, from, to)?;
    Ok(Outcome::default())
}

fn put_field(
    w: &mut Writer<'_, '_>,
    old: &Opportunity,
    action: &str,
    field: &str,
    from: String,
    to: Option<String>,
) -> Result<(), Refusal> {
    let entry = w.entry(ItemKind::Opportunity, old.id.0)?;
    w.set_field(FieldChange {
        entry: &entry,
        action,
        subject: Some((ItemKind::Opportunity, old.id.0)),
        field,
        from,
        to,
        disputed: old.conflicts.iter().any(|conflict| conflict.field == field),
    })
}

pub(super) fn close(
    w: &mut Writer<'_, '_>,
    id: OpportunityId,
    won: bool,
    reason: &str,
) -> Result<Outcome, Refusal> {
    let old = opportunity(w, id)?;
    let status = if won {
        OpportunityStatus::Won
    } else {
        OpportunityStatus::Lost
    };
    let mut conflicts = old.conflicts.iter();
    let disputed = conflicts.any(|conflict| conflict.field == "status");
    if old.status != OpportunityStatus::Open && !disputed {
        let text = "The opportunity was won or lost.";
        return Err(Refusal::new(Code::WrongState, text).on("opportunity"));
    }
    let reason = check::optional_line(reason, "reason")?;
    if !won && reason.is_empty() {
        let text = "Losing an opportunity takes a reason.";
        return Err(Refusal::new(Code::Invalid, text).on("reason"));
    }
    let entry = w.entry(ItemKind::Opportunity, id.0)?;
    let now = w.now();
    w.put(&entry, "reason", reason)?;
    w.put_time(&entry, "closedAt", now)?;
    let (from, to) = (Writer::word(&old.status), Writer::word(&status));
    put_field(w, old, "close_opportunity", "status", from, Some(to))?;
    Ok(Outcome::default())
}

pub(super) fn reopen(w: &mut Writer<'_, '_>, id: OpportunityId) -> Result<Outcome, Refusal> {
    let old = opportunity(w, id)?;
    let mut conflicts = old.conflicts.iter();
    let disputed = conflicts.any(|conflict| conflict.field == "status");
    if old.status == OpportunityStatus::Open && !disputed {
        let text = "The opportunity is open.";
        return Err(Refusal::new(Code::WrongState, text).on("opportunity"));
    }
    let entry = w.entry(ItemKind::Opportunity, id.0)?;
    w.put(&entry, "reason", "")?;
    w.put(&entry, "closedAt", ScalarValue::Null)?;
    let from = Writer::word(&old.status);
    let to = Writer::word(&OpportunityStatus::Open);
    put_field(w, old, "reopen_opportunity", "status", from, Some(to))?;
    Ok(Outcome::default())
}

pub(super) fn contact(
    w: &mut Writer<'_, '_>,
    id: OpportunityId,
    other: ContactId,
    add: bool,
) -> Result<Outcome, Refusal> {
    let old = open(w, id)?;
    if old.contacts.contains(&other) == add || other == w.contact()?.id {
        return Ok(Outcome::default());
    }
    if add && old.contacts.len() >= limits::ADDRESSES {
        return Err(Refusal::new(Code::TooLong, "There are too many contacts.").on("other"));
    }
    let entry = w.entry(ItemKind::Opportunity, id.0)?;
    let contacts = w.child(&entry, "contacts")?;
    let name = other.to_string();
    let (action, from, to) = if add {
        w.put(&contacts, &name, ScalarValue::Boolean(true))?;
        ("add_opportunity_contact", String::new(), name)
    } else {
        w.delete(&contacts, &name)?;
        ("remove_opportunity_contact", name, String::new())
    };
    let subject = Some((ItemKind::Opportunity, id.0));
    w.log(action, subject, Some(("contacts", from, to)))?;
    Ok(Outcome::default())
}
