//! The workspace's settings: admins write words under keys, everybody writes
//! their own saved views.

use automerge::ScalarValue;

use super::{
    ChoiceDraft, FieldDraft, FlowDraft, Outcome, PipelineDraft, PolicyField, TeamDraft,
    TemplateDraft, ViewDraft, WorkspaceCommand, check,
};
use crate::document::{Writer, hours_text, list_key};
use crate::error::{Code, Refusal};
use crate::id::{ChoiceId, FlowId, MemberId, TeamId, TemplateId};
use crate::limits;
use crate::model::{FieldType, Hours, ListKind, Role};
use crate::time::check_zone;

pub(super) fn execute(
    w: &mut Writer<'_, '_>,
    command: &WorkspaceCommand,
) -> Result<Outcome, Refusal> {
    match command {
        WorkspaceCommand::SaveView { view } => return save_view(w, view),
        WorkspaceCommand::RemoveView { view } => return remove_view(w, view),
        _ => w.require(Role::Admin, "Only an admin changes the settings.")?,
    }
    let mut set = Settings {
        w,
        action: command.name(),
    };
    match command {
        WorkspaceCommand::SetPolicy { set: policy } => set.policy(policy),
        WorkspaceCommand::PutChoice { list, choice } => set.choice(*list, choice),
        WorkspaceCommand::PutTeam { team } => set.team(team),
        WorkspaceCommand::AddTeamMember { team, member } => set.team_member(team, member, true),
        WorkspaceCommand::RemoveTeamMember { team, member } => set.team_member(team, member, false),
        WorkspaceCommand::PutField { field } => set.field(field),
        WorkspaceCommand::PutPipeline { pipeline } => set.pipeline(pipeline),
        WorkspaceCommand::PutTemplate { template } => set.template(template),
        WorkspaceCommand::RemoveTemplate { template } => set.remove_template(*template),
        WorkspaceCommand::PutFlow { flow } => set.flow(flow),
        WorkspaceCommand::SwitchFlow { flow, active } => set.switch_flow(*flow, *active),
        WorkspaceCommand::RemoveFlow { flow } => set.remove_flow(*flow),
        WorkspaceCommand::SaveView { .. } | WorkspaceCommand::RemoveView { .. } => {
            Ok(Outcome::default())
        }
    }
}

/// Writes settings in the name of one command.
struct Settings<'w, 'a, 'c> {
    w: &'w mut Writer<'a, 'c>,
    action: &'static str,
}

impl Settings<'_, '_, '_> {
    /// Sets one word and logs it; nothing where it is so already.
    fn put(&mut self, key: &str, to: Option<&str>) -> Result<(), Refusal> {
        check::within(key, limits::LINE_UNITS, "id")?;
        if let Some(text) = to {
            check::within(text, limits::SCALAR_UNITS, "value")?;
        }
        let settings = self.w.root("settings")?;
        let from = self.w.text(&settings, key);
        let disputed = self.w.is_disputed(&settings, key);
        if from.as_deref() == to && !disputed {
            return Ok(());
        }
        match to {
            Some(text) => self.w.put(&settings, key, text)?,
            None => self.w.delete(&settings, key)?,
        }
        let (from, to) = (from.unwrap_or_default(), to.unwrap_or_default().to_owned());
        self.w.log(self.action, None, Some((key, from, to)))
    }

    fn policy(&mut self, policy: &PolicyField) -> Result<Outcome, Refusal> {
        let (key, value) = match policy {
            PolicyField::Threading(value) => ("threading", Writer::word(value)),
            PolicyField::RequireTopicToClose(value) => ("requireTopicToClose", value.to_string()),
            PolicyField::ReadPolicy(value) => ("readPolicy", Writer::word(value)),
            PolicyField::Zone(zone) => {
                check_zone(zone, "zone")?;
                ("zone", zone.clone())
            }
            PolicyField::Hours(hours) => ("hours", hours_text(&check_hours(hours)?)),
        };
        self.put(&format!("policy/{key}"), Some(&value))?;
        Ok(Outcome::default())
    }

    /// Writes an entry under `prefix/id`, and returns that key. What is among
    /// the `known` needs no name: a built-in entry has none until somebody gives
    /// it one.
    fn entry<'k>(
        &mut self,
        prefix: &str,
        draft: &ChoiceDraft,
        known: impl IntoIterator<Item = &'k ChoiceId>,
    ) -> Result<String, Refusal> {
        let id = match &draft.id {
            Some(id) => id.to_string(),
            None => self.w.new_id().to_string(),
        };
        let key = format!("{prefix}/{id}");
        let name = if known.into_iter().any(|id| Some(id) == draft.id.as_ref()) {
            check::optional_line(&draft.name, "name")?
        } else {
            check::line(&draft.name, "name")?
        };
        if !name.is_empty() {
            self.put(&format!("{key}/name"), Some(&name))?;
        }
        self.put(
            &format!("{key}/position"),
            Some(&draft.position.to_string()),
        )?;
        self.archive(&key, draft.archived)?;
        Ok(key)
    }

    /// Not archived is what no word says.
    fn archive(&mut self, key: &str, archived: bool) -> Result<(), Refusal> {
        let key = format!("{key}/archived");
        let settings = self.w.root("settings")?;
        if archived || self.w.has(&settings, &key) {
            self.put(&key, Some(&archived.to_string()))?;
        }
        Ok(())
    }

    fn choice(&mut self, list: ListKind, draft: &ChoiceDraft) -> Result<Outcome, Refusal> {
        let known = self.w.workspace().list(list).iter();
        self.entry(list_key(list), draft, known.map(|choice| &choice.id))?;
        Ok(Outcome::default())
    }

    fn team(&mut self, draft: &TeamDraft) -> Result<Outcome, Refusal> {
        let id = match &draft.id {
            Some(id) => id.to_string(),
            None => self.w.new_id().to_string(),
        };
        let name = check::line(&draft.name, "name")?;
        let key = format!("team/{id}");
        self.put(&format!("{key}/name"), Some(&name))?;
        self.archive(&key, draft.archived)?;
        Ok(Outcome::default())
    }

    fn team_member(
        &mut self,
        team: &TeamId,
        member: &MemberId,
        add: bool,
    ) -> Result<Outcome, Refusal> {
        if !self.w.workspace().teams.iter().any(|one| one.id == *team) {
            return Err(Refusal::new(Code::NotFound, "There is no such team.").on("team"));
        }
        let key = format!("team/{team}/member/{member}");
        self.put(&key, add.then_some("true"))?;
        Ok(Outcome::default())
    }

    fn field(&mut self, draft: &FieldDraft) -> Result<Outcome, Refusal> {
        let fields = &self.w.workspace().fields;
        let known = fields
            .iter()
            .find(|field| Some(&field.id) == draft.id.as_ref());
        if known.is_some_and(|known| known.field_type != draft.field_type) {
            let text = "The values that exist are of the field's old type.";
            return Err(Refusal::new(Code::WrongState, text).on("type"));
        }
        let mut choices = Vec::new();
        for choice in &draft.choices {
            choices.push(check::line(choice, "choices")?);
        }
        if draft.field_type == FieldType::Choice && choices.is_empty() {
            let text = "A choice field needs something to choose from.";
            return Err(Refusal::new(Code::Invalid, text).on("choices"));
        }
        let name = check::line(&draft.name, "name")?;
        let key = self.entry(
            "field",
            &ChoiceDraft {
                id: draft.id.clone(),
                name,
                position: draft.position,
                archived: draft.archived,
            },
            [],
        )?;
        self.put(
            &format!("{key}/type"),
            Some(&Writer::word(&draft.field_type)),
        )?;
        if !choices.is_empty() {
            self.put(&format!("{key}/choices"), Some(&choices.join("\n")))?;
        }
        Ok(Outcome::default())
    }

    fn pipeline(&mut self, draft: &PipelineDraft) -> Result<Outcome, Refusal> {
        check::currency(&draft.currency, "currency")?;
        let known = draft
            .id
            .as_ref()
            .and_then(|id| self.w.workspace().pipeline(id));
        let key = self.entry(
            "pipeline",
            &ChoiceDraft {
                id: draft.id.clone(),
                name: draft.name.clone(),
                position: draft.position,
                archived: draft.archived,
            },
            known.map(|pipeline| &pipeline.id),
        )?;
        self.put(&format!("{key}/currency"), Some(&draft.currency))?;
        for stage in &draft.stages {
            let known = known.iter().flat_map(|pipeline| &pipeline.stages);
            let prefix = format!("{key}/stage");
            self.entry(&prefix, stage, known.map(|known| &known.id))?;
        }
        Ok(Outcome::default())
    }

    fn template(&mut self, draft: &TemplateDraft) -> Result<Outcome, Refusal> {
        let name = check::line(&draft.name, "name")?;
        let language = check::optional_line(&draft.language, "language")?;
        let subject = check::optional_line(&draft.subject, "subject")?;
        if draft.text.trim().is_empty() {
            return Err(Refusal::new(Code::Invalid, "This must not be empty.").on("text"));
        }
        check::within(&draft.text, limits::SCALAR_UNITS, "text")?;
        let id = draft.id.unwrap_or_else(|| TemplateId(self.w.new_id()));
        let channel = draft.channel.as_ref().map(Writer::word).unwrap_or_default();
        for (field, value) in [
            ("name", name.as_str()),
            ("channel", &channel),
            ("language", &language),
            ("subject", &subject),
            ("text", &draft.text),
        ] {
            self.put(&format!("template/{id}/{field}"), Some(value))?;
        }
        Ok(Outcome::made(id.0))
    }

    fn remove_template(&mut self, id: TemplateId) -> Result<Outcome, Refusal> {
        if !self.w.workspace().templates.iter().any(|one| one.id == id) {
            return Err(Refusal::new(Code::NotFound, "There is no such template.").on("template"));
        }
        for field in ["name", "channel", "language", "subject", "text"] {
            self.put(&format!("template/{id}/{field}"), None)?;
        }
        Ok(Outcome::default())
    }
}

impl Settings<'_, '_, '_> {
    /// Writes a flow. Trigger, conditions and actions are one word each, as JSON: of
    /// two admins who write the actions at once one's hold, and never a mixture.
    fn flow(&mut self, draft: &FlowDraft) -> Result<Outcome, Refusal> {
        let name = check::line(&draft.name, "name")?;
        let flows = &self.w.workspace().flows;
        let known = flows.iter().any(|flow| Some(flow.id) == draft.id);
        if !known && flows.len() >= limits::FLOWS {
            return Err(Refusal::new(Code::TooLong, "There are too many flows.").on("flow"));
        }
        super::flow::check_draft(self.w.workspace(), draft)?;
        let id = draft.id.unwrap_or_else(|| FlowId(self.w.new_id()));
        self.put(&format!("flow/{id}/name"), Some(&name))?;
        self.put(
            &format!("flow/{id}/active"),
            Some(&draft.active.to_string()),
        )?;
        for (field, value) in [
            ("trigger", json(&draft.trigger)?),
            ("conditions", json(&draft.conditions)?),
            ("actions", json(&draft.actions)?),
        ] {
            check::within(&value, limits::SCALAR_UNITS, field)?;
            self.put(&format!("flow/{id}/{field}"), Some(&value))?;
        }
        Ok(Outcome::made(id.0))
    }

    fn known_flow(&self, id: FlowId) -> Result<(), Refusal> {
        match self.w.workspace().flow(id) {
            Some(_) => Ok(()),
            None => Err(Refusal::new(Code::NotFound, "There is no such flow.").on("flow")),
        }
    }

    fn switch_flow(&mut self, id: FlowId, active: bool) -> Result<Outcome, Refusal> {
        self.known_flow(id)?;
        self.put(&format!("flow/{id}/active"), Some(&active.to_string()))?;
        Ok(Outcome::default())
    }

    fn remove_flow(&mut self, id: FlowId) -> Result<Outcome, Refusal> {
        self.known_flow(id)?;
        for field in ["name", "active", "trigger", "conditions", "actions"] {
            self.put(&format!("flow/{id}/{field}"), None)?;
        }
        Ok(Outcome::default())
    }
}

/// A part of a flow as it is stored.
fn json(part: &impl serde::Serialize) -> Result<String, Refusal> {
    serde_json::to_string(part)
        .map_err(|_| Refusal::new(Code::Invalid, "This cannot be written down."))
}

/// Business hours in their order. They lie within one day and do not overlap.
fn check_hours(hours: &[Hours]) -> Result<Vec<Hours>, Refusal> {
    let mut hours = hours.to_vec();
    hours.sort();
    let wrong = hours
        .iter()
        .any(|one| !(1..=7).contains(&one.day) || one.from >= one.to || one.to > 1_440);
    let overlap = hours
        .windows(2)
        .any(|pair| pair[0].day == pair[1].day && pair[1].from < pair[0].to);
    if wrong || overlap || hours.len() > limits::HOURS {
        let text = "Business hours lie within a day and do not overlap.";
        return Err(Refusal::new(Code::Invalid, text).on("hours"));
    }
    Ok(hours)
}

fn save_view(w: &mut Writer<'_, '_>, draft: &ViewDraft) -> Result<Outcome, Refusal> {
    let name = check::line(&draft.name, "name")?;
    let list = check::list_word(&draft.list, "list")?;
    check::within(&draft.query, limits::SCALAR_UNITS, "query")?;
    let id = match &draft.id {
        Some(id) => id.to_string(),
        None => w.new_id().to_string(),
    };
    let views = w.root("views")?;
    let key = format!("{}/{id}", w.me());
    let entry = w.put_map(&views, &key)?;
    w.put(&entry, "name", name.as_str())?;
    w.put(&entry, "shared", ScalarValue::Boolean(draft.shared))?;
    w.put(&entry, "list", list)?;
    w.put(&entry, "query", draft.query.as_str())?;
    w.log("save_view", None, Some(("views", String::new(), name)))?;
    Ok(Outcome::default())
}

fn remove_view(w: &mut Writer<'_, '_>, id: &ChoiceId) -> Result<Outcome, Refusal> {
    let me = w.me();
    let mine = |view: &&crate::model::SavedView| view.id == *id && view.owner == me;
    let Some(view) = w.workspace().views.iter().find(mine) else {
        let text = "There is no such view of yours.";
        return Err(Refusal::new(Code::NotFound, text).on("view"));
    };
    let views = w.root("views")?;
    w.delete(&views, &format!("{me}/{id}"))?;
    w.log(
        "remove_view",
        None,
        Some(("views", view.name.clone(), String::new())),
    )?;
    Ok(Outcome::default())
}
