//! What there is under `/v1`, for programs that write programs (OpenAPI 3.1).
//! The document is written by hand beside this file, the addresses in one part
//! and what commands look like in the other; tests hold it to what is true.

use axum::Json;
use serde_json::Value;

/// `GET /v1/openapi.json`, for everybody.
pub(crate) async fn describe() -> Json<Value> {
    Json(document())
}

/// Both parts as one document.
fn document() -> Value {
    let part = |text| serde_json::from_str(text).unwrap_or_default();
    let mut document: Value = part(include_str!("openapi/document.json"));
    let commands: Value = part(include_str!("openapi/commands.json"));
    let schemas = document.pointer_mut("/components/schemas");
    if let (Some(Value::Object(schemas)), Value::Object(commands)) = (schemas, commands) {
        schemas.extend(commands);
    }
    document
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::sync::LazyLock;

    use serde::de::DeserializeOwned;
    use serde_json::{Map, json};
    use threadline_core::command::{
        Command, ContactCommand, ConversationCommand, WorkspaceCommand,
    };
    use threadline_core::read::Read;

    use super::*;

    /// Commands that only channels and the server give.
    const NOT_FOR_PROGRAMS: [&str; 3] = ["receive_message", "record_delivery", "run_flow"];

    fn schema(name: &str) -> &'static Value {
        static DOCUMENT: LazyLock<Value> = LazyLock::new(document);
        &DOCUMENT["components"]["schemas"][name]
    }

    /// The names that a kind of command has, as its reader lists them.
    fn known<T: DeserializeOwned>() -> BTreeSet<String> {
        let asked = serde_json::from_value::<T>(json!({ "type": "?" }));
        let answer = asked.err().unwrap().to_string();
        let quoted = answer.split('`').skip(1).step_by(2).skip(1);
        let names = quoted.filter(|name| !NOT_FOR_PROGRAMS.contains(name));
        names.map(str::to_owned).collect()
    }

    /// What fits a schema: for each of its alternatives, with all that may be
    /// left out and without.
    fn examples(schema: &Value, whole: bool) -> Vec<Value> {
        if let Some(name) = schema["$ref"].as_str() {
            let name = name.rsplit('/').next().unwrap();
            return examples(self::schema(name), whole);
        }
        if let Some(alternatives) = schema["oneOf"].as_array() {
            let all = alternatives.iter().flat_map(|it| examples(it, whole));
            return all.collect();
        }
        if let Some(value) = schema.get("const") {
            return vec![value.clone()];
        }
        if let Some(listed) = schema.get("enum").or(schema.get("examples")) {
            return listed.as_array().unwrap().clone();
        }
        let kind = match &schema["type"] {
            Value::Array(kinds) => return kinds.iter().map(|kind| plain(kind, schema)).collect(),
            kind => kind,
        };
        match kind.as_str().unwrap() {
            "array" if whole => {
                let items = examples(&schema["items"], whole);
                vec![json!([]), Value::Array(items)]
            }
            "object" => objects(schema, whole),
            _ => vec![plain(kind, schema)],
        }
    }

    fn plain(kind: &Value, schema: &Value) -> Value {
        match (kind.as_str().unwrap(), schema["format"].as_str()) {
            ("string", Some("uuid")) => json!("0192f0c1-1111-7000-8000-000000000001"),
            ("string", _) => json!("word"),
            ("integer", _) => json!(1),
            ("boolean", _) => json!(true),
            ("array", _) => json!([]),
            ("null", _) => Value::Null,
            (other, _) => panic!("{other} is in no schema here"),
        }
    }

    /// Objects that together have every example of every property.
    fn objects(schema: &Value, whole: bool) -> Vec<Value> {
        let none = Map::new();
        let properties = schema["properties"].as_object().unwrap_or(&none);
        let required = schema["required"].as_array();
        let needed = |name: &str| required.is_some_and(|all| all.iter().any(|it| it == name));
        let taken = properties.iter().filter(|(name, _)| whole || needed(name));
        let fields: Vec<(&String, Vec<Value>)> = taken
            .map(|(name, schema)| (name, examples(schema, whole)))
            .collect();
        let most = fields.iter().map(|(_, all)| all.len()).max().unwrap_or(1);
        let object = |n: usize| {
            let field =
                |(name, all): &(&String, Vec<Value>)| ((*name).clone(), all[n % all.len()].clone());
            Value::Object(fields.iter().map(field).collect())
        };
        (0..most).map(object).collect()
    }

    #[test]
    fn every_command_is_described_and_what_is_described_is_read() {
        for (name, known) in [
            ("ConversationCommand", known::<ConversationCommand>()),
            ("ContactCommand", known::<ContactCommand>()),
            ("WorkspaceCommand", known::<WorkspaceCommand>()),
        ] {
            let described = schema(name)["oneOf"].as_array().unwrap().clone();
            let names = described
                .iter()
                .map(|it| it["properties"]["type"]["const"].as_str());
            let names: BTreeSet<String> = names.map(|name| name.unwrap().to_owned()).collect();
            assert_eq!(names, known, "{name}");
            for whole in [false, true] {
                for example in examples(schema(name), whole) {
                    let value = serde_json::from_value(example.clone()).unwrap();
                    let command = Command::read(value);
                    let command = command.unwrap_or_else(|refusal| panic!("{example}: {refusal}"));
                    assert_eq!(command.name(), example["type"]);
                    // Nothing of it is passed over.
                    let read = serde_json::to_value(&command).unwrap();
                    for (key, value) in example.as_object().unwrap() {
                        let kept = read.get(key).is_some() || value.is_null();
                        assert!(kept, "{key} of {example} is not read");
                    }
                }
            }
        }
    }

    #[test]
    fn every_reference_leads_somewhere() {
        let document = document();
        let text = document.to_string();
        let references = text.split("\"$ref\":\"#").skip(1);
        let mut count = 0;
        for pointer in references.filter_map(|rest| rest.split('"').next()) {
            assert!(document.pointer(pointer).is_some(), "{pointer}");
            count += 1;
        }
        assert!(count > 100, "{count}");
    }
}
