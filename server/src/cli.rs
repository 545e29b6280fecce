//! What an operator can ask. Every flag is also a variable.

use std::fs::File;
use std::io::{IsTerminal, Write};
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use axum::http::HeaderValue;
use clap::{Args, Parser, Subcommand, ValueEnum};
use threadline_core::bundle::Bundle;
use threadline_core::id::{ConversationId, MemberId, WorkspaceId};
use threadline_core::model::Role;

use crate::app::App;
use crate::bundle::{self, Scope};
use crate::origin::Origins;
use crate::store::{Sqlite, Store};
use crate::identity::flags::{Signing, Verifying};
use crate::identity::{Audience, Claims, Expected, Keys};
use crate::{clock, config, demo, lifecycle, limits, origin, summary};

/// Shared inbox, tasks, notes and topics for teams; offline as well as online.
#[derive(Parser)]
#[command(name = "threadline", version)]
struct Cli {
    /// How logs are written.
    #[arg(
        long,
        env = "THREADLINE_LOG_FORMAT",
        default_value = "compact",
        global = true
    )]
    log_format: LogFormat,
    #[command(subcommand)]
    command: Command,
}

#[derive(Clone, Copy, ValueEnum)]
enum LogFormat {
    /// One short line an event, for people.
    Compact,
    /// One JSON object an event, for machines.
    Json,
}

#[derive(Subcommand)]
enum Command {
    /// Runs the server.
    Serve(Serve),
    /// Prints a token that this server accepts.
    Token(Token),
    /// Writes a workspace, or one conversation, with its history into a file.
    Export(Export),
    /// Takes such a file into a workspace: adds what is missing, changes nothing else.
    Import(Import),
    /// Runs the server with a sample workspace and the page of a sample shop.
    Demo(Demo),
}

#[derive(Args)]
struct Serve {
    /// Address and port.
    #[arg(long, env = "THREADLINE_LISTEN", default_value = "127.0.0.1:8787")]
    listen: SocketAddr,
    /// Folder for the database; created where it is missing.
    #[arg(long, env = "THREADLINE_DATA", default_value = "data")]
    data: PathBuf,
    /// A web page's origin that may connect, such as https://shop.example; may be repeated.
    #[arg(long, env = "THREADLINE_ALLOW_ORIGIN", value_delimiter = ',', value_parser = origin::parse)]
    allow_origin: Vec<HeaderValue>,
    /// MiB of attachments that the members of one workspace may upload together.
    #[arg(long, env = "THREADLINE_BLOB_QUOTA", default_value_t = limits::BLOB_QUOTA_MIB)]
    blob_quota: u64,
    #[command(flatten)]
    signing: Signing,
    #[command(flatten)]
    verifying: Verifying,
}

#[derive(Args)]
struct Token {
    /// Folder of the server's database, which holds the secret unless one is given.
    #[arg(long, env = "THREADLINE_DATA", default_value = "data")]
    data: PathBuf,
    /// The workspace it opens.
    #[arg(long)]
    workspace: WorkspaceId,
    /// The member's id.
    #[arg(long)]
    member: MemberId,
    /// What the member may do: admin, agent, viewer or service.
    #[arg(long, value_parser = role)]
    role: Role,
    /// The name shown to teammates.
    #[arg(long)]
    name: Option<String>,
    /// Seconds until it expires.
    #[arg(long, default_value_t = limits::TOKEN_SECONDS)]
    ttl: u64,
    #[command(flatten)]
    signing: Signing,
}

#[derive(Args)]
struct Export {
    /// Folder of the database; no server may be running on it.
    #[arg(long, env = "THREADLINE_DATA", default_value = "data")]
    data: PathBuf,
    /// The workspace.
    #[arg(long)]
    workspace: WorkspaceId,
    /// Only this conversation, with its contact.
    #[arg(long)]
    conversation: Option<ConversationId>,
    /// Leaves attachments and raw mails out.
    #[arg(long)]
    without_blobs: bool,
    /// The file to write; it must not exist.
    #[arg(long)]
    out: PathBuf,
}

#[derive(Args)]
struct Import {
    /// Folder of the database, created where it is missing; no server may be running on it.
    #[arg(long, env = "THREADLINE_DATA", default_value = "data")]
    data: PathBuf,
    /// The workspace to take it into.
    #[arg(long)]
    workspace: WorkspaceId,
    /// The file to read.
    file: PathBuf,
}

#[derive(Args)]
struct Demo {
    /// Address and port.
    #[arg(long, env = "THREADLINE_LISTEN", default_value = "127.0.0.1:8787")]
    listen: SocketAddr,
    /// Folder for the sample workspace; filled when it is empty.
    #[arg(long, env = "THREADLINE_DATA", default_value = "data/demo")]
    data: PathBuf,
}

fn role(text: &str) -> Result<Role, String> {
    serde_json::from_value(text.into())
        .map_err(|_| "a role is admin, agent, viewer or service".to_owned())
}

type Failure = Box<dyn std::error::Error>;

/// Runs the program on the process's arguments.
pub fn main() -> ExitCode {
    let cli = Cli::parse();
    log_to_stderr(cli.log_format);
    let result = match cli.command {
        Command::Serve(args) => serve(&args),
        Command::Token(args) => token(&args),
        Command::Export(args) => export(&args),
        Command::Import(args) => import(&args),
        Command::Demo(args) => demo(&args),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("threadline: {error}");
            ExitCode::FAILURE
        }
    }
}

/// Standard output is for what was asked for: tokens and links.
fn log_to_stderr(format: LogFormat) {
    let filter = tracing_subscriber::EnvFilter::try_from_env("THREADLINE_LOG")
        .unwrap_or_else(|_| tracing_subscriber::EnvFilter::new("info"));
    let log = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_ansi(std::io::stderr().is_terminal())
        .with_writer(std::io::stderr);
    match format {
        LogFormat::Compact => log.compact().init(),
        LogFormat::Json => log.json().init(),
    }
}

fn serve(args: &Serve) -> Result<(), Failure> {
    let keys = args.verifying.keys(&args.signing, &args.data)?;
    let store: Arc<dyn Store> = Arc::new(Sqlite::open(&args.data)?);
    summary::refresh(store.as_ref())?;
    let app = App::new(
        keys,
        Origins::new(args.allow_origin.clone()),
        store,
        mebibytes(args.blob_quota),
        None,
    );
    run(app, args.listen, |_| {})
}

/// In bytes.
fn mebibytes(count: u64) -> u64 {
    count.saturating_mul(1 << 20)
}

fn token(args: &Token) -> Result<(), Failure> {
    let longest = args.signing.max_token_life;
    if args.ttl > longest {
        let text = format!("the server refuses tokens that live longer than {longest} seconds (--max-token-life)");
        return Err(text.into());
    }
    let seconds = u64::try_from(clock::now().as_millis() / 1_000)?;
    let claims = Claims {
        iss: args
            .signing
            .issuer
            .clone()
            .unwrap_or_else(|| "threadline".to_owned()),
        aud: args.signing.audience.clone().map(Audience::One),
        sub: args.member.clone(),
        exp: seconds.saturating_add(args.ttl),
        nbf: None,
        iat: Some(seconds),
        jti: hex::encode(clock::random::<16>()?),
        workspace: args.workspace.clone(),
        role: args.role,
        name: args.name.clone(),
        teams: None,
        kid: None,
    };
    println!("{}", args.signing.keys(&args.data)?.sign(&claims)?);
    Ok(())
}

fn export(args: &Export) -> Result<(), Failure> {
    let store = Sqlite::open(&args.data)?;
    let listed = store.open(&args.workspace)?.members.into_iter();
    let members: Vec<_> = listed.map(|listed| listed.member).collect();
    let mut file = File::create_new(&args.out)?;
    let scope = Scope {
        conversation: args.conversation,
        blobs: !args.without_blobs,
    };
    let write = |piece: Vec<u8>| -> Result<(), Failure> { Ok(file.write_all(&piece)?) };
    let written = bundle::export(&store, &args.workspace, &members, scope, write);
    if let Err(error) = written.and_then(|()| Ok(file.sync_all()?)) {
        // Half a bundle is of no use to anybody.
        std::fs::remove_file(&args.out)?;
        return Err(error);
    }
    Ok(())
}

fn import(args: &Import) -> Result<(), Failure> {
    let size = std::fs::metadata(&args.file)?.len();
    if size > threadline_core::limits::BUNDLE_BYTES as u64 {
        return Err("the file is too large for a bundle".into());
    }
    let bundle = Bundle::decode(&std::fs::read(&args.file)?)?;
    let store = Sqlite::open(&args.data)?;
    summary::refresh(&store)?;
    let report = bundle::import(&store, &args.workspace, bundle).map_err(|refusal| {
        let place = refusal.field.as_deref().unwrap_or("the whole");
        format!("nothing was taken in, because of {place}: {refusal}")
    })?;
    println!(
        "new: {} changes in {} documents, {} members",
        report.changes, report.documents, report.members
    );
    Ok(())
}

fn demo(args: &Demo) -> Result<(), Failure> {
    let secret = config::secret(None, &args.data)?;
    let store: Arc<dyn Store> = Arc::new(Sqlite::open(&args.data)?);
    summary::refresh(store.as_ref())?;
    let demo = demo::prepare(store.as_ref())?;
    let members = demo.shown_as();
    let keys = Keys::new(&secret, &Expected::default());
    let quota = mebibytes(limits::BLOB_QUOTA_MIB);
    let app = App::new(keys, Origins::default(), store, quota, Some(demo));
    run(app, args.listen, move |address| {
        for member in members {
            println!("http://{address}/?as={member}");
        }
    })
}

fn run(app: Arc<App>, listen: SocketAddr, ready: impl FnOnce(SocketAddr)) -> Result<(), Failure> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()?;
    runtime.block_on(lifecycle::serve(app, listen, ready))?;
    Ok(())
}
