//! The document: the machine, the moment, the figures.

use crate::Options;
use crate::figure::{Figure, rounded};
use serde_json::{Value, json};
use std::fs;
use std::time::Duration;
use support::call::tool;
use support::tree::source_root;

/// Everything that goes to stdout.
pub(crate) fn document(options: &Options, figures: &[Figure], took: Duration) -> Value {
    json!({
        "date": jiff::Timestamp::now().round(jiff::Unit::Second).unwrap_or_default().to_string(),
        "commit": commit(),
        "quick": options.quick,
        "machine": machine(),
        "took_s": rounded(took.as_secs_f64()),
        "figures": figures.iter().map(Figure::json).collect::<Vec<_>>(),
    })
}

/// What was built, as far as git knows; a release without its history has none.
fn commit() -> Option<String> {
    let root = source_root();
    let args = ["describe", "--always", "--dirty", "--exclude", "*"];
    root.join(".git")
        .exists()
        .then(|| tool("git", &root, &[], &args).trim().to_owned())
}

fn machine() -> Value {
    let read = |path: &str| fs::read_to_string(path).unwrap_or_default();
    let field = |text: &str, name: &str| {
        let line = text.lines().find(|line| line.starts_with(name))?;
        Some(line.split_once(':')?.1.trim().to_owned())
    };
    json!({
        "cores": cores(),
        "processor": field(&read("/proc/cpuinfo"), "model name"),
        "memory": field(&read("/proc/meminfo"), "MemTotal"),
        "kernel": read("/proc/sys/kernel/osrelease").trim(),
        "file_system": file_system("/tmp"),
        // At the end, so it holds what the run itself did.
        "load": read("/proc/loadavg").split(' ').take(3).collect::<Vec<_>>().join(" "),
    })
}

/// Cores this process may use.
pub(crate) fn cores() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from)
}

/// The type of the file system a folder is on: the longest mount point that holds it.
fn file_system(folder: &str) -> Option<String> {
    let mounts = fs::read_to_string("/proc/mounts").ok()?;
    let fields = mounts
        .lines()
        .map(|line| line.split(' ').collect::<Vec<_>>());
    let holds = fields
        .filter(|fields| fields.len() > 2 && std::path::Path::new(folder).starts_with(fields[1]));
    holds
        .max_by_key(|fields| fields[1].len())
        .map(|fields| fields[2].to_owned())
}
