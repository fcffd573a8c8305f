//! The daemon's log: its stderr, which whoever started it points at a file.

use crate::Options;
use tracing_subscriber::EnvFilter;

pub(crate) fn init(options: &Options) {
    let usual = if options.development { "debug" } else { "info" };
    let filter = EnvFilter::try_from_env("OFFSHOOT_LOG").unwrap_or_else(|_| EnvFilter::new(usual));
    // A second daemon in one process exists only in tests: the first one's log serves both.
    let _ = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .with_ansi(false)
        .with_target(false)
        .try_init();
}
