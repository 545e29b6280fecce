//! Fields that several members set at the same time (spec B3): Automerge keeps
//! all values; one shows, the view names all of them with who and when.

use automerge::{AutoCommit, ObjId, ReadDoc, ScalarValue, Value};

use super::read::Reader;
use crate::id::MemberId;
use crate::model::{Conflict, ConflictValue};
use crate::time::Timestamp;

/// The conflicts among `fields` of a map.
pub(crate) fn conflicts(map: &Reader<'_>, fields: &[&str]) -> Vec<Conflict> {
    fields
        .iter()
        .filter_map(|field| conflict(map, field))
        .collect()
}

fn conflict(map: &Reader<'_>, field: &str) -> Option<Conflict> {
    let all = map.get_all(field);
    if all.len() < 2 {
        return None;
    }
    let mut values: Vec<ConflictValue> = all
        .iter()
        .map(|(value, id)| conflict_value(map.doc, value, id))
        .collect();
    // Automerge lists the winner last.
    values.reverse();
    let agreed = values.iter().all(|value| value.value == values[0].value);
    (!agreed).then(|| Conflict {
        field: field.to_owned(),
        values,
    })
}

fn conflict_value(doc: &AutoCommit, value: &Value<'_>, id: &ObjId) -> ConflictValue {
    let by = match id {
        ObjId::Id(_, actor, _) => doc
            .get_author_for_actor(actor)
            .and_then(|author| String::from_utf8(author.as_bytes().to_vec()).ok())
            .and_then(|name| MemberId::try_from(name).ok()),
        ObjId::Root => None,
    };
    let at = doc
        .hash_for_opid(id)
        .and_then(|hash| change_time(doc, &hash))
        .unwrap_or_default();
    ConflictValue {
        value: as_text(value),
        by,
        at,
    }
}

fn as_text(value: &Value<'_>) -> String {
    match value {
        Value::Scalar(scalar) => match scalar.as_ref() {
            ScalarValue::Str(text) => text.to_string(),
            ScalarValue::Int(int) | ScalarValue::Timestamp(int) => int.to_string(),
            ScalarValue::Uint(int) => int.to_string(),
            ScalarValue::Boolean(flag) => flag.to_string(),
            _ => String::new(),
        },
        Value::Object(_) => String::new(),
    }
}

/// When a change was made; changes carry whole seconds.
fn change_time(doc: &AutoCommit, hash: &automerge::ChangeHash) -> Option<Timestamp> {
    let change = ReadDoc::get_change_by_hash(doc, hash)?;
    Some(Timestamp::from_millis(
        change.timestamp().saturating_mul(1000),
    ))
}
