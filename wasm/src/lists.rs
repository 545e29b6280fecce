//! The lists of the replica, each a question as a plain object.

use threadline_core::command::ContactDraft;
use threadline_core::contacts::ContactFormat;
use threadline_core::id::ContactId;
use wasm_bindgen::prelude::*;

use crate::error::invalid;
use crate::replica::{Js, Replica, arg, id, out, refused};

#[wasm_bindgen]
impl Replica {
    /// The workspace's rules and lists; the start values before its document came.
    #[wasm_bindgen(unchecked_return_type = "WorkspaceView")]
    pub fn workspace(&self) -> Js {
        out(self.inner.borrow().rules())
    }

    /// Answers a question to the inbox list.
    #[wasm_bindgen(unchecked_return_type = "RowPage")]
    pub fn rows(&self, #[wasm_bindgen(unchecked_param_type = "RowQuery")] query: JsValue) -> Js {
        out(&self.inner.borrow().rows(&arg(query)?))
    }

    /// Answers a question to the list of tasks.
    #[wasm_bindgen(unchecked_return_type = "TaskPage")]
    pub fn tasks(&self, #[wasm_bindgen(unchecked_param_type = "TaskQuery")] query: JsValue) -> Js {
        out(&self.inner.borrow().tasks(&arg(query)?))
    }

    /// Answers a question to the log of topics.
    #[wasm_bindgen(unchecked_return_type = "TopicPage")]
    pub fn topics(
        &self,
        #[wasm_bindgen(unchecked_param_type = "TopicQuery")] query: JsValue,
    ) -> Js {
        out(&self.inner.borrow().topics(&arg(query)?))
    }

    /// Answers a question to the list of contacts.
    #[wasm_bindgen(unchecked_return_type = "ContactPage")]
    pub fn contacts(
        &self,
        #[wasm_bindgen(unchecked_param_type = "ContactQuery")] query: JsValue,
    ) -> Js {
        out(&self.inner.borrow().contacts(&arg(query)?))
    }

    /// Contacts that may be the same person as this one.
    #[wasm_bindgen(unchecked_return_type = "Duplicate[]")]
    pub fn duplicates(&self, contact: &str) -> Js {
        out(&self.inner.borrow().duplicates(id(contact)?))
    }

    /// What taking in a file of contacts (vCard or CSV) would do now. Throws where it is none.
    #[wasm_bindgen(js_name = planImport, unchecked_return_type = "ImportPlan")]
    pub fn plan_import(&self, file: &[u8]) -> Js {
        out(&refused(self.inner.borrow().plan_import(file))?)
    }

    /// The fields of a draft that a contact lacks; `null` where nobody knows it here.
    #[wasm_bindgen(unchecked_return_type = "string[] | null")]
    pub fn gains(
        &self,
        contact: &str,
        #[wasm_bindgen(unchecked_param_type = "ContactDraft")] draft: JsValue,
    ) -> Js {
        let draft: ContactDraft = arg(draft)?;
        out(&self.inner.borrow().gains(id(contact)?, &draft))
    }

    /// Contacts as a part of a file, which begins with the part that has its `head`.
    #[wasm_bindgen(js_name = exportContacts)]
    pub fn export_contacts(
        &self,
        #[wasm_bindgen(unchecked_param_type = "ContactFormat")] format: &str,
        contacts: Vec<String>,
        head: bool,
    ) -> Js<String> {
        let format = match format {
            "csv" => ContactFormat::Csv,
            "vcard" => ContactFormat::Vcard,
            _ => return Err(invalid("A file of contacts is csv or vcard.")),
        };
        let contacts: Vec<ContactId> = contacts.into_iter().map(|it| id(&it)).collect::<Js<_>>()?;
        Ok(self.inner.borrow().export_contacts(format, &contacts, head))
    }

    /// Appointments and due tasks of a stretch of time, in its order.
    #[wasm_bindgen(unchecked_return_type = "CalendarEntry[]")]
    pub fn calendar(
        &self,
        #[wasm_bindgen(unchecked_param_type = "CalendarQuery")] query: JsValue,
    ) -> Js {
        out(&self.inner.borrow().calendar(&arg(query)?))
    }

    /// Answers a question to the board of opportunities.
    #[wasm_bindgen(unchecked_return_type = "Board")]
    pub fn board(&self, #[wasm_bindgen(unchecked_param_type = "BoardQuery")] query: JsValue) -> Js {
        out(&self.inner.borrow().board(&arg(query)?))
    }
}
