//! What a change does against what it tells (spec F2.9): a write to a tracked
//! place owes an activity in the same change, and an activity tells of a write
//! of the same change. The old value is not compared: two members may have
//! changed it at the same time, and the history has it.

use std::collections::HashMap;

use automerge::ScalarValue;
use automerge::legacy::{OpId, OpType};

use super::place::{Site, Slot, Subject};
use crate::document::schema::{On, Says, Told};
use crate::error::{Code, Refusal};

/// What a write left behind.
pub(super) enum Left {
    /// A scalar, as an activity tells it.
    Value(String),
    /// A map, whose contents no activity tells.
    Map,
    /// A text that was edited.
    Text,
    /// Nothing.
    Nothing,
    /// The one of several values that showed before, to the author.
    Other(Box<Left>),
}

impl Left {
    /// A value that was put.
    pub(super) fn of(scalar: Option<&ScalarValue>) -> Self {
        scalar.map_or(Left::Map, |value| Left::Value(told_text(value)))
    }

    /// Whether this may be told as a new value like this.
    fn becomes(&self, to: &str) -> bool {
        match self {
            Left::Value(value) => value == to,
            Left::Text | Left::Nothing => to.is_empty(),
            Left::Map => true,
            Left::Other(value) => value.becomes(to),
        }
    }
}

/// A write to a tracked place.
struct Write {
    told: &'static [Told],
    subject: Option<Subject>,
    /// The name of what it lies in.
    parent: String,
    key: String,
    left: Left,
    path: String,
}

/// A new entry of the audit trail.
#[derive(Default)]
struct Activity {
    path: String,
    action: String,
    subject_kind: String,
    subject_id: String,
    field: Option<String>,
    from: String,
    to: String,
}

/// An activity's subject and action, by which a write finds what tells of it.
type About<'a> = (Option<(&'a str, &'a str)>, &'a str);

/// What one change does and tells.
#[derive(Default)]
pub(super) struct Owed {
    /// The last write to each place.
    writes: HashMap<Slot, Write>,
    activities: HashMap<OpId, Activity>,
}

impl Owed {
    /// Notes a write under a key of an object that was there before.
    pub(super) fn wrote(
        &mut self,
        site: &Site,
        key: &str,
        told: &'static [Told],
        slot: &Slot,
        left: Left,
    ) {
        if told.is_empty() {
            return;
        }
        let write = Write {
            told,
            subject: site.subject_of(key),
            parent: site.name().to_owned(),
            key: key.to_owned(),
            left,
            path: site.path_to(key),
        };
        self.writes.insert(slot.clone(), write);
    }

    /// Notes an edit of a text that was there before. One is as good as many.
    pub(super) fn edited(&mut self, text: &Site, slot: Slot) {
        if text.told.is_empty() {
            return;
        }
        self.writes.entry(slot).or_insert_with(|| Write {
            told: text.told,
            subject: text.subject.clone(),
            parent: String::new(),
            key: text.name().to_owned(),
            left: Left::Text,
            path: text.path_to(""),
        });
    }

    /// Notes a new entry of the audit trail.
    pub(super) fn began(&mut self, activity: OpId, path: String) {
        let entry = Activity {
            path,
            ..Activity::default()
        };
        self.activities.insert(activity, entry);
    }

    /// Notes what an entry says.
    pub(super) fn says(&mut self, activity: &OpId, key: &str, action: &OpType) {
        let (Some(entry), OpType::Put(value)) = (self.activities.get_mut(activity), action) else {
            return;
        };
        let text = told_text(value);
        match key {
            "action" => entry.action = text,
            "subjectKind" => entry.subject_kind = text,
            "subjectId" => entry.subject_id = text,
            "field" => entry.field = Some(text),
            "from" => entry.from = text,
            "to" => entry.to = text,
            _ => {}
        }
    }

    /// Refuses what is not told, and what is told and not done.
    pub(super) fn settle(self) -> Result<(), Refusal> {
        let mut trail: HashMap<About<'_>, Vec<(&Activity, bool)>> = HashMap::new();
        for activity in self.activities.values() {
            trail
                .entry(activity.about())
                .or_default()
                .push((activity, false));
        }
        for write in self.writes.values() {
            let subject = write.subject.as_ref().map(|it| (it.kind, &*it.id));
            let mut known = false;
            for told in write.told {
                let about = (subject, told.action);
                for (activity, proven) in trail.get_mut(&about).into_iter().flatten() {
                    if write.fits(told, activity) {
                        known = true;
                        *proven |= !matches!(told.says, Says::Along(..));
                    }
                }
            }
            if !known {
                let text = "The change owes the audit trail an entry about this.";
                return Err(violation(text, &write.path));
            }
        }
        let mut all = trail.values().flatten();
        match all.find(|(_, proven)| !proven) {
            Some((activity, _)) => {
                let text = "The change tells the audit trail what it does not do.";
                Err(violation(text, &activity.path))
            }
            None => Ok(()),
        }
    }
}

impl Activity {
    fn about(&self) -> About<'_> {
        let subject = (&*self.subject_kind, &*self.subject_id);
        ((subject != ("", "")).then_some(subject), &self.action)
    }
}

impl Write {
    /// Whether an activity of the same subject and action tells of this write.
    fn fits(&self, told: &Told, activity: &Activity) -> bool {
        // What leaves another value showing has put that one.
        let removal = matches!(self.left, Left::Nothing);
        let on = match told.on {
            On::Any => true,
            On::Put => !removal,
            On::Removal => removal,
        };
        let (field, to) = (activity.field.as_deref(), &*activity.to);
        let of_key = || field == Some(&self.key) && self.left.becomes(to);
        on && match told.says {
            Says::Deed => field.is_none(),
            Says::Value => of_key(),
            Says::Becomes(words) => of_key() && words.contains(&to),
            Says::Entry => {
                let (parent, key) = field.and_then(|it| it.split_once('/')).unwrap_or_default();
                parent == self.parent && key == self.key && self.left.becomes(to)
            }
            Says::Key => {
                let (comes, goes) = if removal {
                    ("", &*self.key)
                } else {
                    (&*self.key, "")
                };
                field == Some(&self.parent) && to == comes && activity.from == goes
            }
            Says::Answer => {
                let answer = to.strip_prefix(&self.key);
                let answer = answer.and_then(|rest| rest.strip_prefix(' '));
                field == Some("answer") && answer.is_some_and(|answer| self.left.becomes(answer))
            }
            Says::Essence(name) => field == Some(name),
            Says::Along(name, words) => {
                field == name
                    && (words.is_empty() || words.iter().any(|word| self.left.becomes(word)))
            }
        }
    }
}

/// A scalar as an activity tells it.
fn told_text(value: &ScalarValue) -> String {
    match value {
        ScalarValue::Str(text) => text.to_string(),
        ScalarValue::Int(int) => int.to_string(),
        ScalarValue::Uint(int) => int.to_string(),
        ScalarValue::Boolean(flag) => flag.to_string(),
        _ => String::new(),
    }
}

/// The refusal that names a path, as much of it as fits: keys may be long.
fn violation(text: &str, path: &str) -> Refusal {
    let path: String = path.trim_end_matches('/').chars().take(128).collect();
    Refusal::new(Code::SchemaViolation, text).on(path)
}
