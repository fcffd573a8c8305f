//! What the figures are held against: the bare system, and git, measured in the same run.
#![expect(
    clippy::disallowed_methods,
    reason = "the baselines are bare processes"
)]

use crate::machine::cores;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// How many `true` per second this machine starts and reaps, one thread per core, nothing else.
pub(crate) fn spawn_rate(span: Duration) -> f64 {
    let began = Instant::now();
    let until = began + span;
    let count = |_| {
        std::thread::spawn(move || {
            let mut count = 0_u32;
            while Instant::now() < until {
                bare("true");
                count += 1;
            }
            count
        })
    };
    let threads: Vec<_> = (0..cores()).map(count).collect();
    let all: u32 = threads
        .into_iter()
        .map(|thread| thread.join().expect("a counting thread"))
        .sum();
    f64::from(all) / began.elapsed().as_secs_f64()
}

fn bare(program: &str) {
    let mut command = Command::new(program);
    command
        .env_clear()
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    command.status().expect("a bare process");
}
