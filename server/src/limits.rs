//! The server's own limits, with unit and reason. Those that both ends must
//! agree on are in the core's `limits`.

use std::time::Duration;

/// What a socket reads at once, in bytes. It has this much for itself as long as
/// it is open, and nearly all of them are silent.
pub(crate) const SOCKET_BUFFER_BYTES: usize = 16 * 1024;
/// A WebSocket message, in bytes. Above the core's frame limit, so that a
/// frame a little too large gets a typed answer and the session goes on; what
/// is larger still ends the connection before it is read.
pub(crate) const SOCKET_MESSAGE_BYTES: usize = 2 * threadline_core::limits::FRAME_BYTES;
/// How long a new connection may take to say `hello`: what does not speak our
/// protocol shall not hold a socket.
pub(crate) const HELLO: Duration =
    Duration::from_millis(threadline_core::limits::HELLO_MS.unsigned_abs());
/// How often a silent connection is pinged; below the 60 s after which
/// proxies commonly drop it.
pub(crate) const PING: Duration = Duration::from_secs(30);
/// How long a connection may stay silent, pings unanswered, before it counts as gone.
pub(crate) const SILENCE: Duration = Duration::from_secs(75);
/// Bytes waiting for one session before it is told to resync: one document of
/// the largest size and what happens while it is sent.
pub(crate) const SESSION_QUEUE_BYTES: usize = threadline_core::limits::DOCUMENT_BYTES + (8 << 20);
/// Frames written to a socket with one flush.
pub(crate) const SOCKET_WRITE_FRAMES: usize = 64;
/// How long a closing socket may take to accept its last frame.
pub(crate) const FAREWELL: Duration = Duration::from_secs(5);
/// How often a connection of automerge-repo is pinged, as its own server does.
pub(crate) const REPO_PING: Duration = Duration::from_secs(5);
/// How long it may stay silent: two pings unanswered.
pub(crate) const REPO_SILENCE: Duration = Duration::from_secs(15);
/// How long such a connection is quiet before it is closed: the JS client
/// breaks where it answers a message on a socket that is closing.
pub(crate) const REPO_QUIET: Duration = Duration::from_millis(300);
/// How often changes that came too fast get their turn.
pub(crate) const REPO_TURN: Duration = Duration::from_millis(100);
/// How long a peer may take to accept what it is sent.
pub(crate) const REPO_STALL: Duration = Duration::from_secs(20);
/// Ephemeral messages that wait for the slowest reader; it misses the rest.
pub(crate) const GOSSIP: usize = 1_024;
/// Inputs waiting for one workspace; a full queue makes its sockets wait.
pub(crate) const WORKSPACE_QUEUE: usize = 1_024;
/// Inputs a workspace handles before it flushes: enough to share one commit,
/// few enough that the first does not wait noticeably for the last.
pub(crate) const WORKSPACE_ROUND: usize = 256;
/// Inputs a workspace takes while it is behind, as when a batch is on its way to
/// the disk. Beyond it the sockets wait, so that a slow disk does not fill the
/// memory.
pub(crate) const WORKSPACE_AHEAD: usize = 2_048;
/// How long a workspace stays in memory, and asks storage every second what has
/// happened, after the last socket and the last request: a page that is reloaded,
/// or a laptop that is carried to another room, finds it running.
pub(crate) const IDLE_WORKSPACE: Duration = Duration::from_secs(5 * 60);
/// How often a workspace looks at the clock (token expiry, idle documents).
pub(crate) const TICK: Duration = Duration::from_secs(1);
/// Jobs committed in one transaction.
pub(crate) const COMMIT_JOBS: usize = 1_024;
/// How long a shutdown waits for what is under way before it closes regardless.
pub(crate) const SHUTDOWN: Duration = Duration::from_secs(10);
/// Milliseconds after which a client may come back after a restart.
pub(crate) const RETRY_MS: u64 = 1_000;
/// A raw e-mail, in bytes: what large providers accept (25 MiB).
pub(crate) const MAIL_BYTES: usize = 25 << 20;
/// Attachments listed with one e-mail; the rest stays in the raw message.
pub(crate) const MAIL_ATTACHMENTS: usize = 40;
/// Text and HTML of one e-mail, in bytes each. With addresses and attachments
/// they must fit into one change (256 KiB); the rest stays in the raw message.
pub(crate) const MAIL_BODY_BYTES: usize = 80 << 10;
/// HTML of an e-mail that is parsed, in bytes: larger is no letter.
pub(crate) const MAIL_HTML_BYTES: usize = 1 << 20;
/// How deep its elements may nest: ten times what real letters do.
pub(crate) const MAIL_HTML_DEPTH: usize = 500;
/// A name in an e-mail (a person's, a file's), in UTF-16 units.
pub(crate) const MAIL_NAME_UNITS: usize = 100;
/// Recipients listed with one e-mail, copied ones included.
pub(crate) const MAIL_RECIPIENTS: usize = 80;
/// Message-IDs looked up for threading, newest first.
pub(crate) const MAIL_REFERENCES: usize = 50;
/// Mails that one process hands over at one time: what relays take from one client.
pub(crate) const MAILS_AT_ONCE: usize = 4;
/// How long a mail is one process's unless it says that it needs it longer: so
/// soon others go on with what a process had that ended.
pub(crate) const MAIL_CLAIM: Duration = Duration::from_secs(15);
/// How long a relay may take to let us in …
pub(crate) const MAIL_CONNECT: Duration = Duration::from_secs(30);
/// … to say whether it takes a mail from one to others …
pub(crate) const MAIL_ANSWER: Duration = Duration::from_secs(300);
/// … and to take it, which it may spend on looking for harm (RFC 5321 §4.5.3.2.6).
pub(crate) const MAIL_HANDOVER: Duration = Duration::from_secs(600);
/// How long a connection to the relay is kept for the next mail.
pub(crate) const MAIL_IDLE: Duration = Duration::from_secs(5);
/// How long a mail rests that was not taken, in milliseconds; doubled each further time …
pub(crate) const MAIL_PAUSE_MS: i64 = 5_000;
/// … up to this.
pub(crate) const MAIL_PAUSE_MOST_MS: i64 = 3_600_000;
/// How long it is tried to send a mail, in milliseconds: a day, after which an
/// answer may do more harm than good.
pub(crate) const MAIL_PATIENCE_MS: i64 = 86_400_000;
/// Why a relay refused a mail, in UTF-16 units.
pub(crate) const MAIL_REASON_UNITS: usize = 500;
/// A Message-ID in a header of ours, in bytes: with its brackets it fits on a line
/// (RFC 5322 §2.1.1).
pub(crate) const MAIL_ID_BYTES: usize = 900;
/// Members of a workspace, those who left included: the whole directory goes
/// to every client in one frame.
pub(crate) const MEMBERS: usize = 1_000;
/// A member's name, in UTF-16 units.
pub(crate) const MEMBER_NAME_UNITS: usize = 100;
/// Teams of one member.
pub(crate) const MEMBER_TEAMS: usize = 20;
/// A blob, in bytes: as large as a mail may be, because mails carry them.
pub(crate) const BLOB_BYTES: usize = MAIL_BYTES;
/// Bytes of blobs a workspace may keep unless it is configured, in MiB.
pub(crate) const BLOB_QUOTA_MIB: u64 = 10 << 10;
/// Documents to which members may bring a workspace unless it is configured: ten
/// times the conversations of the largest inbox that is measured.
pub(crate) const MAX_DOCUMENTS: u64 = 1_000_000;
/// Uploads at one time; together they hold at most 400 MiB of memory.
pub(crate) const UPLOADS: usize = 16;
/// Bytes of an upload that is too large which are taken and thrown away …
pub(crate) const LINGER_BYTES: usize = 2 * BLOB_BYTES;
/// … and for how long, so that its client hears why.
pub(crate) const LINGER: Duration = Duration::from_secs(10);
/// How long one upload may take.
pub(crate) const UPLOAD: Duration = Duration::from_secs(120);
/// What may be searched for, in UTF-16 units: longer is pasted by accident.
pub(crate) const SEARCH_UNITS: usize = 500;
/// Things found unless a number is given.
pub(crate) const SEARCH_HITS: usize = 20;
/// The most things found.
pub(crate) const SEARCH_HITS_MOST: usize = 100;
/// Pieces of a bundle that wait for a slow reader, each as large as one document.
pub(crate) const EXPORT_PIECES: usize = 2;
/// Documents whose summaries are computed anew before the next ones are looked up.
pub(crate) const SUMMARY_PAGE: usize = 64;
/// Open sockets in one workspace of one process, unless it is configured: at
/// 50 KiB each, a gigabyte.
pub(crate) const SOCKETS_PER_WORKSPACE: usize = 20_000;
/// Open sockets from one address, unless it is configured: a large office
/// behind one router, with several tabs each.
pub(crate) const SOCKETS_PER_ADDRESS: usize = 2_000;
/// Requests per second with one token, unless it is configured: an integration
/// that brings mails does with fewer.
pub(crate) const REQUESTS_PER_TOKEN: u32 = 50;
/// Requests per second from one address, unless it is configured.
pub(crate) const REQUESTS_PER_ADDRESS: u32 = 200;
/// Tokens or addresses whose requests are counted at one time; at a hundred
/// bytes each, a few MiB.
pub(crate) const RATE_KEYS: usize = 50_000;
/// How long storage may take to answer before the server calls itself not ready.
pub(crate) const READY: Duration = Duration::from_secs(2);
/// Days in which a restored server takes back from anybody what others wrote:
/// longer than most holidays.
pub(crate) const REFILL_DAYS: u32 = 30;
/// Audit rows, with their changes, that `verify` has in memory at once.
pub(crate) const VERIFY_PAGE: usize = 1_024;
/// How often `verify` reads a document again that a running server has moved.
pub(crate) const VERIFY_ATTEMPTS: usize = 100;
/// A token's life where none is asked for, in seconds.
pub(crate) const TOKEN_SECONDS: u64 = 3_600;
/// How far ahead a token may end unless it is configured, in seconds: a day,
/// because a token that nobody revokes is good that long in a thief's hand.
pub(crate) const TOKEN_LIFE_SECONDS: u64 = 86_400;
/// How far the host's clock may be from ours, in seconds.
pub(crate) const CLOCK_SKEW_SECONDS: u64 = 60;
/// A token, in bytes: twenty teams fit, and what is larger is not hashed.
pub(crate) const TOKEN_BYTES: usize = 8 << 10;
/// A token's id, in bytes: two UUIDs and a word.
pub(crate) const TOKEN_ID_BYTES: usize = 128;
/// A file of public keys, in bytes: hundreds of them.
pub(crate) const JWKS_BYTES: u64 = 1 << 20;
/// How often that file is looked at: withdrawing a key shall take effect soon.
pub(crate) const JWKS_POLL: Duration = Duration::from_secs(5);
/// How long a ticket opens a connection, in milliseconds: the time between two
/// requests of one client over a bad network.
pub(crate) const TICKET_MS: i64 = 60_000;
/// The least bytes of a signing secret (RFC 7518 §3.2 for HS256).
pub(crate) const SECRET_BYTES: usize = 32;
/// How long a new connection to the shared database may take.
pub(crate) const DATABASE_CONNECT: Duration = Duration::from_secs(5);
/// How long one statement may take there: the largest read takes a tenth of it.
pub(crate) const DATABASE_STATEMENT: Duration = Duration::from_secs(30);
/// How long a transaction waits for another before it is tried again, and a
/// read for its turn.
pub(crate) const DATABASE_LOCK: Duration = Duration::from_secs(10);
/// How long the thread that writes queues for a workspace that another process
/// has locked: several of its commits fit, and what is written in other
/// workspaces waits no longer for it.
pub(crate) const DATABASE_TURN: Duration = Duration::from_millis(50);
/// How long something to write waits for its workspace in all. An erasure that
/// had to look at much again holds it for seconds.
pub(crate) const DATABASE_PATIENCE: Duration = Duration::from_secs(50);
/// After which silence the other side counts as gone. It bounds how long a
/// process that was cut off in a transaction, or hangs in it, keeps others waiting.
pub(crate) const DATABASE_SILENCE: Duration = Duration::from_secs(10);
/// How often an erasure that is being planned breaks that silence.
pub(crate) const ERASURE_BEAT: Duration = Duration::from_secs(2);
/// Changes of a workspace that an erasure leaves to look at while it keeps the
/// workspace still: a blink of an eye.
pub(crate) const ERASURE_MOVED: u64 = 16;
/// How often it looks before: where so much is written all the time, it takes
/// what is left.
pub(crate) const ERASURE_LOOKS: usize = 20;
/// Connections of one process that read at once; with the one that writes,
/// ten processes stay below the 100 that PostgreSQL takes by default.
pub(crate) const DATABASE_READERS: usize = 8;
/// How often a transaction is tried that collides with others or finds its
/// connection broken.
pub(crate) const DATABASE_ATTEMPTS: usize = 5;
/// Pause after a connection that failed, or after queueing for a workspace in
/// vain; doubled with each further time …
pub(crate) const DATABASE_PAUSE: Duration = Duration::from_millis(100);
/// … up to this.
pub(crate) const DATABASE_PAUSE_MOST: Duration = Duration::from_secs(2);
