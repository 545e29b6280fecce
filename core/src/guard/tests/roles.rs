//! What a member may not write, whatever their client lets them: other people's
//! things, the settings, channels they do not qualify for, what only the server
//! brings.

use automerge::Change;

use super::version_2::{book, call, send};
use super::*;
use crate::command::*;
use crate::model::*;

type C = ConversationCommand;

/// A custom field.
pub(super) fn size() -> WorkspaceCommand {
    WorkspaceCommand::PutField {
        field: FieldDraft {
            id: "size".parse().ok(),
            name: "Size".to_owned(),
            field_type: FieldType::Choice,
            choices: vec!["small".to_owned(), "large".to_owned()],
            position: 0,
            archived: false,
        },
    }
}

/// One command of every kind that only an admin gives.
pub(super) fn settings() -> Vec<WorkspaceCommand> {
    type C = WorkspaceCommand;
    let team: crate::id::TeamId = "sales".parse().unwrap();
    let ben: crate::id::MemberId = "ben".parse().unwrap();
    let choice = |archived| ChoiceDraft {
        id: None,
        name: "Complaint".to_owned(),
        position: 3,
        archived,
    };
    vec![
        C::SetPolicy {
            set: PolicyField::Threading(Threading::Episodes),
        },
        C::SetPolicy {
            set: PolicyField::Hours(vec![Hours {
                day: 1,
                from: 540,
                to: 1_020,
            }]),
        },
        C::PutChoice {
            list: ListKind::Purposes,
            choice: choice(true),
        },
        C::PutTeam {
            team: TeamDraft {
                id: Some(team.clone()),
                name: "Sales".to_owned(),
                archived: false,
            },
        },
        C::AddTeamMember {
            team: team.clone(),
            member: ben.clone(),
        },
        C::RemoveTeamMember { team, member: ben },
        size(),
        C::PutPipeline {
            pipeline: PipelineDraft {
                id: None,
                name: "Repairs".to_owned(),
                currency: "EUR".to_owned(),
                position: 2,
                archived: false,
                stages: vec![choice(false)],
            },
        },
        C::PutTemplate {
            template: TemplateDraft {
                id: None,
                name: "Greeting".to_owned(),
                channel: Some(Channel::Email),
                language: "en".to_owned(),
                subject: "Hello".to_owned(),
                text: "Hello {{contact.first_name}}".to_owned(),
            },
        },
        C::PutFlow {
            flow: FlowDraft {
                id: None,
                name: "Follow up".to_owned(),
                active: true,
                trigger: FlowTrigger::FirstMessage {},
                conditions: Vec::new(),
                actions: vec![FlowAction::Close {}],
            },
        },
    ]
}

/// Saves a view of the acting member.
pub(super) fn save_view(id: &str) -> WorkspaceCommand {
    WorkspaceCommand::SaveView {
        view: ViewDraft {
            id: id.parse().ok(),
            name: "Urgent".to_owned(),
            shared: true,
            list: "inbox".to_owned(),
            query: "{}".to_owned(),
        },
    }
}

#[test]
fn only_an_admins_settings_pass() {
    for (number, command) in settings().into_iter().enumerate() {
        for role in [Role::Agent, Role::Viewer, Role::Service] {
            // Ben's client thinks that he is an admin.
            let mut ben = Desk::with(DocumentId::Workspace, member("ben", Role::Admin), 1);
            let mut server = Server::of(DocumentId::Workspace);
            for before in settings().into_iter().take(number) {
                let (change, _) = ben.in_settings(before);
                server.take(&ben.member, &[change]).unwrap();
            }
            let (change, _) = ben.in_settings(command.clone());
            let taken = server.take(&member("ben", role), &[change]);
            assert_eq!(taken, Err(Code::Forbidden), "{role:?} {command:?}");
        }
    }
}

/// The change with the key of its first operation that has `from` changed.
fn rekeyed(change: &Change, from: &str, to: &str) -> Change {
    remade(change, |it| {
        let here = |op: &&mut Op| op.key == Key::Map(from.into());
        it.operations.iter_mut().find(here).unwrap().key = Key::Map(to.into());
    })
}

#[test]
fn nobody_saves_a_view_or_a_star_for_somebody_else() {
    for role in [Role::Agent, Role::Admin] {
        let mut ben = Desk::with(DocumentId::Workspace, member("ben", role), 1);
        let (saved, _) = ben.in_settings(save_view("urgent"));
        let mut server = Server::of(DocumentId::Workspace);
        for key in ["ana/urgent", "urgent", "/urgent", "benedict/urgent"] {
            let stolen = rekeyed(&saved, "ben/urgent", key);
            let taken = server.take(&ben.member, &[stolen]);
            assert_eq!(taken, Err(Code::Forbidden), "{key}");
        }
        assert_eq!(server.take(&ben.member, &[saved]), Ok(()));

        let mut ben = Desk::new(member("ben", role), 1);
        let (begun, _) = ben.make(start());
        let (starred, _) = ben.make(C::StarConversation { starred: true });
        let mut server = Server::new();
        server.take(&ben.member, &[begun]).unwrap();
        let stolen = rekeyed(&starred, "ben", "ana");
        let taken = server.take(&ben.member, &[stolen]);
        assert_eq!(taken, Err(Code::Forbidden));
    }
}

#[test]
fn a_view_of_somebody_else_is_not_removed() {
    let mut ana = Desk::with(DocumentId::Workspace, member("ana", Role::Agent), 1);
    let (saved, _) = ana.in_settings(save_view("urgent"));
    let view = "urgent".parse().unwrap();
    let mut server = Server::of(DocumentId::Workspace);
    server
        .take(&ana.member, std::slice::from_ref(&saved))
        .unwrap();
    // Ben takes Ana's name for his client, but not for the server.
    let mut ben = Desk::with(DocumentId::Workspace, member("ben", Role::Admin), 2);
    ben.take(&saved);
    ben.in_settings(save_view("urgent"));
    let (removed, _) = ben.in_settings(WorkspaceCommand::RemoveView { view });
    let first = ben.document.changes_since(&[]);
    let own = first
        .iter()
        .find(|it| it.actor_id() == ben.document.actor());
    server
        .take(&ben.member, std::slice::from_ref(own.unwrap()))
        .unwrap();
    let anas = (saved.start_op().get()..)
        .zip(saved.decode().operations)
        .find(|(_, op)| op.key == Key::Map("ana/urgent".into()))
        .map(|(counter, _)| OpId::new(counter, saved.actor_id()));
    let stolen = remade(&removed, |it| {
        let op = &mut it.operations[0];
        op.key = Key::Map("ana/urgent".into());
        op.pred = vec![anas.unwrap()].into();
    });
    let taken = server.take(&ben.member, &[stolen]);
    assert_eq!(taken, Err(Code::Forbidden));
}

#[test]
fn an_interaction_on_a_channel_that_its_member_does_not_qualify_for_is_refused() {
    for (channels, command, passes) in [
        (vec![Channel::Email], send(), true),
        (vec![Channel::Sms], send(), false),
        (vec![], send(), false),
        (vec![Channel::Call], call(Direction::In), true),
        (vec![Channel::Email], call(Direction::Out), false),
    ] {
        // The client knows nothing of the qualification.
        let mut ben = Desk::new(member("ben", Role::Agent), 1);
        let all = [ben.make(start()).0, ben.make(command.clone()).0];
        let held = Member {
            channels: Some(channels),
            ..ben.member.clone()
        };
        let expected = if passes { Ok(()) } else { Err(Code::Forbidden) };
        let taken = Server::new().take(&held, &all);
        assert_eq!(taken, expected, "{command:?}");
    }
    // Nor is the channel of what was sent changed into another.
    let mut ben = Desk::new(member("ben", Role::Agent), 1);
    let all = [ben.make(start()).0, ben.make(send()).0];
    let mut server = Server::new();
    server.take(&ben.member, &all).unwrap();
    let (later, _) = ben.make(subject("Lamp"));
    let channel = (all[1].start_op().get()..)
        .zip(all[1].decode().operations)
        .find(|(_, op)| op.key == Key::Map("channel".into()))
        .map(|(counter, op)| (OpId::new(counter, all[1].actor_id()), op.obj));
    let (id, obj) = channel.unwrap();
    let changed = remade(&later, |it| {
        let op = &mut it.operations[0];
        op.obj = obj;
        op.key = Key::Map("channel".into());
        op.pred = vec![id].into();
        op.action = put("sms");
    });
    let taken = server.take(&ben.member, &[changed]);
    assert_eq!(taken, Err(Code::Forbidden));
}

#[test]
fn what_only_the_server_brings_is_refused_from_members() {
    for role in [Role::Agent, Role::Admin] {
        let verdict = |command: C, key: &str, value: OpType| {
            let mut ben = Desk::new(member("ben", role), 1);
            let (begun, _) = ben.make(start());
            let (change, _) = ben.make(command);
            let forged = remade(&change, |it| {
                let here = |op: &&mut Op| op.key == Key::Map(key.into());
                it.operations.iter_mut().find(here).unwrap().action = value.clone();
            });
            let mut server = Server::new();
            server.take(&ben.member, &[begun]).unwrap();
            server.take(&ben.member, &[forged])
        };
        let violation = Err(Code::SchemaViolation);
        assert_eq!(verdict(send(), "direction", put("in")), violation);
        assert_eq!(
            verdict(call(Direction::In), "direction", put("in")),
            violation
        );
        assert_eq!(verdict(send(), "channel", put("telepathy")), violation);
        let number = OpType::Put(ScalarValue::Int(5));
        assert_eq!(verdict(send(), "text", number), violation);

        // A fact that only the server knows.
        let mut ben = Desk::new(member("ben", role), 1);
        let (begun, _) = ben.make(start());
        let (sent, _) = ben.make(send());
        let sent = rekeyed(&sent, "queuedAt", "readAt");
        let mut server = Server::new();
        let taken = server.take(&ben.member, &[begun, sent]);
        assert_eq!(taken, Err(Code::Forbidden));
    }
}

#[test]
fn nobody_signs_for_somebody_else() {
    let with_a_note = |command: fn(Uuid) -> C| {
        let mut ben = Desk::new(member("ben", Role::Agent), 1);
        let (begun, _) = ben.make(start());
        let (noted, id) = ben.make(note("One two"));
        let (sent, message) = ben.make(send());
        let id = id.unwrap();
        let about = match command(id) {
            C::WithdrawMessage { .. } | C::DeleteMessage { .. } => message.unwrap(),
            _ => id,
        };
        let (change, _) = ben.make(command(about));
        let mut server = Server::new();
        server.take(&ben.member, &[begun, noted, sent]).unwrap();
        (ben, server, change)
    };
    type About = fn(Uuid) -> C;
    let table: [(&str, About); 6] = [
        ("edited", |id| splice(id, 1, 1, "o")),
        ("deleted", |id| C::DeleteNote { note: NoteId(id) }),
        ("deleted", |id| C::DeleteMessage {
            interaction: crate::id::InteractionId(id),
        }),
        ("withdrawn", |id| C::WithdrawMessage {
            interaction: crate::id::InteractionId(id),
        }),
        ("snoozed", |_| C::SnoozeConversation {
            until: Timestamp::from_millis(90_000),
        }),
        ("appointments", |_| book()),
    ];
    for (name, command) in table {
        let (ben, mut server, change) = with_a_note(command);
        let forged = remade(&change, |it| {
            for op in &mut it.operations {
                if op.key == Key::Map("by".into()) {
                    op.action = put("ana");
                    break;
                }
            }
        });
        let taken = server.take(&ben.member, &[forged]);
        assert_eq!(taken, Err(Code::Forbidden), "{name}");
        // Nor is the signature left out.
        let silent = remade(&change, |it| {
            let here = |op: &Op| op.key == Key::Map("by".into());
            let at = it.operations.iter().position(here).unwrap();
            it.operations[at].key = Key::Map("at".into());
            it.operations[at].action = OpType::Put(ScalarValue::Int(5));
        });
        let taken = server.take(&ben.member, &[silent]);
        assert_eq!(taken, Err(Code::SchemaViolation), "{name}");
        assert_eq!(server.take(&ben.member, &[change]), Ok(()), "{name}");
    }
}

#[test]
fn only_an_admin_brings_a_note_back() {
    let mut ben = Desk::new(member("ben", Role::Admin), 1);
    let (begun, _) = ben.make(start());
    let (noted, id) = ben.make(note("One two"));
    let note = NoteId(id.unwrap());
    let (deleted, _) = ben.make(C::DeleteNote { note });
    let (restored, _) = ben.make(C::RestoreNote { note });
    let agent = member("ben", Role::Agent);
    let mut server = Server::new();
    server.take(&agent, &[begun, noted, deleted]).unwrap();
    let taken = server.take(&agent, std::slice::from_ref(&restored));
    assert_eq!(taken, Err(Code::Forbidden));
    assert_eq!(server.take(&ben.member, &[restored]), Ok(()));
}
