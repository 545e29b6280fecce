//! Commands to the workspace's document.

use serde::{Deserialize, Serialize};

use super::{
    ChoiceDraft, FieldDraft, FlowDraft, PipelineDraft, PolicyField, TeamDraft, TemplateDraft,
    ViewDraft,
};
use crate::id::{ChoiceId, FlowId, MemberId, TeamId, TemplateId};
use crate::model::ListKind;

/// What can be asked of the workspace's document. Admins only, but for saved views.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(tsify::Tsify))]
#[serde(
    tag = "type",
    rename_all = "snake_case",
    rename_all_fields = "camelCase"
)]
pub enum WorkspaceCommand {
    /// Sets one of the rules.
    SetPolicy {
        /// The rule and its value.
        set: PolicyField,
    },
    /// Writes an entry of a list.
    PutChoice {
        /// The list.
        list: ListKind,
        /// The entry.
        choice: ChoiceDraft,
    },
    /// Writes a team.
    PutTeam {
        /// The team.
        team: TeamDraft,
    },
    /// Adds a member to a team; adding wins over a concurrent removal.
    AddTeamMember {
        /// The team.
        team: TeamId,
        /// The member.
        member: MemberId,
    },
    /// Removes a member from a team.
    RemoveTeamMember {
        /// The team.
        team: TeamId,
        /// The member.
        member: MemberId,
    },
    /// Writes a custom field.
    PutField {
        /// The field.
        field: FieldDraft,
    },
    /// Writes a pipeline and stages of it.
    PutPipeline {
        /// The pipeline.
        pipeline: PipelineDraft,
    },
    /// Writes a template.
    PutTemplate {
        /// The template.
        template: TemplateDraft,
    },
    /// Removes a template.
    RemoveTemplate {
        /// The template.
        template: TemplateId,
    },
    /// Writes a flow.
    PutFlow {
        /// The flow.
        flow: FlowDraft,
    },
    /// Switches a flow on or off.
    SwitchFlow {
        /// The flow.
        flow: FlowId,
        /// On or off.
        active: bool,
    },
    /// Removes a flow.
    RemoveFlow {
        /// The flow.
        flow: FlowId,
    },
    /// Writes a view of the acting member.
    SaveView {
        /// The view.
        view: ViewDraft,
    },
    /// Removes a view of the acting member.
    RemoveView {
        /// The view.
        view: ChoiceId,
    },
}
