//! Reading what JavaScript and the server hand to a browser.
//!
//! A browser downloads the code that reads; serde's would be a fifth of all it
//! downloads, for it is generated per type, field and variant. Here a value is
//! one tree, whatever it came from, and a type takes its fields out of it with
//! code that all types share. The shapes are those that serde writes.

mod shapes;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use ciborium::Value;
use serde_bytes::{ByteArray, ByteBuf};
use uuid::Uuid;

use crate::error::{Code, Refusal};

/// A type that can be read from a tree of values.
pub trait Read: Sized {
    /// The value, or what is wrong with it (`invalid`).
    fn read(value: Value) -> Result<Self, Refusal>;

    /// What a field has that is left out; `None` where it must be there.
    fn absent() -> Option<Self> {
        None
    }
}

/// The fields of an object that nobody took yet.
///
/// A browser reads every row it keeps when it opens, so a field costs no memory
/// of its own, and next to nothing where it follows the one taken before.
pub struct Fields {
    /// Those that were taken have null as their name.
    all: Vec<(Value, Value)>,
    /// Where the search for the next one begins.
    next: usize,
}

impl Fields {
    /// The fields of `value`, which must be an object.
    pub fn of(value: Value) -> Result<Self, Refusal> {
        match value {
            Value::Map(all) => Ok(Self { all, next: 0 }),
            _ => Err(expected("an object")),
        }
    }

    /// Takes a field; `first_message` takes `firstMessage`.
    pub fn take<T: Read>(&mut self, name: &str) -> Result<T, Refusal> {
        let field = match self.take_value(name) {
            Some(value) => T::read(value),
            None => T::absent().ok_or_else(|| expected("a value")),
        };
        field.map_err(|refusal| within(name, refusal))
    }

    /// Takes a field that has a default.
    fn take_or_default<T: Read + Default>(&mut self, name: &str) -> Result<T, Refusal> {
        match self.take_value(name) {
            Some(value) => T::read(value).map_err(|refusal| within(name, refusal)),
            None => Ok(T::default()),
        }
    }

    fn take_value(&mut self, name: &str) -> Option<Value> {
        let is_asked = |place: &usize| {
            let key = self.all[*place].0.as_text();
            key.is_some_and(|key| spells(key, name))
        };
        let place = (self.next..self.all.len())
            .chain(0..self.next)
            .find(is_asked)?;
        self.next = place + 1;
        let (key, value) = &mut self.all[place];
        *key = Value::Null;
        Some(std::mem::replace(value, Value::Null))
    }

    /// Refuses what nobody took.
    fn none_left(&self) -> Result<(), Refusal> {
        match self.all.iter().find(|(key, _)| !key.is_null()) {
            None => Ok(()),
            Some((key, _)) => {
                let name = key.as_text().unwrap_or_default();
                Err(within(name, expected("no such field")))
            }
        }
    }

    /// The fields as an object again.
    fn rest(mut self) -> Value {
        self.all.retain(|(key, _)| !key.is_null());
        Value::Map(self.all)
    }
}

/// Whether `key` is `name` in camelCase, as `firstMessage` is `first_message`.
fn spells(key: &str, name: &str) -> bool {
    let mut key = key.bytes();
    let mut capital = false;
    for byte in name.bytes() {
        if byte == b'_' {
            capital = true;
            continue;
        }
        let expected = if capital {
            byte.to_ascii_uppercase()
        } else {
            byte
        };
        if key.next() != Some(expected) {
            return false;
        }
        capital = false;
    }
    key.next().is_none()
}

fn expected(what: &str) -> Refusal {
    Refusal::new(Code::Invalid, format!("Expected {what}."))
}

/// The refusal, naming the innermost field it is about.
fn within(name: &str, refusal: Refusal) -> Refusal {
    match refusal.field {
        Some(_) => refusal,
        None => refusal.on(camel(name)),
    }
}

/// `firstMessage` for `first_message`.
fn camel(name: &str) -> String {
    let pascal = pascal(name);
    let first = usize::from(!pascal.is_empty());
    pascal[..first].to_ascii_lowercase() + &pascal[first..]
}

/// `FirstMessage` for `first_message` and for `firstMessage`.
fn pascal(name: &str) -> String {
    let word = |word: &str| {
        let first = usize::from(word.as_bytes().first().is_some_and(u8::is_ascii));
        word[..first].to_ascii_uppercase() + &word[first..]
    };
    name.split('_').map(word).collect()
}

impl Read for bool {
    fn read(value: Value) -> Result<Self, Refusal> {
        value.into_bool().map_err(|_| expected("true or false"))
    }
}

impl Read for String {
    fn read(value: Value) -> Result<Self, Refusal> {
        value.into_text().map_err(|_| expected("a text"))
    }
}

macro_rules! whole_numbers {
    ($($type:ident)*) => {$(
        impl Read for $type {
            fn read(value: Value) -> Result<Self, Refusal> {
                value
                    .into_integer()
                    .ok()
                    .and_then(|integer| integer.try_into().ok())
                    .ok_or_else(|| expected("a whole number that fits"))
            }
        }
    )*};
}

whole_numbers! { i64 u32 u64 }

impl Read for Uuid {
    fn read(value: Value) -> Result<Self, Refusal> {
        Uuid::parse_str(&String::read(value)?)
            .map_err(|_| Refusal::new(Code::InvalidId, "This is not an id."))
    }
}

impl Read for ByteBuf {
    fn read(value: Value) -> Result<Self, Refusal> {
        let bytes = value.into_bytes().map_err(|_| expected("bytes"))?;
        Ok(ByteBuf::from(bytes))
    }
}

impl Read for ByteArray<32> {
    fn read(value: Value) -> Result<Self, Refusal> {
        ByteBuf::read(value)?
            .into_vec()
            .try_into()
            .map(<ByteArray<32>>::new)
            .map_err(|_| expected("32 bytes"))
    }
}

impl<T: Read> Read for Option<T> {
    fn read(value: Value) -> Result<Self, Refusal> {
        match value {
            Value::Null => Ok(None),
            value => T::read(value).map(Some),
        }
    }

    fn absent() -> Option<Self> {
        Some(None)
    }
}

impl<T: Read> Read for Vec<T> {
    fn read(value: Value) -> Result<Self, Refusal> {
        let mut list = Vec::new();
        for value in value.into_array().map_err(|_| expected("a list"))? {
            list.push(T::read(value)?);
        }
        Ok(list)
    }
}

impl<K: Read + Ord, T: Read> Read for BTreeMap<K, T> {
    fn read(value: Value) -> Result<Self, Refusal> {
        let mut map = BTreeMap::new();
        for (key, value) in Fields::of(value)?.all {
            map.insert(K::read(key)?, T::read(value)?);
        }
        Ok(map)
    }
}
