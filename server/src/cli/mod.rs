//! What an operator can ask; a file for each subcommand. Every flag is also a
//! variable.

mod admission;
mod backup;
mod demo;
mod erase;
mod export;
mod import;
mod mailing;
mod restore;
mod revoke;
mod serve;
mod signing;
mod storage;
mod token;
mod verify;

use std::io::IsTerminal;
use std::net::SocketAddr;
use std::process::ExitCode;
use std::sync::Arc;

use clap::{Parser, Subcommand, ValueEnum};
use threadline_core::sync::hub::SessionId;
use tokio::runtime::Runtime;
use tracing::{Level, Metadata};
use tracing_subscriber::filter::filter_fn;
use tracing_subscriber::layer::{Layer, SubscriberExt};
use tracing_subscriber::util::SubscriberInitExt;
use tracing_subscriber::{EnvFilter, fmt};

use crate::app::App;
use crate::{clock, lifecycle};

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
    Serve(Box<serve::Serve>),
    /// Prints a token that this server accepts.
    Token(token::Token),
    /// Takes back a token, or all that a member has, before their time. Servers may be running, and
    /// close the sockets within 5 s.
    Revoke(revoke::Revoke),
    /// Writes a workspace, or one conversation, with its history into a file.
    Export(export::Export),
    /// Takes such a file into a workspace: adds what is missing, changes nothing else.
    Import(import::Import),
    /// Writes everything into one file, also while a server is running.
    Backup(backup::Backup),
    /// Makes a data folder of such a file; clients then bring what it lacks.
    Restore(restore::Restore),
    /// Takes a person out of a workspace for good, and says which backups still hold them. On a
    /// folder no server may be running; on a shared database they may.
    Erase(erase::Erase),
    /// Checks the audit chain, every change, document and row; fails with the first difference.
    Verify(verify::Verify),
    /// Runs the server with a sample workspace and the page of a sample shop.
    Demo(demo::Demo),
}

/// Why a subcommand ends in vain; printed for the operator.
type Failure = Box<dyn std::error::Error>;

/// Runs the program on the process's arguments.
pub fn main() -> ExitCode {
    let cli = Cli::parse();
    log_to_stderr(cli.log_format);
    let result = match cli.command {
        Command::Serve(args) => serve::run(&args),
        Command::Token(args) => token::run(&args),
        Command::Revoke(args) => revoke::run(&args),
        Command::Export(args) => export::run(&args),
        Command::Import(args) => import::run(&args),
        Command::Backup(args) => backup::run(&args),
        Command::Restore(args) => restore::run(&args),
        Command::Erase(args) => erase::run(&args),
        Command::Verify(args) => verify::run(&args),
        Command::Demo(args) => demo::run(&args),
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
    let asked =
        EnvFilter::try_from_env("THREADLINE_LOG").unwrap_or_else(|_| EnvFilter::new("info"));
    let log = fmt::layer()
        .with_ansi(std::io::stderr().is_terminal())
        .with_writer(std::io::stderr);
    let log = match format {
        LogFormat::Compact => log.compact().boxed(),
        LogFormat::Json => log.json().boxed(),
    };
    tracing_subscriber::registry()
        .with(asked)
        .with(filter_fn(may_be_told))
        .with(log)
        .init();
}

/// In detail only our own code speaks, which takes care to tell nothing that
/// anybody wrote: what a library tells there is what it handles.
fn may_be_told(of: &Metadata<'_>) -> bool {
    *of.level() <= Level::INFO || of.target().starts_with("threadline")
}

/// What carries sockets, timers and the bus.
fn runtime() -> std::io::Result<Runtime> {
    tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
}

/// The number of a process's first session, by chance: the audit tells the
/// sessions of all processes apart. Browsers read it as a number, exact below
/// 2⁵³, so half of that is left to count on.
fn first_session() -> Result<SessionId, Failure> {
    Ok(SessionId(u64::from_be_bytes(clock::random()?) >> 12))
}

/// Serves until a signal comes.
fn run_server(
    runtime: &Runtime,
    app: Arc<App>,
    listen: SocketAddr,
    metrics: Option<SocketAddr>,
    ready: impl FnOnce(SocketAddr),
) -> Result<(), Failure> {
    runtime.block_on(lifecycle::serve(app, listen, metrics, ready))?;
    Ok(())
}
