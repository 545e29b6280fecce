//! The table of codes. Clients of every age read it, so a line of
//! `codes.txt` never changes and never goes; new codes come at the end.

use threadline_core::error::{Code, Refusal};

#[test]
fn the_table_of_codes_is_the_one_that_was_published() {
    let published: Vec<&str> = include_str!("codes.txt").lines().collect();
    let here: Vec<&str> = Code::ALL.iter().map(|code| code.as_str()).collect();
    assert_eq!(here, published);
}

#[test]
fn a_refusal_is_written_with_its_code() {
    for code in Code::ALL {
        let written = serde_json::to_value(Refusal::new(*code, "Why.")).unwrap();
        let expected = serde_json::json!({ "code": code.as_str(), "text": "Why." });
        assert_eq!(written, expected);
        assert_eq!(
            serde_json::from_value::<Refusal>(written).unwrap().code,
            *code
        );
    }
}
