//! The shapes of everything a browser reads. Fields stand under their names in
//! camelCase unless another is given; those after the semicolon may be left out.
//! `none_left` is said of objects that refuse fields they do not have.

use ciborium::Value;

use super::{Fields, Read, expected, pascal};
use crate::command::{
    AppointmentDraft, AppointmentField, CallDraft, ChoiceDraft, Command, ContactCommand,
    ContactDraft, ContactField, ConversationCommand, CustomValue, FieldDraft, FlowDraft,
    OpportunityDraft, OpportunityField, PipelineDraft, PolicyField, TaskDraft, TaskField,
    TeamDraft, TemplateDraft, TopicDraft, TopicField, ViewDraft, WorkspaceCommand,
};
use crate::document::word;
use crate::error::{Code, Refusal};
use crate::id::{
    AppointmentId, ChoiceId, ContactId, ConversationId, DocumentId, FlowId, InteractionId,
    MemberId, NoteId, OpportunityId, TaskId, TeamId, TemplateId, TopicId,
};
use crate::model::{
    Address, Answer, AppointmentMark, AppointmentStatus, Assignee, Attachment, Attendee,
    Availability, Block, Call, CallOutcome, Channel, ContactRow, ContactStatus, ConversationRow,
    ConversationStatus, Direction, DueIn, Expand, FieldType, FlowAction, FlowCondition, FlowTest,
    FlowTrigger, Guest, Hours, Identity, ItemKind, LastItem, ListKind, MarkValue, Member,
    MessageFlag, Money, OpportunityMark, OpportunityStatus, Priority, ReadPolicy, Role, Row,
    RowEntry, RowFilter, RowQuery, RowSort, Span, StageRef, TaskChannel, TaskMark, TaskPlan,
    TaskStatus, TextEdit, Threading, TopicMark, TopicOrigin, TopicPlan, TopicStatus, WorkspaceRow,
};
use crate::replica::{
    BoardQuery, CalendarQuery, ContactQuery, ContactSort, TaskGroup, TaskQuery, TaskScope,
    TaskSort, TopicQuery,
};
use crate::replica::{Chunk, KeptDocument, PendingEntry, Refused, Saved, SpareQuery, StoredRow};
use crate::schedule::{DueAsk, DueUnit, ZoneOffset};
use crate::sync::frame::{Ack, Bye, Changes, Members, Nack, Presence, Rows, Welcome, Whereabouts};
use crate::time::{Due, TimeSpan, Timestamp};

macro_rules! name {
    ($field:ident) => {
        stringify!($field)
    };
    ($field:ident $name:literal) => {
        $name
    };
}

/// Objects.
macro_rules! objects {
    ($($type:ident $($check:ident)? {
        $($field:ident $(as $name:literal)?),*
        $(; $($maybe:ident $(as $maybe_name:literal)?),*)?
    })*) => {$(
        impl Read for $type {
            fn read(value: Value) -> Result<Self, Refusal> {
                let mut fields = Fields::of(value)?;
                let object = $type {
                    $($field: fields.take(name!($field $($name)?))?,)*
                    $($($maybe: fields.take_or_default(name!($maybe $($maybe_name)?))?,)*)?
                };
                $(fields.$check()?;)?
                Ok(object)
            }
        }
    )*};
}

/// Objects of several kinds, the kind being one of the fields.
macro_rules! tagged {
    ($($type:ident by $tag:literal {
        $($variant:ident { $($field:ident),* $(; $($maybe:ident),*)? })*
    })*) => {$(
        impl Read for $type {
            fn read(value: Value) -> Result<Self, Refusal> {
                let mut fields = Fields::of(value)?;
                let kind = pascal(&fields.take::<String>($tag)?);
                $(if kind == stringify!($variant) {
                    return Ok(Self::$variant {
                        $($field: fields.take(name!($field))?,)*
                        $($($maybe: fields.take_or_default(name!($maybe))?,)*)?
                    });
                })*
                Err(expected("a known kind").on($tag))
            }
        }
    )*};
}

/// Values of several kinds, kind and value being the two fields.
macro_rules! valued {
    ($($type:ident by $tag:literal { $($variant:ident)* })*) => {$(
        impl Read for $type {
            fn read(value: Value) -> Result<Self, Refusal> {
                let mut fields = Fields::of(value)?;
                let kind = pascal(&fields.take::<String>($tag)?);
                $(if kind == stringify!($variant) {
                    return Ok(Self::$variant(fields.take("value")?));
                })*
                Err(expected("a known kind").on($tag))
            }
        }
    )*};
}

/// Texts that parse.
macro_rules! parsed {
    ($($type:ident)*) => {$(
        impl Read for $type {
            fn read(value: Value) -> Result<Self, Refusal> {
                // The refusal of the parser names no field of this object.
                String::read(value)?
                    .parse()
                    .map_err(|refusal: Refusal| Refusal { field: None, ..refusal })
            }
        }
    )*};
}

/// Words of a list.
macro_rules! words {
    ($($type:ident)*) => {$(
        impl Read for $type {
            fn read(value: Value) -> Result<Self, Refusal> {
                word(&String::read(value)?).ok_or_else(|| expected("a known word"))
            }
        }
    )*};
}

parsed! {
    AppointmentId Assignee ChoiceId ContactId ConversationId DocumentId FlowId Guest InteractionId MemberId
    NoteId OpportunityId TaskId TeamId TemplateId TopicId
}

words! {
    Answer AppointmentStatus Availability CallOutcome Channel Code ContactSort ContactStatus ConversationStatus
    Direction DueUnit Expand FieldType FlowTest ItemKind ListKind MessageFlag OpportunityStatus Priority ReadPolicy
    Role RowFilter RowSort TaskChannel TaskGroup TaskScope TaskSort TaskStatus Threading TopicOrigin TopicStatus
}

objects! {
    Address none_left { address; name }
    AppointmentDraft none_left { title, when, organiser; attendees, place, link, agenda }
    AppointmentMark { id, title, when, status, organiser, attendees, place, link }
    Attachment none_left { blob, name, media_type, size }
    BoardQuery none_left { pipeline; status, owners, search }
    Attendee { who, answer }
    Block none_left { block_type as "type"; parents, attrs, is_embed }
    Call none_left { ; outcome, duration, recording }
    CalendarQuery none_left { from, to; members }
    CallDraft none_left { direction, at, call; number, text }
    ChoiceDraft none_left { id, name, position; archived }
    ContactDraft none_left {
        ; name, saved, contact_type as "type", email, phone, company, identities, tags, fields
    }
    ContactRow {
        id, name, company, status, saved, merged_into;
        contact_type as "type", email, phone, identities, tags, opportunities, conflicted
    }
    ConversationRow {
        id, contact, identity, subject, status, snoozed_until, owner, team, priority, tags, channel,
        last, at, inbound, read, awaiting, conflicted;
        ordinal, starred, mentions, important, spam, stuck, tasks, topics, appointments
    }
    ContactQuery none_left { saved; types, statuses, tags, search, sort, offset, limit }
    CustomValue none_left { field, value }
    Due none_left { at, zone, day }
    DueAsk none_left { now, amount, unit, offsets }
    FieldDraft none_left { id, name, field_type as "type", position; choices, archived }
    DueIn none_left { amount, unit }
    FlowDraft none_left { id, name, trigger, actions; active, conditions }
    Hours none_left { day, from, to }
    Identity none_left { channel, address }
    KeptDocument none_left { doc, bytes, last_used }
    LastItem { kind, direction, by, text, at }
    Money none_left { amount, currency }
    OpportunityDraft none_left { title, stage, value, owner; expected, contacts }
    OpportunityMark { id, title, stage, value, status, owner, expected }
    PipelineDraft none_left { id, name, currency, position; archived, stages }
    Refusal { code, text, field }
    RowEntry { doc, seq, heads, row }
    RowQuery none_left {
        contact, limit;
        filter, search, channels, contact_types, owners, teams, tags, priorities, sort, now, offset
    }
    SpareQuery none_left { budget; stored, needed }
    StageRef none_left { pipeline, stage }
    TaskDraft none_left { title, channel, task_type, priority, assignee, due; description }
    TaskPlan none_left { title, channel, task_type, due; description, priority, assignee }
    TaskMark {
        id, title, channel, assignee, due;
        status, priority, task_type, at, conflicted
    }
    TaskQuery none_left {
        ; scope, statuses, priorities, types, channels, assignees, groups, search, sort, now,
        day_ends, week_ends, offset, limit
    }
    TeamDraft none_left { id, name; archived }
    TemplateDraft none_left { id, name, channel, text; language, subject }
    TimeSpan none_left { start, end, zone }
    TopicDraft none_left {
        subject, purpose, summary, start, end, first_message, last_message, owner;
        status, origin, reference
    }
    TopicPlan none_left { subject, purpose; summary }
    TopicMark { id, subject, purpose, owner, start, end; status, origin, summary }
    TopicQuery none_left {
        from, to, contact;
        purposes, owners, statuses, origins, search, offset, limit
    }
    ViewDraft none_left { id, name, list, query; shared }
    ZoneOffset none_left { from, offset }

    Chunk { hash, bytes }
    PendingEntry { hash, doc, actor, at, command, order }
    Refused { id, doc, at, command, refusal }
    Saved { ; epoch, cursor, member, members, rows, outbox, refused }
    StoredRow { doc, seq, heads, row }

    Ack { doc, hashes }
    Bye { refusal, retry_after }
    Changes { doc, changes, heads, seq, complete }
    Members { members }
    Nack { doc, hash, refusal }
    Presence { session, member, conversation, here }
    Rows { rows, cursor, complete }
    Welcome { session, member, members, epoch, now }
    Whereabouts none_left { note, anchor, head; typing }
}

// Without the commands that only the server gives.
tagged! {
    ContactCommand by "type" {
        CreateContact { draft }
        ImportContact { draft }
        SetContactField { set }
        AddIdentity { identity }
        RemoveIdentity { identity }
        AddContactTag { tag }
        RemoveContactTag { tag }
        SetCustomField { set }
        MergeContact { into }
        UnmergeContact {}
        CreateOpportunity { draft }
        SetOpportunityField { opportunity, set }
        CloseOpportunity { opportunity, won, reason }
        ReopenOpportunity { opportunity }
        AddOpportunityContact { opportunity, other }
        RemoveOpportunityContact { opportunity, other }
    }
    ConversationCommand by "type" {
        StartConversation { contact, ordinal, subject }
        StartUnlinked { identity, subject }
        LinkConversation { contact }
        UnlinkConversation {}
        OpenConversation {}
        CloseConversation { topic }
        SnoozeConversation { until }
        UnsnoozeConversation {}
        StarConversation { starred }
        ReopenConversation {}
        SetOwner { owner }
        SetTeam { team }
        SetConversationPriority { priority }
        SetConversationSubject { subject }
        AddTag { tag }
        RemoveTag { tag }
        MarkRead { up_to }
        SendMessage { channel, to, subject, text, in_reply_to; attachments }
        ConfirmMessage { interaction }
        WithdrawMessage { interaction }
        LogCall { draft }
        SetMessageFlag { interaction, flag, on }
        DeleteMessage { interaction }
        RestoreMessage { interaction }
        AddNote { parent, message, spans }
        EditNote { note, edits }
        DeleteNote { note }
        RestoreNote { note }
        CreateTask { draft }
        SetTaskField { task, set }
        SetTaskStatus { task, status }
        ClaimTask { task }
        FinishTask { task, outcome, follow_up; note }
        CreateTopic { draft, follow_up }
        SetTopicField { topic, set }
        SetTopicStatus { topic, status }
        BookAppointment { draft }
        SetAppointmentField { appointment, set }
        SetAppointmentStatus { appointment, status }
        AddAttendee { appointment, who }
        RemoveAttendee { appointment, who }
        AnswerAppointment { appointment, who, answer }
    }
    WorkspaceCommand by "type" {
        SetPolicy { set }
        PutChoice { list, choice }
        PutTeam { team }
        AddTeamMember { team, member }
        RemoveTeamMember { team, member }
        PutField { field }
        PutPipeline { pipeline }
        PutTemplate { template }
        RemoveTemplate { template }
        PutFlow { flow }
        SwitchFlow { flow, active }
        RemoveFlow { flow }
        SaveView { view }
        RemoveView { view }
    }
    FlowTrigger by "type" {
        MessageReceived { channel }
        FirstMessage {}
        ConversationClosed {}
        ConversationReopened {}
        TopicLogged { purpose }
        TaskDone { task_type }
        TagAdded { tag }
    }
    FlowCondition by "type" {
        Value { name, test, text }
        Tag { tag, present }
    }
    FlowAction by "type" {
        CreateTask { task }
        LogTopic { topic }
        AddNote { text }
        AddTag { tag }
        RemoveTag { tag }
        SetOwner { owner }
        SetTeam { team }
        SetPriority { priority }
        Close {}
        Reopen {}
    }
    Span by "type" {
        Text { value; marks }
        Block { value }
    }
    TextEdit by "op" {
        Splice { at, delete, insert }
        Mark { start, end, name, value, expand }
        Unmark { start, end, name, expand }
        UpdateSpans { spans }
    }
}

valued! {
    AppointmentField by "field" { Title When Organiser Place Link Agenda Notes }
    ContactField by "field" { Name Saved Type Status Email Phone Company }
    OpportunityField by "field" { Title Stage Value Expected Owner }
    PolicyField by "field" { Threading RequireTopicToClose ReadPolicy Zone Hours }
    Row by "kind" { Conversation Contact Workspace }
    TaskField by "field" { Title Description Channel TaskType Priority Assignee Due }
    TopicField by "field" {
        Subject Purpose Summary Owner Start End FirstMessage LastMessage Reference
    }
}

impl Read for WorkspaceRow {
    fn read(value: Value) -> Result<Self, Refusal> {
        Fields::of(value).map(|_| WorkspaceRow {})
    }
}

impl Read for Timestamp {
    fn read(value: Value) -> Result<Self, Refusal> {
        i64::read(value).map(Timestamp::from_millis)
    }
}

impl Read for Member {
    fn read(value: Value) -> Result<Self, Refusal> {
        let mut fields = Fields::of(value)?;
        Ok(Member {
            id: fields.take("id")?,
            name: fields.take("name")?,
            role: fields.take("role")?,
            teams: fields.take_or_default("teams")?,
            availability: match fields.take("availability")? {
                Some(availability) => availability,
                // Sessions kept by browsers before there were three words for it.
                None if fields.take::<Option<bool>>("available")? == Some(false) => {
                    Availability::Away
                }
                None => Availability::Available,
            },
            channels: fields.take("channels")?,
            active: fields.take::<Option<bool>>("active")?.unwrap_or(true),
        })
    }
}

impl Read for MarkValue {
    fn read(value: Value) -> Result<Self, Refusal> {
        Ok(match value {
            Value::Null => MarkValue::Null,
            Value::Bool(flag) => MarkValue::Bool(flag),
            Value::Text(text) => MarkValue::Text(text),
            value => MarkValue::Int(i64::read(value)?),
        })
    }
}

impl Read for Command {
    fn read(value: Value) -> Result<Self, Refusal> {
        let mut fields = Fields::of(value)?;
        // First, because a command to a conversation may name a contact too.
        if let Some(conversation) = fields.take("conversation")? {
            let command = ConversationCommand::read(fields.rest())?;
            return Ok(Command::Conversation {
                conversation,
                command,
            });
        }
        if let Some(contact) = fields.take("contact")? {
            let command = ContactCommand::read(fields.rest())?;
            return Ok(Command::Contact { contact, command });
        }
        WorkspaceCommand::read(fields.rest()).map(Command::Workspace)
    }
}
