//! What a process uses, as `/proc` shows it.

use std::fs;

/// A process at one moment.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Usage {
    /// Resident memory in megabytes (10^6 bytes); files mapped from disk included.
    pub(crate) rss_mb: f64,
    /// Of it, what is the process's own.
    pub(crate) own_mb: f64,
    /// Open files.
    pub(crate) files: usize,
    pub(crate) threads: usize,
    /// Time on a processor, in nanoseconds, of the threads that are there.
    pub(crate) cpu_ns: u64,
}

impl Usage {
    /// Looks at a process.
    pub(crate) fn of(pid: i32) -> Self {
        let status = fs::read_to_string(format!("/proc/{pid}/status")).expect("the daemon lives");
        let megabytes = |name: &str| {
            let line = status.lines().find(|line| line.starts_with(name));
            let kib = line.and_then(|line| line.split_whitespace().nth(1)?.parse::<f64>().ok());
            kib.unwrap_or(0.0) * 1_024.0 / 1_000_000.0
        };
        Self {
            rss_mb: megabytes("VmRSS:"),
            own_mb: megabytes("RssAnon:"),
            files: entries(&format!("/proc/{pid}/fd")).len(),
            threads: entries(&format!("/proc/{pid}/task")).len(),
            cpu_ns: entries(&format!("/proc/{pid}/task"))
                .iter()
                .map(|task| on_cpu(pid, task))
                .sum(),
        }
    }
}

fn entries(folder: &str) -> Vec<String> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    entries
        .filter_map(|entry| entry.file_name().into_string().ok())
        .collect()
}

/// The first number of `schedstat`: exact, where `stat` counts in ticks of 10 ms.
fn on_cpu(pid: i32, task: &str) -> u64 {
    let text = fs::read_to_string(format!("/proc/{pid}/task/{task}/schedstat")).unwrap_or_default();
    text.split_whitespace()
        .next()
        .and_then(|number| number.parse().ok())
        .unwrap_or(0)
}
