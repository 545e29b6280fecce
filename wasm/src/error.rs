//! Refusals as JavaScript errors: an `Error` with a name, a stable code and
//! the field concerned.

use threadline_core::error::{Code, Refusal};
use wasm_bindgen::JsValue;

/// The refusal as an `Error`.
pub(crate) fn js_error(refusal: &Refusal) -> JsValue {
    let error = js_sys::Error::new(&refusal.text);
    error.set_name("ThreadlineError");
    set(&error, "code", refusal.code.as_str());
    if let Some(field) = &refusal.field {
        set(&error, "field", field);
    }
    error.into()
}

fn set(error: &js_sys::Error, key: &str, value: &str) {
    // Setting a property of an object made above can not fail.
    let _ = js_sys::Reflect::set(error, &JsValue::from_str(key), &JsValue::from_str(value));
}

/// An argument that does not have its type's shape.
pub(crate) fn invalid(error: impl std::fmt::Display) -> JsValue {
    js_error(&Refusal::new(Code::Invalid, error.to_string()))
}
