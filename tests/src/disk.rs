//! A disk that fails and loses its power when a test says so, under a real
//! server. How it does that is in `disk/disk.c`.

use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use tempfile::TempDir;

use crate::server::Server;

/// `EIO` of Linux: the disk does not answer as it should.
pub const BROKEN: i32 = 5;
/// `ENOSPC` of Linux: the disk is full.
pub const FULL: i32 = 28;

/// The disk of one server.
pub struct Disk {
    folder: TempDir,
}

impl Default for Disk {
    fn default() -> Self {
        Self::new()
    }
}

impl Disk {
    /// A disk that works.
    pub fn new() -> Self {
        let folder = TempDir::new().expect("a folder for the disk");
        std::fs::create_dir(folder.path().join("flushed")).expect("a folder in it");
        let built = Command::new("cc")
            .args(["-shared", "-fPIC", "-O1", "-o"])
            .arg(folder.path().join("disk.so"))
            .arg(concat!(env!("CARGO_MANIFEST_DIR"), "/src/disk/disk.c"))
            .status();
        assert!(built.is_ok_and(|it| it.success()), "cc builds the disk");
        let disk = Self { folder };
        std::fs::write(disk.path("control"), [0; 8]).expect("the disk can be told");
        disk.mend();
        disk
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// What a server whose data are in `folder` needs to run on this disk.
    pub fn variables(&self, folder: &Path) -> Vec<(&'static str, PathBuf)> {
        vec![
            ("LD_PRELOAD", self.path("disk.so")),
            ("DISK_FOLDER", folder.to_owned()),
            ("DISK_SHADOW", self.path("flushed")),
            ("DISK_CONTROL", self.path("control")),
        ]
    }

    fn tell(&self, countdown: i32, error: i32) {
        let control = std::fs::File::options()
            .write(true)
            .open(self.path("control"))
            .expect("the disk can be told");
        // The error first: the countdown makes it count.
        for (at, number) in [(4, error), (0, countdown)] {
            control
                .write_all_at(&number.to_ne_bytes(), at)
                .expect("the disk can be told");
        }
    }

    /// From now on every write fails.
    pub fn fail(&self, error: i32) {
        self.tell(0, error);
    }

    /// The `n`-th write, flush or truncation from now on fails, once; 1 is the
    /// next one.
    pub fn fail_once(&self, n: i32, error: i32) {
        self.tell(n, error);
    }

    /// Whether a failure that was asked for is still to come.
    pub fn is_armed(&self) -> bool {
        let control = std::fs::read(self.path("control")).expect("the disk can be asked");
        control
            .first_chunk()
            .is_some_and(|bytes| i32::from_ne_bytes(*bytes) >= 0)
    }

    /// From now on it works.
    pub fn mend(&self) {
        self.tell(-1, 0);
    }

    /// Cuts the power of a server, and starts it on what its disk has kept.
    pub fn cut_power(&self, server: &mut Server) {
        server.kill();
        let data = server.data();
        let files = |folder: &Path| {
            let entries = std::fs::read_dir(folder).expect("the folder can be read");
            let paths = entries.map(|entry| entry.expect("and what is in it").path());
            paths.collect::<Vec<_>>()
        };
        for path in files(data) {
            std::fs::remove_file(path).expect("a file of the server");
        }
        for path in files(&self.path("flushed")) {
            let name = path.file_name().expect("a file has a name");
            std::fs::copy(&path, data.join(name)).expect("a file that was flushed");
        }
        server.restart();
    }
}
