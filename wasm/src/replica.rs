//! The one class of the package: a replica of a workspace.

use std::cell::RefCell;

use ciborium::Value;
use serde::Serialize;
use serde_wasm_bindgen::Serializer;
use threadline_core::error::Refusal;
use threadline_core::id::{DocumentId, WorkspaceId};
use threadline_core::read::{Fields, Read};
use threadline_core::replica as core;
use threadline_core::time::Timestamp;
use wasm_bindgen::prelude::*;

use crate::error::{invalid, js_error};
use crate::ids::BrowserIds;

pub(crate) type Js<T = JsValue> = Result<T, JsValue>;

/// One member's copy of a workspace. Every call is synchronous; what is to be
/// done outside comes out of `takeEffects`. Times are milliseconds since 1970.
#[wasm_bindgen]
pub struct Replica {
    pub(crate) inner: RefCell<core::Replica>,
}

// Both ways lead through `Value`: code that turns each type into JavaScript and back
// directly would make the module a quarter larger.

/// Plain objects, `null` for none, numbers for whole numbers.
pub(crate) fn out<T: Serialize + ?Sized>(value: &T) -> Js {
    let serializer = Serializer::new()
        .serialize_maps_as_objects(true)
        .serialize_missing_as_null(true);
    let value = Value::serialized(value).map_err(invalid)?;
    value.serialize(&serializer).map_err(JsValue::from)
}

pub(crate) fn arg<T: Read>(value: JsValue) -> Js<T> {
    let value = serde_wasm_bindgen::from_value(value).map_err(invalid)?;
    refused(T::read(value))
}

pub(crate) fn id<T: std::str::FromStr<Err = Refusal>>(text: &str) -> Js<T> {
    text.parse().map_err(|refusal| js_error(&refusal))
}

pub(crate) fn time(millis: f64) -> Timestamp {
    #[expect(
        clippy::cast_possible_truncation,
        reason = "times are whole milliseconds"
    )]
    Timestamp::from_millis(millis as i64)
}

pub(crate) fn refused<T>(result: Result<T, Refusal>) -> Js<T> {
    result.map_err(|refusal| js_error(&refusal))
}

pub(crate) struct ItemsPage {
    before: Option<Before>,
    limit: u32,
}

impl ItemsPage {
    /// The place before which the page ends, and how many items it has at most.
    pub(crate) fn place(self) -> (Option<(Timestamp, uuid::Uuid)>, usize) {
        let before = self.before.map(|before| (before.at, before.id));
        (before, self.limit as usize)
    }
}

impl Read for ItemsPage {
    fn read(value: Value) -> Result<Self, Refusal> {
        let mut fields = Fields::of(value)?;
        Ok(Self {
            before: fields.take("before")?,
            limit: fields.take("limit")?,
        })
    }
}

struct Before {
    at: Timestamp,
    id: uuid::Uuid,
}

impl Read for Before {
    fn read(value: Value) -> Result<Self, Refusal> {
        let mut fields = Fields::of(value)?;
        Ok(Self {
            at: fields.take("at")?,
            id: fields.take("id")?,
        })
    }
}

#[derive(Serialize)]
struct Session<'a> {
    member: &'a threadline_core::model::Member,
    members: &'a [threadline_core::model::Member],
}

#[wasm_bindgen]
impl Replica {
    /// A replica for one tab session. `actor` is 32 hexadecimal digits, fresh
    /// and random for every tab session.
    #[wasm_bindgen(constructor)]
    pub fn new(workspace: &str, actor: &str) -> Js<Replica> {
        let workspace: WorkspaceId = id(workspace)?;
        let actor = actor
            .parse()
            .map_err(|_| invalid("An actor is hexadecimal digits."))?;
        let inner = core::Replica::new(workspace, actor, Box::new(BrowserIds));
        Ok(Self {
            inner: RefCell::new(inner),
        })
    }

    /// Takes in what storage kept. Call it once, before anything else.
    pub fn restore(
        &self,
        #[wasm_bindgen(unchecked_param_type = "Saved")] saved: JsValue,
    ) -> Js<()> {
        let saved = arg(saved)?;
        self.inner.borrow_mut().restore(saved);
        Ok(())
    }

    /// The socket is open: the effects hold the hello frame.
    pub fn connected(&self, token: String) {
        self.inner.borrow_mut().connected(token);
    }

    /// Brings a fresh token to the open session.
    #[wasm_bindgen(js_name = refreshToken)]
    pub fn refresh_token(&self, token: String) {
        self.inner.borrow_mut().refresh_token(token);
    }

    /// The socket is gone.
    pub fn disconnected(&self) {
        self.inner.borrow_mut().disconnected();
    }

    /// Takes in a frame from the server. Throws when the server complained
    /// about one of ours, or when the frame does not decode.
    pub fn receive(&self, frame: &[u8], now: f64) -> Js<()> {
        refused(self.inner.borrow_mut().receive(frame, time(now)))
    }

    /// Time passes; call it about once a second.
    pub fn tick(&self, now: f64) {
        self.inner.borrow_mut().tick(time(now));
    }

    /// Wants a document in memory. True: it is. False: a `load` effect asks
    /// storage for it; answer with `load`.
    pub fn open(&self, doc: &str) -> Js<bool> {
        let doc: DocumentId = id(doc)?;
        Ok(self.inner.borrow_mut().open(doc))
    }

    /// Storage's answer: every chunk it has of the document, in any order.
    pub fn load(&self, doc: &str, chunks: Vec<js_sys::Uint8Array>) -> Js<()> {
        let doc = id(doc)?;
        let chunks: Vec<Vec<u8>> = chunks.into_iter().map(|chunk| chunk.to_vec()).collect();
        refused(self.inner.borrow_mut().load(doc, &chunks))
    }

    /// Drops a document from memory, unless something of it waits.
    pub fn close(&self, doc: &str) -> Js<()> {
        let doc = id(doc)?;
        self.inner.borrow_mut().close(doc);
        Ok(())
    }

    /// Executes a command. Throws a `ThreadlineError` when it is refused.
    #[wasm_bindgen(unchecked_return_type = "Outcome")]
    pub fn apply(
        &self,
        #[wasm_bindgen(unchecked_param_type = "Command")] command: JsValue,
        now: f64,
    ) -> Js {
        let command = arg(command)?;
        out(&refused(self.inner.borrow_mut().apply(command, time(now)))?)
    }

    /// Applies keystrokes to a note at once; `commit` closes them into one change.
    pub fn edit(
        &self,
        conversation: &str,
        note: &str,
        #[wasm_bindgen(unchecked_param_type = "TextEdit[]")] edits: JsValue,
        now: f64,
    ) -> Js<()> {
        let (conversation, note, edits) = (id(conversation)?, id(note)?, arg(edits)?);
        refused(
            self.inner
                .borrow_mut()
                .edit(conversation, note, edits, time(now)),
        )
    }

    /// Closes the open run of keystrokes as one change.
    pub fn commit(&self, now: f64) {
        self.inner.borrow_mut().commit(time(now));
    }

    /// A note's text now, keystrokes included.
    #[wasm_bindgen(unchecked_return_type = "Span[]")]
    pub fn spans(&self, conversation: &str, note: &str) -> Js {
        let (conversation, note) = (id(conversation)?, id(note)?);
        out(&refused(self.inner.borrow().spans(conversation, note))?)
    }

    /// A stable name for a position in a note's text.
    pub fn cursor(&self, conversation: &str, note: &str, at: usize) -> Js<String> {
        let (conversation, note) = (id(conversation)?, id(note)?);
        refused(self.inner.borrow().cursor(conversation, note, at))
    }

    /// Where a cursor stands now; `undefined` where its text is gone.
    pub fn position(&self, conversation: &str, note: &str, cursor: &str) -> Js<Option<usize>> {
        let (conversation, note) = (id(conversation)?, id(note)?);
        Ok(self.inner.borrow().position(conversation, note, cursor))
    }

    /// A conversation's header; `null` while it is not in memory.
    #[wasm_bindgen(unchecked_return_type = "ConversationHeader | null")]
    pub fn header(&self, conversation: &str) -> Js {
        out(&self.inner.borrow().header(id(conversation)?))
    }

    /// The newest items before a place, oldest first.
    #[wasm_bindgen(unchecked_return_type = "Item[]")]
    pub fn items(
        &self,
        conversation: &str,
        #[wasm_bindgen(unchecked_param_type = "ItemsPage")] page: JsValue,
    ) -> Js {
        let (conversation, page): (_, ItemsPage) = (id(conversation)?, arg(page)?);
        let (before, limit) = page.place();
        out(&self.inner.borrow().items(conversation, before, limit))
    }

    /// A contact; `null` while it is not in memory.
    #[wasm_bindgen(unchecked_return_type = "ContactView | null")]
    pub fn contact(&self, contact: &str) -> Js {
        out(&self.inner.borrow().contact(id(contact)?))
    }

    /// Tells teammates where we are; `null` when we leave.
    #[wasm_bindgen(js_name = setPresence)]
    pub fn set_presence(
        &self,
        conversation: &str,
        #[wasm_bindgen(unchecked_param_type = "Whereabouts | null")] here: JsValue,
    ) -> Js<()> {
        let (conversation, here) = (id(conversation)?, arg(here)?);
        self.inner.borrow_mut().set_presence(conversation, here);
        Ok(())
    }

    /// Teammates in a conversation.
    #[wasm_bindgen(unchecked_return_type = "Person[]")]
    pub fn presence(&self, conversation: &str) -> Js {
        out(&self.inner.borrow().presence(id(conversation)?))
    }

    /// Unconfirmed commands, oldest first.
    #[wasm_bindgen(unchecked_return_type = "Waiting[]")]
    pub fn waiting(&self) -> Js {
        out(&self.inner.borrow().waiting())
    }

    /// Refused commands that nobody settled, oldest first.
    #[wasm_bindgen(unchecked_return_type = "Refused[]")]
    pub fn refused(&self) -> Js {
        out(self.inner.borrow().refused())
    }

    /// Gives a refused command again.
    #[wasm_bindgen(unchecked_return_type = "Outcome")]
    pub fn retry(&self, id: &str, now: f64) -> Js {
        out(&refused(self.inner.borrow_mut().retry(id, time(now)))?)
    }

    /// Forgets a refused command.
    pub fn discard(&self, id: &str) {
        self.inner.borrow_mut().discard(id);
    }

    /// Takes in changes of another tab: shown here, cared for there.
    pub fn merge(&self, doc: &str, changes: Vec<js_sys::Uint8Array>) -> Js<()> {
        let doc = id(doc)?;
        let changes: Vec<Vec<u8>> = changes.into_iter().map(|change| change.to_vec()).collect();
        self.inner.borrow_mut().merge(doc, &changes);
        Ok(())
    }

    /// Another tab learnt that these changes were refused or rewritten.
    #[allow(
        clippy::needless_pass_by_value,
        reason = "the bindings give lists of texts away, they cannot lend them"
    )]
    pub fn retract(&self, doc: &str, hashes: Vec<String>) -> Js<()> {
        let doc = id(doc)?;
        self.inner.borrow_mut().retract(doc, &hashes);
        Ok(())
    }

    /// Cares for the outbox of tab sessions that are gone.
    pub fn adopt(
        &self,
        #[wasm_bindgen(unchecked_param_type = "PendingEntry[]")] entries: JsValue,
    ) -> Js<()> {
        let entries = arg(entries)?;
        self.inner.borrow_mut().adopt(entries);
        Ok(())
    }

    /// Who works here; `null` before the first welcome.
    #[wasm_bindgen(unchecked_return_type = "Session | null")]
    pub fn session(&self) -> Js {
        let inner = self.inner.borrow();
        out(&inner
            .session()
            .map(|(member, members)| Session { member, members }))
    }

    /// How far this replica is from the server.
    #[wasm_bindgen(js_name = syncState, unchecked_return_type = "SyncState")]
    pub fn sync_state(&self) -> Js {
        out(&self.inner.borrow().sync_state())
    }

    /// Documents to have here before anybody asks, the most wanted first.
    #[wasm_bindgen(unchecked_return_type = "DocumentId[]")]
    pub fn ahead(&self, limit: usize) -> Js {
        out(&self.inner.borrow().ahead(limit))
    }

    /// Which stored documents may be dropped, so that the rest fits.
    #[wasm_bindgen(unchecked_return_type = "Spare")]
    pub fn spare(&self, #[wasm_bindgen(unchecked_param_type = "SpareQuery")] query: JsValue) -> Js {
        out(&self.inner.borrow().spare(arg(query)?))
    }

    /// Rows that storage may drop when there is no room at all.
    #[wasm_bindgen(js_name = spareRows, unchecked_return_type = "DocumentId[]")]
    pub fn spare_rows(&self) -> Js {
        out(&self.inner.borrow().spare_rows())
    }

    /// What is to be done now, in order.
    #[wasm_bindgen(js_name = takeEffects, unchecked_return_type = "Effect[]")]
    pub fn take_effects(&self) -> Js {
        out(&self.inner.borrow_mut().take_effects())
    }
}
