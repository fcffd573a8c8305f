//! The daemon's log: a file of the state folder, or the terminal in development. Once it has grown
//! large it is put aside at the next start; one older log is kept.

use crate::Options;
use client::Home;
use std::fs::{File, OpenOptions};
use std::os::unix::fs::OpenOptionsExt;
use std::sync::Mutex;
use tracing_subscriber::EnvFilter;

/// A log of this size is put aside.
const LARGE: u64 = 8 << 20;

pub(crate) fn init(home: &Home, options: &Options) {
    let usual = if options.development { "debug" } else { "info" };
    let filter = EnvFilter::try_from_env("OFFSHOOT_LOG").unwrap_or_else(|_| EnvFilter::new(usual));
    // A log on a full disk loses lines: a word about that on stderr, which may be full as well, would be
    // a panic.
    let format = tracing_subscriber::fmt()
        .log_internal_errors(false)
        .with_env_filter(filter)
        .with_ansi(false)
        .with_target(false);
    let file = if options.development {
        None
    } else {
        open(home)
    };
    // A second daemon in one process exists only in tests: the first one's log serves both.
    let _ = match file {
        Some(file) => format.with_writer(Mutex::new(file)).try_init(),
        None => format.with_writer(std::io::stderr).try_init(),
    };
}

/// Whoever starts the daemon may have no use for its stderr: a supervisor, for example.
fn open(home: &Home) -> Option<File> {
    let path = home.log_path();
    if std::fs::metadata(&path).is_ok_and(|meta| meta.len() > LARGE) {
        let _ = std::fs::rename(&path, path.with_extension("log.1"));
    }
    OpenOptions::new()
        .create(true)
        .append(true)
        .mode(0o600)
        .open(path)
        .ok()
}
