//! Commands to a contact's document.

use serde::{Deserialize, Serialize};

use super::{ContactDraft, ContactField, CustomValue, OpportunityDraft, OpportunityField};
use crate::id::{ContactId, OpportunityId};
use crate::model::Identity;

/// What can be asked of a contact's document.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(tsify::Tsify))]
#[serde(
    tag = "type",
    rename_all = "snake_case",
    rename_all_fields = "camelCase"
)]
pub enum ContactCommand {
    /// Writes the profile of a new contact. `wrong_state` if it has one.
    CreateContact {
        /// The profile.
        draft: ContactDraft,
    },
    /// Creates the contact, or gives it what it lacks of a profile; what it has
    /// stays, so that taking the same in twice changes nothing.
    ImportContact {
        /// The profile.
        draft: ContactDraft,
    },
    /// Sets one field.
    SetContactField {
        /// The field and its value.
        set: ContactField,
    },
    /// Adds an address; adding it twice changes nothing.
    AddIdentity {
        /// The address.
        identity: Identity,
    },
    /// Removes an address.
    RemoveIdentity {
        /// The address.
        identity: Identity,
    },
    /// Adds a tag; adding wins over a concurrent removal.
    AddContactTag {
        /// The tag.
        tag: String,
    },
    /// Removes a tag.
    RemoveContactTag {
        /// The tag.
        tag: String,
    },
    /// Sets one of the workspace's custom fields. `invalid` if the value is not of its type.
    SetCustomField {
        /// The field and its value.
        set: CustomValue,
    },
    /// Makes this contact an alias of another one (spec §5). Nothing is moved, so it can be undone.
    MergeContact {
        /// The contact that stays.
        into: ContactId,
    },
    /// Undoes a merge.
    UnmergeContact {},
    /// Begins a deal.
    CreateOpportunity {
        /// Its properties.
        draft: OpportunityDraft,
    },
    /// Sets one property of a deal; setting the stage moves it.
    SetOpportunityField {
        /// The deal.
        opportunity: OpportunityId,
        /// The property and its value.
        set: OpportunityField,
    },
    /// Wins or loses a deal.
    CloseOpportunity {
        /// The deal.
        opportunity: OpportunityId,
        /// Won, or lost.
        won: bool,
        /// Why; a lost deal needs a reason.
        reason: String,
    },
    /// Takes a deal that was won or lost back into its pipeline.
    ReopenOpportunity {
        /// The deal.
        opportunity: OpportunityId,
    },
    /// Adds another contact to a deal.
    AddOpportunityContact {
        /// The deal.
        opportunity: OpportunityId,
        /// The contact.
        other: ContactId,
    },
    /// Removes another contact from a deal.
    RemoveOpportunityContact {
        /// The deal.
        opportunity: OpportunityId,
        /// The contact.
        other: ContactId,
    },
}
