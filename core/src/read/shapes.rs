//! The shapes of everything a browser reads. Fields stand under their names in
//! camelCase unless another is given; those after the semicolon may be left out.
//! `none_left` is said of objects that refuse fields they do not have.

use ciborium::Value;

use super::{Fields, Read, expected, pascal};
use crate::command::{
    Command, ContactCommand, ContactDraft, ContactField, ConversationCommand, TaskDraft, TaskField,
    TopicDraft,
};
use crate::document::word;
use crate::error::{Code, Refusal};
use crate::id::{
    ContactId, ConversationId, DocumentId, InteractionId, MemberId, NoteId, TaskId, TeamId, TopicId,
};
use crate::model::{
    Address, Assignee, Availability, Block, Channel, ContactRow, ContactStatus, ConversationRow,
    ConversationStatus, Direction, Expand, Identity, ItemKind, LastItem, MarkValue, Member,
    Priority, Role, Row, RowEntry, RowFilter, RowQuery, Span, TaskChannel, TaskMark, TaskStatus,
    TextEdit, TopicStatus,
};
use crate::replica::{Chunk, PendingEntry, Refused, Saved, StoredRow};
use crate::sync::frame::{Ack, Bye, Changes, Members, Nack, Presence, Rows, Welcome, Whereabouts};
use crate::time::{Due, Timestamp};

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
    Assignee ContactId ConversationId DocumentId InteractionId MemberId NoteId TaskId TeamId TopicId
}

words! {
    Availability Channel Code ContactStatus ConversationStatus Direction Expand ItemKind Priority Role RowFilter
    TaskChannel TaskStatus TopicStatus
}

objects! {
    Address none_left { address; name }
    Block none_left { block_type as "type"; parents, attrs, is_embed }
    ContactDraft none_left {
        ; name, saved, contact_type as "type", email, phone, company, identities, tags
    }
    ContactRow { id, name, company, status, saved }
    ConversationRow {
        id, contact, subject, status, owner, team, priority, tags, channel, last, at, inbound, read,
        tasks, conflicted
    }
    Due none_left { at, zone, day }
    Identity none_left { channel, address }
    LastItem { kind, direction, by, text, at }
    Refusal { code, text, field }
    RowEntry { doc, seq, heads, row }
    RowQuery none_left { limit; filter, search, offset }
    TaskDraft none_left { title, channel, task_type, priority, assignee, due; description }
    TaskMark { id, title, assignee, due_at }
    TopicDraft none_left {
        subject, purpose, summary, start, end, first_message, last_message; status
    }

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
        SetContactField { set }
        AddIdentity { identity }
    }
    ConversationCommand by "type" {
        StartConversation { contact, ordinal, subject }
        CloseConversation {}
        ReopenConversation {}
        SetOwner { owner }
        SetTeam { team }
        SetConversationPriority { priority }
        SetConversationSubject { subject }
        AddTag { tag }
        RemoveTag { tag }
        MarkRead { up_to }
        SendMessage { channel, to, subject, text, in_reply_to }
        AddNote { parent, spans }
        EditNote { note, edits }
        DeleteNote { note }
        RestoreNote { note }
        CreateTask { draft }
        SetTaskField { task, set }
        SetTaskStatus { task, status }
        ClaimTask { task }
        FinishTask { task, outcome }
        CreateTopic { draft }
        SetTopicStatus { topic, status }
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
    ContactField by "field" { Name Saved Type Status Email Phone Company }
    Row by "kind" { Conversation Contact }
    TaskField by "field" { Title Description Channel TaskType Priority Assignee Due }
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
        let contact = fields.take("contact")?;
        let command = ContactCommand::read(fields.rest())?;
        Ok(Command::Contact { contact, command })
    }
}
