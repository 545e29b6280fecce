//! Every limit, with its unit and its reason, in one place.

/// A WebSocket frame, in bytes: the most one session can make the server hold
/// before anything is checked.
pub const FRAME_BYTES: usize = 1 << 20;
/// One change after inflation, in bytes.
pub const CHANGE_BYTES: usize = 256 << 10;
/// Operations in one change.
pub const CHANGE_OPS: usize = 10_000;
/// Bytes of keys and values in a change that weigh as much as an operation.
pub const OP_BYTES: usize = CHANGE_BYTES / CHANGE_OPS;
/// Operations that the operations of one change replace, taken together. An
/// ordinary operation replaces one, one that settles a conflict a few.
pub const CHANGE_PREDS: usize = 40_000;
/// Dependencies of one change.
pub const CHANGE_DEPS: usize = 64;
/// Heads of a document past which the server joins them in an empty change of its
/// own. A change names every head its author knows, so with more than
/// [`CHANGE_DEPS`] nobody's could be taken any more.
pub const HEADS: usize = CHANGE_DEPS / 2;
/// Changes in one push; larger outboxes go in several.
pub const PUSH_CHANGES: usize = 256;
/// Changes of one document that the guard checks before it applies them: as many
/// as one push may bring, because applying them together is what is cheap.
pub const GATE_CHANGES: usize = 256;
/// What the guard looks at before that to know what they build on, in entries:
/// each of them has a few, and one that knows of many changes a few dozen.
pub const GATE_WORK: usize = 8_192;
/// Operations in one push that are looked at; what is beyond it is put off. More
/// than 256 ordinary commands write, and two changes of the largest.
pub const PUSH_OPS: usize = 20_000;
/// Actors named in one change: its own and those it refers to.
pub const CHANGE_ACTORS: usize = 1_024;
/// One document as the sum of its raw changes, in bytes: 100,000 ordinary
/// messages, and what a browser can still open.
pub const DOCUMENT_BYTES: usize = 64 << 20;
/// Documents that a browser keeps, in bytes: thousands of ordinary
/// conversations, and little enough that no browser asks about it.
pub const DEVICE_BYTES: u64 = 256 << 20;
/// A single line of text (subject, title, name), in UTF-16 code units.
pub const LINE_UNITS: usize = 1_000;
/// A message body, in UTF-16 code units.
pub const BODY_UNITS: usize = 200_000;
/// A message body that a member writes, in bytes of UTF-8: with a subject,
/// recipients and files beside it, it fits into one change.
pub const BODY_BYTES: usize = 208 << 10;
/// A note, summary or description, in UTF-16 code units with block markers.
pub const PROSE_UNITS: usize = 100_000;
/// The words of a block marker: its type, what it is in, its attributes' names.
pub const PROSE_WORD_BYTES: usize = 64;
/// Any other scalar string in a document, in UTF-16 code units.
pub const SCALAR_UNITS: usize = 4_000;
/// Values under one key that were put at the same time, none knowing of the
/// others. Every reader is shown them all, and the next put names each.
pub const VALUES: usize = 64;
/// Tags on one thing.
pub const TAGS: usize = 50;
/// Custom fields' values on one contact.
pub const CUSTOM_VALUES: usize = 1_000;
/// Words of a workspace's settings, and saved views: all are read at once.
pub const SETTINGS: usize = 10_000;
/// Flows of a workspace: each is looked at for whatever happens.
pub const FLOWS: usize = 100;
/// What a flow does, in actions: all of it is one change.
pub const FLOW_ACTIONS: usize = 10;
/// A text that a flow fills in, in UTF-16 code units: as much as an admin can write.
pub const FLOW_TEXT_UNITS: usize = 4_000;
/// All such texts of one run together: beside them its change has room for the rest
/// of what ten actions write.
pub const FLOW_TEXTS_UNITS: usize = 8_000;
/// What a new paragraph of a flow's note counts for among them, in code units: its
/// marker is as many operations.
pub const FLOW_PARAGRAPH_UNITS: usize = 6;
/// Conditions of a flow.
pub const FLOW_CONDITIONS: usize = 20;
/// Flows that run because another one did, one after the other: more than
/// anybody would put together on purpose.
pub const FLOW_STEPS: u32 = 3;
/// What happened longer ago than this sets no flow off, in milliseconds: a day. It is
/// history that comes back, into a restored database or from an import.
pub const FLOW_EVENT_MS: i64 = 86_400_000;
/// Things that happened in one change and set flows off: a command tells of one or
/// two, a run of a flow of as many as it has actions.
pub const FLOW_EVENTS: usize = 16;
/// How long a run waits for a document that is set aside, in milliseconds: an hour.
pub const FLOW_WAIT_MS: i64 = 3_600_000;
/// Runs of one flow in one conversation within [`FLOW_RUNS_MS`].
pub const FLOW_RUNS: usize = 100;
/// See [`FLOW_RUNS`]: an hour.
pub const FLOW_RUNS_MS: i64 = 3_600_000;
/// Runs of a workspace's flows that are under way on one server.
pub const FLOWS_RUNNING: usize = 1_024;
/// How long a message waits before it may leave, in milliseconds: a little longer
/// than the notice stays that offers to take it back.
pub const TAKE_BACK_MS: i64 = 7_000;
/// How long before it comes a mail may have been written, in milliseconds: a week,
/// in which most who work without a network find one again.
pub const STALE_MAIL_MS: i64 = 7 * 86_400_000;
/// Mails that one names as those it goes on from: the header stays within what
/// relays take, and whoever has one of them finds the thread.
pub const THREAD_MAILS: usize = 20;
/// Addresses on one message.
pub const ADDRESSES: usize = 100;
/// The name of an actor in a free document; everywhere else it has 16 bytes.
pub const FREE_ACTOR_BYTES: usize = 64;
/// How deep objects may nest in a free document: readers of it recurse.
pub const FREE_DEPTH: usize = 64;
/// The pause after rows were told, in microseconds for each session: about twice
/// what telling it costs, so that lists take a bounded share of the time …
pub const ROWS_PACE_US: i64 = 50;
/// … and as many more for each row it was told, which it has to read, …
pub const ROW_PACE_US: i64 = 1;
/// … up to this, in milliseconds.
pub const ROWS_PACE_MOST_MS: i64 = 5_000;
/// Documents one session may have open, to hear what happens in them; a push
/// needs none of them open.
pub const OPEN_DOCUMENTS: usize = 256;
/// A message of automerge-repo, in bytes: its clients put all that the other
/// side lacks into one.
pub const REPO_MESSAGE_BYTES: usize = 8 << 20;
/// A name in such a message, in bytes.
pub const REPO_NAME_BYTES: usize = 256;
/// Hashes in one list of a sync message.
pub const REPO_HASHES: usize = 10_000;
/// Filters in one sync message; the library writes one.
pub const REPO_HAVES: usize = 4;
/// Changes of one peer that wait in one document to be stored.
pub const REPO_CHANGES: usize = 20_000;
/// The same in bytes, after inflation.
pub const REPO_WAITING_BYTES: usize = 16 << 20;
/// The documents open on one connection together, with what waits in them, in
/// bytes: each connection keeps their changes. Two of the largest fit.
pub const REPO_OPEN_BYTES: usize = 2 * DOCUMENT_BYTES;
/// Messages a peer may send at once; beyond it they are read later.
pub const REPO_BURST: u32 = 1_000;
/// And in a second, after that.
pub const REPO_PER_SECOND: u32 = 500;
/// An ephemeral message's payload, in bytes.
pub const EPHEMERAL_BYTES: usize = 16 << 10;
/// Ephemeral messages a peer may send at once; more are dropped.
pub const EPHEMERAL_BURST: u32 = 100;
/// And in a second, after that.
pub const EPHEMERAL_PER_SECOND: u32 = 50;
/// Runs of peers whose ephemeral messages are told apart.
pub const EPHEMERAL_SOURCES: usize = 1_024;
/// Rows in one `rows` frame.
pub const ROWS_PAGE: usize = 500;
/// Changes read from the log at once, to catch up with other servers: at most
/// 64 MiB of them.
pub const LOG_PAGE: usize = 256;
/// Times in a row that a batch is made anew because another server changed one
/// of its documents first. With equal chances the last one fails once in 65,536.
pub const CONFLICTS: u32 = 16;
/// A bundle, in bytes: it is in memory as a whole where it is taken in.
pub const BUNDLE_BYTES: usize = 1 << 30;
/// A file of contacts that is taken in, in bytes: many cards with their pictures.
/// It is in a browser's memory as a whole.
pub const CONTACT_FILE_BYTES: usize = 32 << 20;
/// Contacts in such a file: each becomes a document, which a browser sends within
/// minutes.
pub const CONTACT_FILE_ROWS: usize = 10_000;
/// Values of one contact in such a file, and headings of the file, that are read:
/// more than any program writes.
pub const CONTACT_FILE_VALUES: usize = 1_000;
/// One of these values, in bytes: as many addresses or tags as a contact has.
pub const CONTACT_FILE_VALUE_BYTES: usize = 64 << 10;
/// Works that wait for documents of a workspace, from which on it is behind:
/// what a hundred clients ask for that come back at once.
pub const QUEUED_WORK: usize = 1_024;
/// Frames waiting for one session before it is told to resync.
pub const SESSION_QUEUE: usize = 1_024;
/// A presence frame's payload, in bytes.
pub const PRESENCE_BYTES: usize = 1_024;
/// Milliseconds after which a member on another server is taken for gone when
/// that server has not told of them again.
pub const PRESENT_MS: i64 = 30_000;
/// Ticks of about a second within which a server tells of everybody again.
pub const PRESENT_SHARES: u64 = 10;
/// Members on other servers, each counted in every conversation they are in, whom
/// a server remembers for those who come.
pub const PRESENT_ELSEWHERE: usize = 10_000;
/// How long a document without subscribers stays in memory, in milliseconds.
pub const IDLE_DOCUMENT_MS: i64 = 60_000;
/// How long it stays however many there are: who writes in it every second does
/// not wait each time until it is loaded.
pub const IDLE_LEAST_MS: i64 = 10_000;
/// What those that stay longer take at most, in bytes of their changes: whoever brings
/// a hundred thousand conversations must not fill the memory within that time.
pub const IDLE_BYTES: usize = 16 << 20;
/// What a document counts for beside the bytes of its changes.
pub const IDLE_EACH_BYTES: usize = 4 << 10;
/// Milliseconds after which a document that does not load is tried again;
/// doubled with each attempt …
pub const QUARANTINE_MS: i64 = 2_000;
/// … up to this: the longest that one which was mended is still refused.
pub const QUARANTINE_MOST_MS: i64 = 300_000;
/// Milliseconds by which each session lengthens the time within which all come
/// back when a server went away, each at a moment of its own: 500 a second.
pub const RETURN_MS: u64 = 2;
/// How long a connection may stay without a `hello`, in milliseconds.
pub const HELLO_MS: i64 = 10_000;
/// Changes a session may push in a burst, and per second after it.
pub const PUSH_BURST: u32 = 5_000;
/// See [`PUSH_BURST`].
pub const PUSH_PER_SECOND: u32 = 1_000;
/// Changes for one document in a burst, and per second after it, whoever sends
/// them: what four busy clients may send, and more than a document is loaded with.
pub const DOCUMENT_BURST: u32 = 20_000;
/// See [`DOCUMENT_BURST`].
pub const DOCUMENT_PER_SECOND: u32 = 5_000;
/// Frames and changes of one workspace in a burst, and per second after it: a
/// thousand clients that come back at once, and what two cores can store.
pub const WORKSPACE_BURST: u32 = 200_000;
/// See [`WORKSPACE_BURST`].
pub const WORKSPACE_PER_SECOND: u32 = 20_000;
/// Stretches of business hours of a workspace.
pub const HOURS: usize = 50;
/// Attendees of an appointment.
pub const ATTENDEES: usize = 100;
/// Files on one message.
pub const ATTACHMENTS: usize = 20;
/// One file, in bytes: what mail providers let pass.
pub const BLOB_BYTES: u64 = 25 << 20;
/// The longest call, in seconds: a day.
pub const CALL_SECONDS: u32 = 86_400;
/// The greatest amount of money, in a currency's smallest unit: exact in JavaScript.
pub const MONEY: i64 = 1_000_000_000_000_000;
