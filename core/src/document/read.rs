//! Total reads: whatever a merged document holds, these give a value or
//! nothing, and never fail. Where something is of another shape than the
//! schema's, the reader notes a [`Problem`] and goes on.

use std::collections::BTreeMap;
use std::str::FromStr;

use automerge::{AutoCommit, ObjId, ObjType, ReadDoc, ScalarValue, Value};
use serde::de::DeserializeOwned;
use serde::de::value::StrDeserializer;

use crate::model::Problem;
use crate::time::Timestamp;

/// Reads one object of a document, collecting problems.
pub(crate) struct Reader<'a> {
    pub(crate) doc: &'a AutoCommit,
    pub(crate) obj: ObjId,
    path: String,
    /// Its fields, where they were read together.
    fields: Option<BTreeMap<String, Field>>,
}

/// What stands under a key.
struct Field {
    value: Value<'static>,
    obj: ObjId,
    /// Whether several values were put at the same time.
    conflict: bool,
}

impl<'a> Reader<'a> {
    /// The root.
    pub(crate) fn root(doc: &'a AutoCommit) -> Self {
        Self::new(doc, automerge::ROOT, String::new())
    }

    fn new(doc: &'a AutoCommit, obj: ObjId, path: String) -> Self {
        Self {
            doc,
            obj,
            path,
            fields: None,
        }
    }

    /// Reads all fields of this map together. Automerge finds its way to the
    /// map once instead of once for each field, which is where the time goes;
    /// so this is for a map that holds one thing, and not for tables of them.
    pub(crate) fn whole(mut self) -> Self {
        let fields = self.doc.map_range(&self.obj, ..);
        let field = |item: automerge::iter::MapRangeItem<'_>| {
            let field = Field {
                obj: item.id(),
                conflict: item.conflict,
                value: item.value.into_value(),
            };
            (item.key.into_owned(), field)
        };
        self.fields = Some(fields.map(field).collect());
        self
    }

    /// The value under `key`, and which object it is if it is one.
    fn get(&self, key: &str) -> Option<(Value<'_>, ObjId)> {
        match &self.fields {
            Some(fields) => {
                let field = fields.get(key)?;
                Some((field.value.clone(), field.obj.clone()))
            }
            None => self.doc.get(&self.obj, key).ok()?,
        }
    }

    /// All values that were put under `key` at the same time.
    pub(crate) fn get_all(&self, key: &str) -> Vec<(Value<'_>, ObjId)> {
        let known = self.fields.as_ref().map(|fields| fields.get(key));
        match known {
            Some(field) if field.is_none_or(|field| !field.conflict) => {
                self.get(key).into_iter().collect()
            }
            _ => self.doc.get_all(&self.obj, key).unwrap_or_default(),
        }
    }

    /// The map under `key`, where there is one.
    pub(crate) fn map(&self, key: &str) -> Option<Reader<'a>> {
        self.object(key, ObjType::Map)
    }

    /// The object of a type under `key`, where there is one.
    pub(crate) fn object(&self, key: &str, expected: ObjType) -> Option<Reader<'a>> {
        match self.get(key) {
            Some((Value::Object(found), obj)) if found == expected => {
                let path = if self.path.is_empty() {
                    key.to_owned()
                } else {
                    format!("{}/{key}", self.path)
                };
                Some(Self::new(self.doc, obj, path))
            }
            _ => None,
        }
    }

    /// The keys of this map.
    pub(crate) fn keys(&self) -> impl Iterator<Item = String> + '_ {
        self.doc.keys(&self.obj)
    }

    fn scalar(&self, key: &str) -> Option<ScalarValue> {
        match self.get(key) {
            Some((Value::Scalar(scalar), _)) => Some(scalar.into_owned()),
            _ => None,
        }
    }

    /// A string, where there is one.
    pub(crate) fn text(&self, key: &str) -> Option<String> {
        match self.scalar(key)? {
            ScalarValue::Str(text) => Some(text.to_string()),
            _ => None,
        }
    }

    /// A string, else an empty one.
    pub(crate) fn line(&self, key: &str) -> String {
        self.text(key).unwrap_or_default()
    }

    /// The whole of an Automerge text, else an empty string.
    pub(crate) fn prose(&self, key: &str) -> String {
        self.object(key, ObjType::Text)
            .and_then(|text| self.doc.text(&text.obj).ok())
            .unwrap_or_default()
    }

    /// An integer, where there is one.
    pub(crate) fn int(&self, key: &str) -> Option<i64> {
        integer(&self.scalar(key)?)
    }

    /// The largest integer under `inner` of all maps that were put at `key` at
    /// the same time.
    pub(crate) fn most_of_all(&self, key: &str, inner: &str) -> Option<i64> {
        let all = self.get_all(key).into_iter();
        let maps = all.filter(|(value, _)| value.is_object());
        maps.filter_map(|(_, obj)| Self::new(self.doc, obj, self.path.clone()).int(inner))
            .max()
    }

    /// A moment, where there is one.
    pub(crate) fn time(&self, key: &str) -> Option<Timestamp> {
        self.int(key).map(Timestamp::from_millis)
    }

    /// The latest of the moments that were set at the same time.
    pub(crate) fn latest(&self, key: &str) -> Option<Timestamp> {
        let all = self.get_all(key);
        all.iter()
            .filter_map(|(value, _)| integer(value.as_scalar()?))
            .map(Timestamp::from_millis)
            .max()
    }

    /// A boolean; false where there is none.
    pub(crate) fn flag(&self, key: &str) -> bool {
        matches!(self.scalar(key), Some(ScalarValue::Boolean(true)))
    }

    /// An id, where there is one that parses.
    pub(crate) fn id<T: FromStr>(&self, key: &str) -> Option<T> {
        self.text(key)?.parse().ok()
    }

    /// A word of a list, as the enum it names.
    pub(crate) fn word<T: DeserializeOwned>(&self, key: &str) -> Option<T> {
        word(&self.text(key)?)
    }

    /// Notes that `key` should be there and is not.
    pub(crate) fn problem(&self, key: &str, text: &str) -> Problem {
        Problem {
            path: format!("{}/{key}", self.path),
            text: text.to_owned(),
        }
    }
}

fn integer(scalar: &ScalarValue) -> Option<i64> {
    match scalar {
        ScalarValue::Int(int) | ScalarValue::Timestamp(int) => Some(*int),
        ScalarValue::Uint(int) => i64::try_from(*int).ok(),
        _ => None,
    }
}

/// Reads a word as the enum it names in serde's words.
pub(crate) fn word<T: DeserializeOwned>(text: &str) -> Option<T> {
    T::deserialize(StrDeserializer::<serde::de::value::Error>::new(text)).ok()
}

/// The word of an enum without data, as serde writes it.
pub(crate) fn word_of<T: serde::Serialize>(value: &T) -> String {
    struct Word<'a, T>(&'a T);
    impl<T: serde::Serialize> std::fmt::Display for Word<'_, T> {
        fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
            self.0.serialize(f)
        }
    }
    Word(value).to_string()
}
