//! What the views show and the commands name: plain data, the spec's
//! vocabulary. Serialised with camelCase names, which are also the keys in the
//! documents.

mod activity;
mod contact;
mod conversation;
mod interaction;
mod member;
mod prose;
mod row;
mod search;
mod task;
mod topic;

pub use activity::{Activity, Change, Subject};
pub use contact::{ContactStatus, ContactView, Identity};
pub use conversation::{
    Closed, Conflict, ConflictValue, ConversationHeader, ConversationStatus, Item, ItemKind,
    Problem,
};
pub use interaction::{
    Address, Attachment, Channel, DeliveryStatus, Direction, Failure, Interaction,
};
pub use member::{Availability, Member, Role};
pub use prose::{Block, Expand, MarkValue, Marks, Note, Span, TextEdit, Tombstone};
pub use row::{
    ContactRow, ConversationRow, LastItem, Row, RowEntry, RowFilter, RowQuery, TaskMark,
};
pub use search::{SearchHit, TextEntry, TextKind};
pub use task::{Assignee, Priority, Task, TaskChannel, TaskStatus};
pub use topic::{Topic, TopicOrigin, TopicStatus};
