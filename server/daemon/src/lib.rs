//! The composition root: one process per user that owns queue, pool and worktrees.
//!
//! Here the crates are wired, the socket is served, settings are read, and the domain is
//! translated to the wire. What is decided about runs and tasks is decided in `model`.

mod api;
mod clock;
mod convert;
mod core;
pub mod environment;
mod environments;
mod ids;
mod listen;
mod lock;
mod logging;
mod orphans;
mod overlap;
mod path;
mod ports;
mod secrets;
mod session;
pub mod settings;
mod shutdown;
mod start;
mod tenants;
mod trees;
mod upkeep;
pub mod workflows;

pub use convert::diagnostic;

use client::Home;
use model::settings::MachineSettings;
use std::path::PathBuf;
use std::process::ExitCode;

/// This build's version.
pub const VERSION: &str = env!("CARGO_PKG_VERSION");

/// How the daemon is started.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// Foreground, one slot, verbose.
    pub development: bool,
    /// Refuses to start where a required limit cannot be enforced.
    pub production: bool,
    /// The program that is started as `PROGRAM supervise DIR` and `PROGRAM daemon`; absolute.
    pub program: PathBuf,
}

impl Options {
    fn machine(&self, settings: MachineSettings) -> MachineSettings {
        MachineSettings {
            pool_size: if self.development {
                1
            } else {
                settings.pool_size
            },
            ..settings
        }
    }
}

/// Runs the daemon in this process until it ends. Exit code 0 also when another daemon has the lock.
pub fn run(home: Home, options: Options) -> ExitCode {
    start::run(home, options)
}
