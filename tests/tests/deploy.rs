//! The examples of running a server say what the server understands.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use threadline_tests::cluster::Cluster;
use threadline_tests::server::binary;

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../server/deploy")
}

/// The variables of ours that a text names.
fn variables(text: &str) -> BTreeSet<String> {
    let other = |c: char| !c.is_ascii_uppercase() && c != '_';
    let words = text
        .split(other)
        .filter(|word| word.starts_with("THREADLINE_"));
    words.map(str::to_owned).collect()
}

#[test]
fn every_variable_in_them_is_one_of_the_servers() {
    let help = Command::new(binary())
        .args(["serve", "--help"])
        .output()
        .unwrap();
    let known = variables(&String::from_utf8(help.stdout).unwrap());
    for file in ["compose.yaml", "threadline.env"] {
        let mut named = variables(&std::fs::read_to_string(folder().join(file)).unwrap());
        // The password is a part of the address.
        named.remove("THREADLINE_DATABASE_PASSWORD");
        assert!(named.len() > 4, "{file}: {named:?}");
        let unknown: Vec<_> = named.difference(&known).collect();
        assert!(unknown.is_empty(), "{file}: {unknown:?}");
    }
}

#[test]
fn the_role_they_make_is_one_that_a_server_takes() {
    let cluster = Cluster::start();
    // Its own name is taken by the fixture's role.
    cluster.sql("postgres", "ALTER ROLE threadline RENAME TO fixture");
    let made = Command::new("sh")
        .arg(folder().join("database.sh"))
        .env("PATH", cluster.programs())
        .env("PGHOST", "127.0.0.1")
        .env("PGPORT", cluster.port().to_string())
        .env("THREADLINE_DATABASE_PASSWORD", "it's a password")
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&made.stderr);
    assert!(made.status.success(), "{said}");
    // Whatever opens the database brings it up to date first.
    let opened = Command::new(binary())
        .args(["export", "--workspace", "larkspur", "--out", "/dev/null"])
        .args(["--database", &cluster.url("threadline", "threadline")])
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&opened.stderr);
    assert!(
        said.contains("File exists"),
        "the file, not the role: {said}"
    );
}

#[test]
fn systemd_understands_the_unit() {
    let found = Command::new("systemd-analyze")
        .arg("verify")
        .arg(folder().join("threadline.service"))
        .stdin(Stdio::null())
        .output();
    // Not every machine that tests has systemd.
    let Ok(output) = found else { return };
    let said = String::from_utf8_lossy(&output.stderr);
    let complaints: Vec<&str> = said
        .lines()
        .filter(|line| line.contains("threadline.service"))
        // The binary is where an operator puts it.
        .filter(|line| !line.contains("is not executable"))
        .collect();
    assert!(complaints.is_empty(), "{complaints:#?}");
}
