//! PostgreSQL for tests: a cluster of their own in a temporary folder, gone
//! with the process that started it, however that ends.

use std::ffi::OsString;
use std::io::{BufRead, BufReader, Write};
use std::net::{Ipv4Addr, TcpListener};
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

/// Starts and stops the database as it is told on its standard input, the end
/// of which is the end of all. `$1` is the folder, the rest what to run.
const KEEPER: &str = r#"
folder=$1; shift; pid=
stop() { if [ -n "$pid" ]; then kill -QUIT "$pid"; wait "$pid" 2>/dev/null; pid=; fi; }
while read -r word; do
  case $word in
    start) "$@" >>"$folder/log" 2>&1 & pid=$! ;;
    stop) stop ;;
  esac
  echo done
done
stop
rm -rf "$folder"
"#;

/// The role that servers use: it owns its databases and is nothing special.
pub const ROLE: &str = "threadline";

/// A running cluster with databases of one's own.
pub struct Cluster {
    keeper: Child,
    orders: Option<ChildStdin>,
    answers: BufReader<ChildStdout>,
    folder: PathBuf,
    port: u16,
    databases: AtomicU32,
}

impl Cluster {
    /// A new cluster. Panics, naming the package, where PostgreSQL is not installed.
    pub fn start() -> Self {
        Self::start_with(&[], &[])
    }

    /// The same with further settings, each `name=value`, and files in its folder.
    pub fn start_with(settings: &[&str], files: &[(&str, &str)]) -> Self {
        let folder = tempfile::tempdir()
            .expect("a folder for the cluster")
            .keep();
        let data = folder.join("data");
        std::fs::create_dir(&data).expect("the folder is ours");
        // The database's user must get through, and own what is its own.
        let open = std::fs::Permissions::from_mode(0o755);
        std::fs::set_permissions(&folder, open).expect("the folder is ours");
        if let Some(user) = user() {
            run(Command::new("chown").arg(user).arg(&data));
        }
        run(as_user("initdb")
            .args(["--username=postgres", "--auth=trust", "--encoding=UTF8"])
            .args(["--locale=C", "--no-sync", "--pgdata"])
            .arg(&data));
        for (name, content) in files {
            let path = data.join(name);
            std::fs::write(&path, content).expect("the folder is ours");
            let private = std::fs::Permissions::from_mode(0o600);
            std::fs::set_permissions(&path, private).expect("the file is ours");
            if let Some(user) = user() {
                run(Command::new("chown").arg(user).arg(&path));
            }
        }
        let probe = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a free port");
        let port = probe.local_addr().expect("it is bound").port();
        drop(probe);
        let server = as_user("postgres");
        let mut keeper = Command::new("sh");
        keeper.args(["-c", KEEPER, "keeper"]).arg(&folder);
        keeper.arg(server.get_program()).args(server.get_args());
        keeper.arg("-D").arg(&data).args(["-p", &port.to_string()]);
        for setting in ["listen_addresses=127.0.0.1", "unix_socket_directories="]
            .iter()
            .chain(settings)
        {
            keeper.args(["-c", setting]);
        }
        let mut keeper = keeper
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("there is a shell");
        let mut cluster = Self {
            orders: keeper.stdin.take(),
            answers: BufReader::new(keeper.stdout.take().expect("it is piped")),
            keeper,
            folder,
            port,
            databases: AtomicU32::new(0),
        };
        cluster.start_again();
        cluster.sql("postgres", &format!("CREATE ROLE {ROLE} LOGIN"));
        cluster
    }

    /// A new, empty database; its address.
    pub fn database(&self) -> String {
        let name = format!("test{}", self.databases.fetch_add(1, Ordering::Relaxed));
        self.sql("postgres", &format!("CREATE DATABASE {name} OWNER {ROLE}"));
        self.url(ROLE, &name)
    }

    /// The address of a database for a role.
    pub fn url(&self, role: &str, database: &str) -> String {
        format!("postgres://{role}@127.0.0.1:{}/{database}", self.port)
    }

    /// Does statements as the superuser; what they print, a line for each row.
    pub fn sql(&self, database: &str, statements: &str) -> String {
        let output = Command::new(program("psql"))
            .args(["--no-psqlrc", "--quiet", "--tuples-only", "--no-align"])
            .args(["-v", "ON_ERROR_STOP=1", "-c", statements])
            .arg(self.url("postgres", database))
            .output()
            .expect("psql is there");
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{statements}: {said}");
        String::from_utf8_lossy(&output.stdout).trim().to_owned()
    }

    /// Everything that a backup of a database would hold, as text; bytes are in
    /// hexadecimal digits.
    pub fn dump(&self, database: &str) -> String {
        let output = Command::new(program("pg_dump"))
            .arg(self.url("postgres", database))
            .output()
            .expect("pg_dump is there");
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{said}");
        String::from_utf8(output.stdout).expect("the database is in UTF-8")
    }

    /// Where the database listens on 127.0.0.1.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// The folders of PostgreSQL's programs and all others, as a search path.
    pub fn programs(&self) -> OsString {
        let own = program("psql");
        let own = own.parent().map(Path::to_path_buf);
        let others = std::env::var_os("PATH").unwrap_or_default();
        std::env::join_paths(own.into_iter().chain(std::env::split_paths(&others)))
            .expect("no folder has a colon in its name")
    }

    /// What `pg_ctl stop -m immediate` does: no checkpoint, no goodbye.
    pub fn stop_immediately(&mut self) {
        self.order("stop");
    }

    /// Starts the database again and waits until it has recovered.
    pub fn start_again(&mut self) {
        self.order("start");
        for _ in 0..1_000 {
            let ready = Command::new(program("pg_isready"))
                .args(["-q", "-h", "127.0.0.1", "-p", &self.port.to_string()])
                .status();
            if ready.is_ok_and(|status| status.success()) {
                return;
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        let log = std::fs::read_to_string(self.folder.join("log")).unwrap_or_default();
        panic!("the database does not start: {log}");
    }

    fn order(&mut self, word: &str) {
        let orders = self.orders.as_mut().expect("the keeper lives as long");
        writeln!(orders, "{word}").expect("the keeper listens");
        let mut answer = String::new();
        self.answers
            .read_line(&mut answer)
            .expect("the keeper answers");
        assert_eq!(answer, "done\n");
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        self.orders = None;
        // It cleans up by itself, whether somebody waits or not.
        let _ = self.keeper.wait();
    }
}

/// A program of PostgreSQL, from `THREADLINE_POSTGRES`, where Debian puts them,
/// or the path.
fn program(name: &str) -> PathBuf {
    let installed = std::fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten();
    let mut installed: Vec<PathBuf> = installed
        .flatten()
        .map(|version| version.path().join("bin"))
        .collect();
    installed.sort();
    let paths = std::env::var_os("PATH").unwrap_or_default();
    let named = std::env::var_os("THREADLINE_POSTGRES").map(PathBuf::from);
    let folders = named.into_iter().chain(installed.into_iter().rev());
    let folders = folders.chain(std::env::split_paths(&paths));
    let mut found = folders.map(|folder| folder.join(name));
    found.find(|path| path.exists()).unwrap_or_else(|| {
        panic!("{name} is missing: install postgresql, or name its folder in THREADLINE_POSTGRES")
    })
}

/// Whom the database runs as: it refuses to be root.
fn user() -> Option<&'static str> {
    let own = std::fs::metadata("/proc/self").expect("Linux").uid();
    let known = |user: &&str| {
        let mut found = Command::new("id");
        found.arg(user).stdout(Stdio::null()).stderr(Stdio::null());
        found.status().is_ok_and(|status| status.success())
    };
    (own == 0).then(|| ["postgres", "nobody"].into_iter().find(known))?
}

fn as_user(name: &str) -> Command {
    let program = program(name);
    match user() {
        Some(user) => {
            let mut command = Command::new("setpriv");
            command.args(["--reuid", user, "--clear-groups", "--regid"]);
            command.arg(group(user)).arg("--").arg(program);
            command
        }
        None => Command::new(program),
    }
}

fn group(user: &str) -> String {
    let found = Command::new("id")
        .args(["-g", user])
        .output()
        .expect("id is there");
    String::from_utf8_lossy(&found.stdout).trim().to_owned()
}

fn run(command: &mut Command) {
    let output = command
        .current_dir(Path::new("/"))
        .output()
        .expect("it is installed");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{command:?}: {said}");
}
