//! The role table: for every path of every document who may do what, and every
//! case of it as a change. The table is written down from the spec; the paths are
//! those of the schema, and a path that is in one only is a failure. A transport
//! carries the changes to a guard and brings back its verdict.

mod cases;
mod scene;

use std::collections::BTreeMap;

use threadline_core::error::Code;
use threadline_core::model::{Member, Role};

pub use cases::{Case, Op, cases};
pub use scene::{Scene, contact, conversation, members, workspace};

/// The table's operations, in the order of its columns.
const OPS: [Op; 5] = [Op::Add, Op::Replace, Op::Remove, Op::With, Op::Edit];

/// What carries changes to a guard.
#[expect(
    async_fn_in_trait,
    reason = "only tests implement and call it, each on one thread"
)]
pub trait Transport {
    /// Makes a fresh document with a scene's history; later pushes go there.
    async fn seed(&mut self, scene: &Scene);
    /// Brings one member's change.
    async fn push(&mut self, member: &Member, change: &[u8]) -> Result<(), Code>;
}

/// Tries the whole table. Returns how many changes were judged.
pub async fn try_all(transport: &mut impl Transport) -> usize {
    let table = table();
    let mut missing: Vec<(&String, Op)> = table.keys().map(|(path, op)| (path, *op)).collect();
    let mut wrong = Vec::new();
    let mut judged = 0;
    for mut scene in [conversation(), contact(), workspace()] {
        for case in cases(&mut scene) {
            let key = (case.path.clone(), case.op);
            let Some(rule) = table.get(&key) else {
                wrong.push(format!("{key:?} is not in the table"));
                continue;
            };
            missing.retain(|(path, op)| (*path, *op) != (&key.0, key.1));
            // One who may change it would change what the next one finds.
            transport.seed(&scene).await;
            for member in members() {
                judged += 1;
                let verdict = transport.push(&member, &case.change(&member)).await;
                let expected = allows(*rule, &member);
                let fits = match verdict {
                    Ok(()) => expected,
                    Err(Code::Forbidden) => !expected,
                    Err(Code::SchemaViolation) => !expected && member.role != Role::Viewer,
                    Err(_) => false,
                };
                if !fits {
                    let who = &member.id;
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
