//! How a contact and the team are in touch (spec F2.5).

use serde::{Deserialize, Serialize};

use super::Replica;
use crate::document::Document;
use crate::id::ContactId;
use crate::model::{Direction, Interaction, Item};
use crate::time::Timestamp;

const DAY: i64 = 86_400_000;
const WEEK: i64 = 7 * DAY;
const WEEKS: i64 = 12;

/// How much a contact is in touch, from what it sent: `high` is three times or
/// more in 30 days with the last within 7; `medium` is the last within 30 days;
/// `low` is anything ever; `none` is nothing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(tsify::Tsify))]
#[serde(rename_all = "snake_case")]
pub enum EngagementLevel {
    /// Never.
    #[default]
    None,
    /// Once, or long ago.
    Low,
    /// Lately.
    Medium,
    /// Lately and often.
    High,
}

/// One week of a contact's interactions.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase")]
pub struct EngagementWeek {
    /// When it begins.
    pub from: Timestamp,
    /// What came in.
    pub inbound: u32,
    /// What went out.
    pub outbound: u32,
}

/// How a contact and the team are in touch.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "typescript", tsify(missing_as_null))]
pub struct Engagement {
    /// In a word.
    pub level: EngagementLevel,
    /// Messages and calls that came in.
    pub inbound: u32,
    /// Messages and calls that went out.
    pub outbound: u32,
    /// Calls among both.
    pub calls: u32,
    /// The median of how long the contact waited for the first answer, in
    /// milliseconds; `None` where nothing was answered.
    #[cfg_attr(feature = "typescript", tsify(type = "number | null"))]
    pub first_response: Option<i64>,
    /// The last message or call.
    pub last_at: Option<Timestamp>,
    /// The last 12 weeks, the oldest first; the last one ends now.
    pub weeks: Vec<EngagementWeek>,
    /// Whether all conversations are in memory. Of the others only what came in
    /// lately is known.
    pub complete: bool,
}

impl Replica {
    /// How a contact and its aliases are in touch with the team.
    pub fn engagement(&self, contact: ContactId, now: Timestamp) -> Engagement {
        let contact = self.rows.resolve(contact);
        let mut sum = Sum::default();
        let mut complete = true;
        for row in self.rows.conversations() {
            if row.contact.map(|id| self.rows.resolve(id)) != Some(contact) {
                continue;
            }
            match self.ready(row.id.into()).and_then(Document::conversation) {
                Some(view) => sum.add(view.newest_first().filter_map(counted)),
                None => {
                    complete = false;
                    sum.inbound.extend(&row.inbound);
                }
            }
        }
        Engagement {
            complete,
            ..sum.engagement(now)
        }
    }
}

/// A message or call that tells of being in touch.
fn counted(item: &Item) -> Option<&Interaction> {
    match item {
        Item::Interaction(it) if it.deleted.is_none() && it.withdrawn.is_none() && !it.spam => {
            Some(it)
        }
        _ => None,
    }
}

#[derive(Default)]
struct Sum {
    inbound: Vec<Timestamp>,
    outbound: Vec<Timestamp>,
    calls: usize,
    /// How long each first answer took.
    answers: Vec<i64>,
}

impl Sum {
    /// Adds a conversation's interactions, the newest first.
    fn add<'a>(&mut self, interactions: impl Iterator<Item = &'a Interaction>) {
        // The answer to what came in before it, as time is walked back.
        let mut answer: Option<Timestamp> = None;
        let mut first_in: Option<Timestamp> = None;
        let mut settle = |answer: &mut Option<Timestamp>, first: &mut Option<Timestamp>| {
            if let (Some(answer), Some(first)) = (answer.take(), first.take()) {
                self.answers.push(answer.as_millis() - first.as_millis());
            }
        };
        for it in interactions {
            self.calls += usize::from(it.call.is_some());
            match it.direction {
                Direction::In => {
                    self.inbound.push(it.at);
                    // A call that a member logged waits for nothing.
                    if it.by.is_none() {
                        first_in = Some(it.at);
                    }
                }
                Direction::Out => {
                    self.outbound.push(it.at);
                    // What came in after this answer waited for the next one.
                    if first_in.is_some() {
                        settle(&mut answer, &mut first_in);
                    }
                    answer = Some(it.at);
                    first_in = None;
                }
            }
        }
        settle(&mut answer, &mut first_in);
    }

    fn engagement(mut self, now: Timestamp) -> Engagement {
        self.answers.sort_unstable();
        let since = |days: i64| {
            let from = now.plus_millis(-days * DAY);
            self.inbound.iter().filter(|at| **at >= from).count()
        };
        let level = match (since(7), since(30), self.inbound.len()) {
            (1.., 3.., _) => EngagementLevel::High,
            (_, 1.., _) => EngagementLevel::Medium,
            (_, _, 1..) => EngagementLevel::Low,
            _ => EngagementLevel::None,
        };
        let weeks = (0..WEEKS).map(|week| {
            let from = now.plus_millis((week - WEEKS) * WEEK);
            let to = from.plus_millis(WEEK);
            // The last one has its end, which is now.
            let within = |all: &[Timestamp]| {
                count(all.iter().filter(|at| from < **at && **at <= to).count())
            };
            EngagementWeek {
                from,
                inbound: within(&self.inbound),
                outbound: within(&self.outbound),
            }
        });
        Engagement {
            level,
            weeks: weeks.collect(),
            inbound: count(self.inbound.len()),
            outbound: count(self.outbound.len()),
            calls: count(self.calls),
            // Of an even number the smaller of the two in the middle.
            first_response: self
                .answers
                .get(self.answers.len().saturating_sub(1) / 2)
                .copied(),
            last_at: self.inbound.iter().chain(&self.outbound).max().copied(),
            complete: false,
        }
    }
}

fn count(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}
