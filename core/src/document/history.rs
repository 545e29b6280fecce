//! A document as it was (spec B4). Automerge keeps every change, so a moment is
//! the changes up to one of them, read from a copy; the document itself is
//! never touched. Whoever asks has closed an open draft before.

use std::collections::{BTreeSet, HashMap};

use automerge::legacy::ObjectId;
use automerge::{AutoCommit, ChangeHash, ObjId, Patch};
use uuid::Uuid;

use super::view::place_of_text;
use super::{ConversationView, Document, View, prose};
use crate::error::{Code, Refusal};
use crate::id::{MemberId, NoteId};
use crate::model::{Difference, Item, ItemKind, Moment, Span, Subject};
use crate::time::Timestamp;

/// Edits of one member that follow each other within this are one moment.
const RUN_MS: i64 = 60_000;
/// What changes that are no moment of the document's are named: commands that are
/// a member's own business, and what only joins changes.
const PRIVATE: [&str; 4] = [
    "mark_read",
    "open_conversation",
    "star_conversation",
    super::JOIN,
];

/// One change in the order of history.
struct Step {
    hash: ChangeHash,
    deps: Vec<ChangeHash>,
    at: Timestamp,
    by: Option<MemberId>,
    action: String,
}

impl Document {
    /// Every moment, oldest first. A run of edits to notes is one.
    pub fn moments(&mut self) -> Vec<Moment> {
        let mut moments: Vec<Moment> = Vec::new();
        for step in self.steps() {
            if step.by.is_none() && step.at == Timestamp::default() {
                // What every document begins with.
                continue;
            }
            if PRIVATE.contains(&step.action.as_str()) {
                continue;
            }
            let moment = step.moment();
            match moments.last_mut() {
                Some(last) if last.is_run_with(&moment) => *last = moment,
                _ => moments.push(moment),
            }
        }
        moments
    }

    /// The whole view as it was; `not_found` for a moment it never had.
    pub fn view_at(&mut self, moment: &str) -> Result<View, Refusal> {
        let heads = self.heads_at(moment)?;
        let (past, patches) = self.as_of(&heads);
        Ok(match &self.view {
            // Most of a long thread was as it is, so only what differs is read.
            View::Conversation(now) => View::Conversation(now.back_to(&past, &patches)),
            _ => super::build(&past, self.id),
        })
    }

    /// The view at a moment, read from scratch; equal to [`Document::view_at`].
    pub fn rebuilt_at(&mut self, moment: &str) -> Result<View, Refusal> {
        let heads = self.heads_at(moment)?;
        let (past, _) = self.as_of(&heads);
        Ok(super::build(&past, self.id))
    }

    /// What happened after one moment and up to another, in the order of time.
    pub fn between(&mut self, from: &str, to: &str) -> Result<Vec<Difference>, Refusal> {
        let (View::Conversation(before), View::Conversation(after)) =
            (self.view_at(from)?, self.view_at(to)?)
        else {
            return Ok(Vec::new());
        };
        let mut found = differences(&before, &after);
        let steps = self.steps();
        let (from, to) = (place(&steps, from)?, place(&steps, to)?);
        let edits = steps.into_iter().take(to + 1).skip(from + 1);
        let mut last: Option<(Moment, Uuid)> = None;
        for step in edits.filter(|step| step.action == "edit_note") {
            let Some(note) = self.note_of(&step.hash) else {
                continue;
            };
            let moment = step.moment();
            let goes_on =
                matches!(&last, Some((before, of)) if *of == note && before.is_run_with(&moment));
            if goes_on {
                found.pop();
            }
            let subject = (ItemKind::Note, note);
            found.push(bare(moment.at, moment.by.clone(), &moment.action, subject));
            last = Some((moment, note));
        }
        found.sort_by_key(|difference| difference.at);
        Ok(found)
    }

    /// The moments at which a note's text changed, oldest first.
    pub fn note_versions(&mut self, note: NoteId) -> Result<Vec<Moment>, Refusal> {
        super::note_text(&self.doc, note)?;
        let mut versions: Vec<Moment> = Vec::new();
        for step in self.steps() {
            let writes = matches!(step.action.as_str(), "add_note" | "edit_note");
            if !writes || self.note_of(&step.hash) != Some(note.0) {
                continue;
            }
            let version = step.moment();
            match versions.last_mut() {
                Some(last) if last.is_run_with(&version) => *last = version,
                _ => versions.push(version),
            }
        }
        Ok(versions)
    }

    /// The note whose text a change writes.
    fn note_of(&mut self, hash: &ChangeHash) -> Option<Uuid> {
        let operations = self.change(hash)?.decode().operations;
        operations.into_iter().find_map(|op| match op.obj {
            ObjectId::Id(id) => {
                let text = ObjId::Id(id.counter(), id.actor().clone(), 0);
                match place_of_text(&self.doc, &text)? {
                    (ItemKind::Note, note) => Some(note),
                    _ => None,
                }
            }
            ObjectId::Root => None,
        })
    }

    /// A note's text as it was.
    pub fn note_at(&mut self, note: NoteId, moment: &str) -> Result<Vec<Span>, Refusal> {
        let heads = self.heads_at(moment)?;
        let (past, _) = self.as_of(&heads);
        let text = super::note_text(&past, note)?;
        Ok(prose::spans(&past, &text))
    }

    /// All changes in an order that is the same in every copy but for changes
    /// of one second: by time, yet none before what it depends on.
    fn steps(&mut self) -> Vec<Step> {
        let mut steps: Vec<Step> = self
            .doc
            .get_changes_meta(&[])
            .into_iter()
            .map(|meta| Step {
                hash: meta.hash,
                at: Timestamp::from_millis(meta.timestamp.saturating_mul(1000)),
                by: meta.author.as_ref().and_then(member),
                action: meta.message.as_deref().unwrap_or_default().to_owned(),
                deps: meta.deps,
            })
            .collect();
        let mut times: HashMap<ChangeHash, Timestamp> = HashMap::with_capacity(steps.len());
        for step in &steps {
            let deps = step.deps.iter().filter_map(|dep| times.get(dep));
            let at = deps.copied().max().map_or(step.at, |dep| dep.max(step.at));
            times.insert(step.hash, at);
        }
        steps.sort_by_key(|step| times.get(&step.hash).copied());
        steps
    }

    /// The heads of all changes up to a moment.
    fn heads_at(&mut self, moment: &str) -> Result<Vec<ChangeHash>, Refusal> {
        let steps = self.steps();
        let last = place(&steps, moment)?;
        let mut heads = BTreeSet::new();
        for step in &steps[..=last] {
            for dep in &step.deps {
                heads.remove(dep);
            }
            heads.insert(step.hash);
        }
        Ok(heads.into_iter().collect())
    }

    /// A copy of the document that reads as it was at heads, and what leads back there.
    fn as_of(&mut self, heads: &[ChangeHash]) -> (AutoCommit, Vec<Patch>) {
        let mut past = self.doc.fork();
        let now = past.get_heads();
        let patches = past.diff(&now, heads);
        past.isolate(heads);
        (past, patches)
    }
}

impl Step {
    fn moment(&self) -> Moment {
        Moment {
            hash: self.hash.to_string(),
            at: self.at,
            by: self.by.clone(),
            action: self.action.clone(),
        }
    }
}

impl Moment {
    /// Whether `next` goes on with the same member's edits.
    fn is_run_with(&self, next: &Moment) -> bool {
        self.action == "edit_note"
            && self.action == next.action
            && self.by == next.by
            && next.at <= self.at.plus_millis(RUN_MS)
    }
}

fn member(author: &automerge::Author<'_>) -> Option<MemberId> {
    std::str::from_utf8(author.as_bytes()).ok()?.parse().ok()
}

/// Where a moment stands among all changes.
fn place(steps: &[Step], moment: &str) -> Result<usize, Refusal> {
    let hash: Option<ChangeHash> = moment.parse().ok();
    steps
        .iter()
        .position(|step| Some(step.hash) == hash)
        .ok_or_else(|| Refusal::new(Code::NotFound, "There was no such moment.").on("hash"))
}

/// What the audit trail tells, and messages and calls, which have no entry there.
fn differences(from: &ConversationView, to: &ConversationView) -> Vec<Difference> {
    let mut found = Vec::new();
    for item in to.of_kind(ItemKind::Activity) {
        let Item::Activity(it) = item else { continue };
        if from.item(ItemKind::Activity, it.id.0).is_none() {
            found.push(Difference {
                at: it.at,
                by: Some(it.by.clone()),
                action: it.action.clone(),
                subject: it.subject.clone(),
                change: it.change.clone(),
            });
        }
    }
    for item in to.of_kind(ItemKind::Interaction) {
        let Item::Interaction(it) = item else {
            continue;
        };
        if from.item(ItemKind::Interaction, it.id.0).is_none() {
            let action = match (&it.call, &it.by) {
                (Some(_), _) => "log_call",
                (None, Some(_)) => "send_message",
                (None, None) => "receive_message",
            };
            let subject = (ItemKind::Interaction, it.id.0);
            found.push(bare(it.at, it.by.clone(), action, subject));
        }
    }
    found
}

fn bare(
    at: Timestamp,
    by: Option<MemberId>,
    action: &str,
    (kind, id): (ItemKind, Uuid),
) -> Difference {
    Difference {
        at,
        by,
        action: action.to_owned(),
        subject: Some(Subject { kind, id }),
        change: None,
    }
}
