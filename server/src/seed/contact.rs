//! Sample contacts as the commands that make them.

use threadline_core::command::{
    Command, ContactCommand, ContactDraft, ContactField, CustomValue, OpportunityField,
};
use threadline_core::document::Document;
use threadline_core::id::{ContactId, MemberId, OpportunityId, WorkspaceId};
use threadline_core::model::{Channel, ContactStatus, Identity, StageRef};
use threadline_core::time::Timestamp;

use super::SeedError;
use super::files::{self, Deal};
use super::scribe::Scribe;

const DAY_MS: i64 = 24 * 60 * 60_000;
/// How long a deal stays in one stage.
const STAGE_DAYS: i64 = 3;

/// Writes a contact, first met three months ago.
pub(super) fn write(
    scribe: &mut Scribe,
    workspace: &WorkspaceId,
    said: &files::Contact,
) -> Result<ContactId, SeedError> {
    let id = ContactId::of_identity(workspace, "email", &said.email);
    let doc = scribe.begin(id.into())?;
    let by = scribe.server.id.clone();
    let admin = scribe.admin()?;
    let at = scribe.now.plus_millis(-90 * DAY_MS);
    let mut page = Page { scribe, doc, id };
    let draft = draft(said);
    page.give(&by, at, ContactCommand::CreateContact { draft })?;
    if said.status != ContactStatus::Active {
        let set = ContactField::Status(said.status);
        page.give(&by, at, ContactCommand::SetContactField { set })?;
    }
    for (field, value) in &said.fields {
        let set = CustomValue {
            field: field.clone(),
            value: Some(value.clone()),
        };
        page.give(&admin, at, ContactCommand::SetCustomField { set })?;
    }
    for deal in &said.opportunities {
        page.deal(deal)?;
    }
    page.scribe.list(&mut page.doc);
    Ok(id)
}

fn draft(said: &files::Contact) -> ContactDraft {
    let identity = |channel, address: &String| Identity {
        channel,
        address: address.clone(),
    };
    let mut identities = vec![identity(Channel::Email, &said.email)];
    if !said.phone.is_empty() {
        for channel in [Channel::Call, Channel::Sms, Channel::Whatsapp] {
            identities.push(identity(channel, &said.phone));
        }
    }
    ContactDraft {
        name: said.name.clone(),
        saved: said.saved,
        contact_type: said.contact_type.clone(),
        email: said.email.clone(),
        phone: said.phone.clone(),
        company: said.company.clone(),
        identities,
        tags: said.tags.clone(),
        ..ContactDraft::default()
    }
}

/// A contact while it is being written.
struct Page<'a> {
    scribe: &'a mut Scribe,
    doc: Document,
    id: ContactId,
}

impl Page<'_> {
    fn give(
        &mut self,
        by: &MemberId,
        at: Timestamp,
        command: ContactCommand,
    ) -> Result<uuid::Uuid, SeedError> {
        let contact = self.id;
        let command = Command::Contact { contact, command };
        let done = self.scribe.execute(&mut self.doc, by, at, &command)?;
        Ok(done.created.unwrap_or_default())
    }

    fn deal(&mut self, said: &Deal) -> Result<(), SeedError> {
        let now = self.scribe.now;
        let mut at = now.plus_millis(-said.days_ago * DAY_MS);
        let draft = said.draft.clone();
        let pipeline = draft.stage.pipeline.clone();
        let made = self.give(&said.by, at, ContactCommand::CreateOpportunity { draft })?;
        let opportunity = OpportunityId(made);
        for stage in &said.then {
            at = at.plus_millis(STAGE_DAYS * DAY_MS).min(now);
            let set = OpportunityField::Stage(StageRef {
                pipeline: pipeline.clone(),
                stage: stage.clone(),
            });
            let command = ContactCommand::SetOpportunityField { opportunity, set };
            self.give(&said.by, at, command)?;
        }
        if let Some(end) = &said.end {
            at = at.plus_millis(STAGE_DAYS * DAY_MS).min(now);
            let command = ContactCommand::CloseOpportunity {
                opportunity,
                won: end.won,
                reason: end.reason.clone(),
            };
            self.give(&said.by, at, command)?;
        }
        Ok(())
    }
}
