//! Reads the workspace's document: words under keys like `purpose/enquiry/name`,
//! laid over the start values. Every read is total.

use std::collections::BTreeMap;

use automerge::AutoCommit;

use super::conflict::conflicts;
use super::contact::activities;
use super::read::{Reader, word};
use crate::id::{ChoiceId, FlowId, TeamId};
use crate::model::{
    Choice, FieldDefinition, Flow, Hours, ListKind, Pipeline, Policies, Problem, SavedView, Team,
    Template, WorkspaceView,
};
use crate::read::Read;

/// Activities of the settings in the view.
const ACTIVITIES: usize = 200;

/// The first part of the keys of a list's entries.
pub(crate) fn list_key(kind: ListKind) -> &'static str {
    match kind {
        ListKind::Purposes => "purpose",
        ListKind::TaskTypes => "taskType",
        ListKind::ContactTypes => "contactType",
        ListKind::Tags => "tag",
        ListKind::LostReasons => "lostReason",
    }
}

/// Entries that a list begins with (spec §3). They stay in it, renamed or
/// archived where somebody wrote so.
fn start_values(kind: ListKind) -> &'static [&'static str] {
    match kind {
        ListKind::Purposes => &["enquiry", "issue", "feedback"],
        ListKind::TaskTypes => &["follow_up", "internal"],
        ListKind::ContactTypes => &["lead", "customer", "partner", "other"],
        ListKind::Tags => &[],
        ListKind::LostReasons => &["price", "timing", "competitor", "no_answer"],
    }
}

/// The pipeline that every workspace begins with, and its stages.
const START_PIPELINE: &str = "sales";
const START_STAGES: &[&str] = &["new", "qualified", "offer", "negotiation"];

/// The stored form of business hours: `1 540-1020,2 540-1020`.
pub(crate) fn hours_text(hours: &[Hours]) -> String {
    let one = |hours: &Hours| format!("{} {}-{}", hours.day, hours.from, hours.to);
    hours.iter().map(one).collect::<Vec<_>>().join(",")
}

fn hours(text: &str) -> Vec<Hours> {
    let one = |text: &str| {
        let (day, times) = text.split_once(' ')?;
        let (from, to) = times.split_once('-')?;
        Some(Hours {
            day: day.parse().ok()?,
            from: from.parse().ok()?,
            to: to.parse().ok()?,
        })
    };
    text.split(',').filter_map(one).collect()
}

/// Settings by their keys, cut at the slashes as they are asked for.
struct Settings(BTreeMap<String, String>);

impl Settings {
    fn get(&self, key: &str) -> Option<&str> {
        self.0.get(key).map(String::as_str)
    }

    fn line(&self, key: &str) -> String {
        self.get(key).unwrap_or_default().to_owned()
    }

    /// The names directly under a prefix, sorted, each once.
    fn under(&self, prefix: &str) -> Vec<&str> {
        let mut names: Vec<&str> = self
            .0
            .range(prefix.to_owned()..)
            .map_while(|(key, _)| key.strip_prefix(prefix))
            .filter_map(|rest| rest.split('/').next())
            .collect();
        names.dedup();
        names
    }

    /// The ids under a prefix, with those that are there from the start.
    fn ids(&self, prefix: &str, start: &[&str]) -> Vec<ChoiceId> {
        let mut ids: Vec<ChoiceId> = start
            .iter()
            .chain(&self.under(prefix))
            .filter_map(|id| id.parse().ok())
            .collect();
        ids.sort();
        ids.dedup();
        ids
    }

    fn position(&self, key: &str, id: &ChoiceId, start: &[&str]) -> i64 {
        let at_start = start.iter().position(|one| *one == id.as_str());
        self.get(&format!("{key}/position"))
            .and_then(|text| text.parse().ok())
            .or_else(|| at_start.and_then(|place| i64::try_from(place).ok()))
            .unwrap_or(i64::from(u32::MAX))
    }

    /// The entries under a prefix, in their order.
    fn choices(&self, prefix: &str, start: &[&str]) -> Vec<Choice> {
        let entry = |id: ChoiceId| {
            let key = format!("{prefix}{id}");
            Choice {
                name: self.line(&format!("{key}/name")),
                position: self.position(&key, &id, start),
                archived: self.get(&format!("{key}/archived")) == Some("true"),
                id,
            }
        };
        let mut choices: Vec<Choice> = self.ids(prefix, start).into_iter().map(entry).collect();
        choices.sort_by(|a, b| (a.position, &a.id).cmp(&(b.position, &b.id)));
        choices
    }

    fn list(&self, kind: ListKind) -> Vec<Choice> {
        self.choices(&format!("{}/", list_key(kind)), start_values(kind))
    }

    fn policies(&self) -> Policies {
        let start = Policies::default();
        Policies {
            threading: self.word("policy/threading").unwrap_or(start.threading),
            require_topic_to_close: self.get("policy/requireTopicToClose") == Some("true"),
            read_policy: self.word("policy/readPolicy").unwrap_or(start.read_policy),
            zone: self.get("policy/zone").map_or(start.zone, str::to_owned),
            hours: self.get("policy/hours").map_or(start.hours, hours),
        }
    }

    fn word<T: serde::de::DeserializeOwned>(&self, key: &str) -> Option<T> {
        word(self.get(key)?)
    }

    fn teams(&self) -> Vec<Team> {
        let team = |id: &str| {
            let id: TeamId = id.parse().ok()?;
            let members = self.under(&format!("team/{id}/member/"));
            Some(Team {
                name: self.line(&format!("team/{id}/name")),
                archived: self.get(&format!("team/{id}/archived")) == Some("true"),
                members: members.iter().filter_map(|id| id.parse().ok()).collect(),
                id,
            })
        };
        self.under("team/").into_iter().filter_map(team).collect()
    }

    fn fields(&self) -> Vec<FieldDefinition> {
        let field = |choice: Choice| {
            let key = format!("field/{}", choice.id);
            FieldDefinition {
                field_type: self.word(&format!("{key}/type")).unwrap_or_default(),
                choices: self
                    .line(&format!("{key}/choices"))
                    .lines()
                    .map(str::to_owned)
                    .collect(),
                id: choice.id,
                name: choice.name,
                position: choice.position,
                archived: choice.archived,
            }
        };
        let fields = self.choices("field/", &[]);
        fields.into_iter().map(field).collect()
    }

    fn pipelines(&self) -> Vec<Pipeline> {
        let pipeline = |choice: Choice| {
            let key = format!("pipeline/{}", choice.id);
            let is_start = choice.id.as_str() == START_PIPELINE;
            let stages = if is_start { START_STAGES } else { &[] };
            Pipeline {
                currency: self
                    .get(&format!("{key}/currency"))
                    .unwrap_or("EUR")
                    .to_owned(),
                stages: self.choices(&format!("{key}/stage/"), stages),
                id: choice.id,
                name: choice.name,
                position: choice.position,
                archived: choice.archived,
            }
        };
        let pipelines = self.choices("pipeline/", &[START_PIPELINE]);
        pipelines.into_iter().map(pipeline).collect()
    }

    fn templates(&self) -> Vec<Template> {
        let template = |id: &str| {
            let key = format!("template/{id}");
            Some(Template {
                id: id.parse().ok()?,
                name: self.line(&format!("{key}/name")),
                channel: self.word(&format!("{key}/channel")),
                language: self.line(&format!("{key}/language")),
                subject: self.line(&format!("{key}/subject")),
                text: self.line(&format!("{key}/text")),
            })
        };
        let under = self.under("template/").into_iter();
        let mut templates: Vec<Template> = under.filter_map(template).collect();
        templates.sort_by(|a, b| (&a.name, a.id).cmp(&(&b.name, b.id)));
        templates
    }
}

impl Settings {
    /// The flows that can be read, and what is wrong with the others. One without a
    /// name was removed, whatever somebody wrote into it at the same time.
    fn flows(&self) -> (Vec<Flow>, Vec<Problem>) {
        let (mut flows, mut problems) = (Vec::new(), Vec::new());
        for id in self.under("flow/") {
            let key = format!("flow/{id}");
            let Some(name) = self.get(&format!("{key}/name")) else {
                continue;
            };
            match self.flow(id, name) {
                Some(flow) => flows.push(flow),
                None => problems.push(Problem {
                    path: format!("settings/{key}"),
                    text: "This flow is not of a kind this program knows.".to_owned(),
                }),
            }
        }
        flows.sort_by(|a: &Flow, b| (&a.name, a.id).cmp(&(&b.name, b.id)));
        (flows, problems)
    }

    fn flow(&self, id: &str, name: &str) -> Option<Flow> {
        let key = format!("flow/{id}");
        Some(Flow {
            id: id.parse::<FlowId>().ok()?,
            name: name.to_owned(),
            active: self.get(&format!("{key}/active")) == Some("true"),
            trigger: self.json(&format!("{key}/trigger"))?,
            conditions: self.json(&format!("{key}/conditions"))?,
            actions: self.json(&format!("{key}/actions"))?,
        })
    }

    fn json<T: Read>(&self, key: &str) -> Option<T> {
        let value: ciborium::Value = serde_json::from_str(self.get(key)?).ok()?;
        T::read(value).ok()
    }

    /// All that the settings say.
    fn view(&self) -> WorkspaceView {
        let (flows, problems) = self.flows();
        WorkspaceView {
            policies: self.policies(),
            purposes: self.list(ListKind::Purposes),
            task_types: self.list(ListKind::TaskTypes),
            contact_types: self.list(ListKind::ContactTypes),
            tags: self.list(ListKind::Tags),
            lost_reasons: self.list(ListKind::LostReasons),
            teams: self.teams(),
            fields: self.fields(),
            pipelines: self.pipelines(),
            templates: self.templates(),
            views: Vec::new(),
            flows,
            activities: Vec::new(),
            conflicts: Vec::new(),
            problems,
        }
    }
}

fn views(root: &Reader<'_>) -> Vec<SavedView> {
    let Some(table) = root.map("views") else {
        return Vec::new();
    };
    let read = |key: String| {
        let (owner, id) = key.split_once('/')?;
        let entry = table.map(&key)?.whole();
        Some(SavedView {
            id: id.parse().ok()?,
            owner: owner.parse().ok()?,
            name: entry.line("name"),
            shared: entry.flag("shared"),
            list: entry.line("list"),
            query: entry.line("query"),
        })
    };
    let mut views: Vec<SavedView> = table.keys().filter_map(read).collect();
    views.sort_by(|a, b| (&a.name, &a.id).cmp(&(&b.name, &b.id)));
    views
}

/// Reads the workspace.
pub(crate) fn workspace(doc: &AutoCommit) -> WorkspaceView {
    let root = Reader::root(doc);
    let table = root.map("settings").map(Reader::whole);
    let mut settings = BTreeMap::new();
    let mut disputed = Vec::new();
    let mut problems = Vec::new();
    if let Some(table) = &table {
        let keys: Vec<String> = table.keys().collect();
        let names: Vec<&str> = keys.iter().map(String::as_str).collect();
        disputed = conflicts(table, &names);
        settings = keys
            .into_iter()
            .filter_map(|key| {
                let value = table.text(&key)?;
                Some((key, value))
            })
            .collect();
    } else {
        problems.push(root.problem("settings", "missing"));
    }
    let mut activities = activities(&root);
    activities.truncate(ACTIVITIES);
    let view = Settings(settings).view();
    problems.extend_from_slice(&view.problems);
    WorkspaceView {
        views: views(&root),
        activities,
        conflicts: disputed,
        problems,
        ..view
    }
}

impl Default for WorkspaceView {
    /// A workspace in which nobody chose anything yet.
    fn default() -> Self {
        Settings(BTreeMap::new()).view()
    }
}
