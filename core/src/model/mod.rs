//! What the views show and the commands name: plain data, the spec's
//! vocabulary. Serialised with camelCase names, which are also the keys in the
//! documents.

mod activity;
mod appointment;
mod contact;
mod conversation;
mod flow;
mod history;
mod interaction;
mod member;
mod opportunity;
mod prose;
mod row;
mod search;
mod task;
mod topic;
mod workspace;

pub use activity::{Activity, Change, Subject};
pub use appointment::{Answer, Appointment, AppointmentStatus, Attendee, Guest};
pub use contact::{ContactStatus, ContactView, Identity};
pub use conversation::{
    Closed, Conflict, ConflictValue, ConversationHeader, ConversationStatus, Item, ItemKind,
    Problem, Snoozed,
};
pub use flow::{
    DueIn, Flow, FlowAction, FlowCondition, FlowEvent, FlowRun, FlowTest, FlowTrigger, TaskPlan,
    TopicPlan,
};
pub use history::{Difference, Moment, PastView};
pub use interaction::{
    Address, Attachment, Call, CallOutcome, Channel, DeliveryStatus, Direction, Failure,
    Interaction, MessageFlag,
};
pub use member::{Availability, Member, Role};
pub use opportunity::{Money, Opportunity, OpportunityStatus, StageRef};
pub use prose::{Block, Expand, MarkValue, Marks, Note, Span, TextEdit, Tombstone};
pub use row::{
    AppointmentMark, ContactRow, ConversationRow, LastItem, OpportunityMark, Row, RowEntry,
    RowFilter, RowQuery, RowSort, TaskMark, TopicMark, WorkspaceRow,
};
pub use search::{SearchHit, TextEntry, TextKind};
pub use task::{Assignee, Priority, Task, TaskChannel, TaskStatus};
pub use topic::{Topic, TopicOrigin, TopicStatus};
pub use workspace::{
    Choice, FieldDefinition, FieldType, Hours, ListKind, Pipeline, Policies, ReadPolicy, SavedView,
    Team, Template, Threading, WorkspaceView,
};
