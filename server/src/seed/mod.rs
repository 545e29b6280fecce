//! Fills an empty workspace with the sample content of `server/demo/`: the
//! members' own commands, as if they had given them at the told times.

mod contact;
mod files;
mod notes;
mod scribe;
mod story;

use std::collections::HashMap;

use threadline_core::command::{Command, TeamDraft, WorkspaceCommand};
use threadline_core::error::Refusal;
use threadline_core::id::{ContactId, DocumentId, WorkspaceId};
use threadline_core::model::Member;
use threadline_core::time::Timestamp;

use crate::directory::Listed;
use crate::store::{Store, append, wait};
use scribe::Scribe;

/// Why there is no sample workspace.
#[derive(Debug, thiserror::Error)]
pub(crate) enum SeedError {
    /// A file of the sample content is not what it should be.
    #[error("the sample content is broken: {0}")]
    Content(String),
    /// The core or the store refused.
    #[error("the sample workspace was refused: {0}")]
    Refused(#[from] Refusal),
    /// No random source.
    #[error("the operating system gives no random bytes: {0}")]
    Random(#[from] getrandom::Error),
}

/// Fills the sample workspace, counting its times back from `now`; nothing
/// where it has been filled before. Returns it with its members.
pub(crate) fn fill(
    store: &dyn Store,
    now: Timestamp,
) -> Result<(WorkspaceId, Vec<Member>), SeedError> {
    let content = files::read()?;
    let (id, members) = (content.id.clone(), content.members.clone());
    let opened = store.open(&id)?;
    if opened.seq > 0 {
        return Ok((id, members));
    }
    for member in &members {
        let listed = Listed {
            member: member.clone(),
            managed: false,
        };
        wait(|done| store.put_member(&id, None, listed, done))?;
    }
    let mut scribe = Scribe::new(&members, now)?;
    settings(&mut scribe, &content)?;
    let mut contacts = HashMap::new();
    for contact in &content.contacts {
        let id = contact::write(&mut scribe, &id, contact)?;
        contacts.insert(contact.key.as_str(), (id, contact));
    }
    for conversation in &content.conversations {
        let contact = contacts.get(conversation.contact.as_str());
        let contact = contact
            .ok_or_else(|| SeedError::Content(format!("no contact “{}”", conversation.contact)))?;
        story::conversation(&mut scribe, &id, *contact, conversation)?;
    }
    // One batch: after a crash the workspace is full or empty, never half.
    let batch = scribe.finish();
    append(store, &id, batch)?;
    Ok((id, members))
}

/// Writes the workspace's own document, a day before the first contact.
fn settings(scribe: &mut Scribe, content: &files::Content) -> Result<(), SeedError> {
    let admin = scribe.admin()?;
    let at = scribe.now.plus_millis(-91 * 24 * 60 * 60_000);
    let mut doc = scribe.begin(DocumentId::Workspace)?;
    let mut commands = content.settings.clone();
    for team in &content.teams {
        let id = &team.key;
        commands.push(WorkspaceCommand::PutTeam {
            team: TeamDraft {
                id: Some(id.clone()),
                name: team.name.clone(),
                archived: false,
            },
        });
        commands.extend(team.members.iter().map(|member| {
            let (team, member) = (id.clone(), member.clone());
            WorkspaceCommand::AddTeamMember { team, member }
        }));
    }
    for command in commands {
        scribe.execute(&mut doc, &admin, at, &Command::Workspace(command))?;
    }
    scribe.list(&mut doc);
    Ok(())
}

/// The contact's id and what the file says of it.
type Known<'a> = (ContactId, &'a files::Contact);
