//! The role table: for every path of every document who may do what, and every
//! case of it as a change. The table is written down from the spec; the paths are
//! those of the schema, and a path that is in one only is a failure. A transport
//! carries the changes to a guard and brings back its verdict.

mod cases;
mod scene;

use std::collections::{BTreeMap, BTreeSet};

use threadline_core::error::Code;
use threadline_core::model::{Member, Role};

pub use cases::{Case, Op, cases};
pub use scene::{Scene, contact, conversation, members, workspace};

/// The table's operations, in the order of its columns.
const OPS: [Op; 5] = [Op::Add, Op::Replace, Op::Remove, Op::With, Op::Edit];

/// What one member tries.
pub struct Attempt {
    /// The member.
    pub member: Member,
    /// The raw change.
    pub change: Vec<u8>,
}

/// What carries changes to a guard.
#[expect(
    async_fn_in_trait,
    reason = "only tests implement and call it, each on one thread"
)]
pub trait Transport {
    /// Makes a fresh document with a scene's history and brings attempts to it:
    /// the verdict on each.
    async fn judge(&mut self, scene: &Scene, attempts: &[Attempt]) -> Vec<Result<(), Code>>;

    /// Whether what the table refuses is tried at every path, or once for each
    /// rule, operation, member and kind of document.
    fn refuses_cheaply(&self) -> bool {
        true
    }
}

/// Tries the whole table. Returns how many changes were judged.
pub async fn try_all(transport: &mut impl Transport) -> usize {
    let table = table();
    let mut missing: Vec<(&String, Op)> = table.keys().map(|(path, op)| (path, *op)).collect();
    let mut wrong = Vec::new();
    let mut refused = BTreeSet::new();
    let mut judged = 0;
    for mut scene in [conversation(), contact(), workspace()] {
        let cases = cases(&mut scene);
        for op in OPS {
            // None knows of another: all changes that come to one document are
            // concurrent. A removal there leaves what somebody else has just put,
            // and may, so the two are not tried together.
            let (mut rules, mut attempts) = (Vec::new(), Vec::new());
            for case in cases.iter().filter(|case| case.op == op) {
                let key = (case.path.clone(), case.op);
                let Some(rule) = table.get(&key) else {
                    wrong.push(format!("{key:?} is not in the table"));
                    continue;
                };
                missing.retain(|(path, op)| (*path, *op) != (&key.0, key.1));
                for member in members() {
                    let seldom = !transport.refuses_cheaply() && !allows(*rule, &member);
                    let like = (scene.kind, op, *rule, member.id.clone());
                    if seldom && !refused.insert(like) {
                        continue;
                    }
                    rules.push((key.clone(), *rule));
                    let change = case.change(&member);
                    attempts.push(Attempt { member, change });
                }
            }
            let verdicts = transport.judge(&scene, &attempts).await;
            judged += verdicts.len();
            let verdicts = attempts.iter().zip(verdicts);
            for ((attempt, verdict), (key, rule)) in verdicts.zip(rules) {
                if !fits(rule, &attempt.member, verdict) {
                    let who = &attempt.member.id;
                    wrong.push(format!(
                        "{key:?} by {who}: {verdict:?}, the table says {rule}"
                    ));
                }
            }
        }
    }
    assert!(missing.is_empty(), "no such case: {missing:?}");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    judged
}

/// Whether a verdict is what a rule says. What nobody may do, the schema may
/// not even have; a viewer hears nothing but that they may not.
fn fits(rule: char, member: &Member, verdict: Result<(), Code>) -> bool {
    let expected = allows(rule, member);
    match verdict {
        Ok(()) => expected,
        Err(Code::Forbidden) => !expected,
        Err(Code::SchemaViolation) => !expected && member.role != Role::Viewer,
        Err(_) => false,
    }
}

/// The table by path and operation.
fn table() -> BTreeMap<(String, Op), char> {
    let lines = include_str!("table.txt").lines();
    let lines = lines.filter(|line| !line.is_empty() && !line.starts_with('#'));
    let mut table = BTreeMap::new();
    for line in lines {
        let mut words = line.split_whitespace();
        let path = words.next().unwrap_or_default();
        for (op, rule) in OPS.into_iter().zip(words) {
            if rule != "." {
                let rule = rule.chars().next().unwrap_or('-');
                let before = table.insert((path.to_owned(), op), rule);
                assert_eq!(before, None, "{path} is in the table twice");
            }
        }
    }
    table
}

/// Whether a rule of the table allows it to a member of the scene.
fn allows(rule: char, member: &Member) -> bool {
    let made_it = member.id.as_str() == "ana";
    match rule {
        'M' => member.role != Role::Viewer,
        'A' => member.role == Role::Admin,
        'S' => member.role == Role::Service,
        'W' => made_it,
        'X' => made_it || member.role == Role::Admin,
        '-' => false,
        _ => panic!("the table has no rule {rule}"),
    }
}
