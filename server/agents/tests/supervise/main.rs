//! Attempts with real processes. The test binary is its own supervisor: called with `supervise`
//! and a folder it is `supervise::main`, else it runs the tests (all, or those whose names
//! contain an argument), each on a thread of its own.
#![expect(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    clippy::print_stdout,
    reason = "a test without the standard harness, which clippy does not know for one"
)]

mod endings;
mod faults;
mod format;
mod limits;
mod logs;
mod starts;
mod support;
mod trees;

use std::panic::catch_unwind;
use std::path::Path;
use std::process::exit;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

/// A test: its name and what it does.
type Test = (&'static str, fn());

/// A test to run, and whether its supervisors are kept from cgroups.
struct Run {
    name: String,
    test: fn(),
    bare: bool,
}

/// Tests at a time: they wait more than they work.
const THREADS: usize = 6;

/// All tests, and those about trees once more without cgroups.
fn all() -> Vec<Run> {
    let with = [
        starts::TESTS,
        endings::TESTS,
        trees::TESTS,
        limits::TESTS,
        logs::TESTS,
        faults::TESTS,
        format::TESTS,
    ];
    let without = [endings::TESTS, trees::TESTS, limits::TESTS, faults::TESTS];
    let run = |bare: bool| {
        move |(name, test): Test| Run {
            name: name.to_owned() + if bare { "_without_cgroups" } else { "" },
            test,
            bare,
        }
    };
    let mut runs: Vec<Run> = with.concat().into_iter().map(run(false)).collect();
    if support::can_be_bare() {
        runs.extend(without.concat().into_iter().map(run(true)));
    } else {
        println!("skipped what needs the right to unmount: the tests without cgroups");
    }
    runs
}

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if let [verb, dir] = arguments.as_slice()
        && verb == "supervise"
    {
        exit(agents::supervise::main(Path::new(dir)));
    }
    let (flags, filters): (Vec<&String>, Vec<&String>) = arguments
        .iter()
        .partition(|argument| argument.starts_with('-'));
    let wanted = |run: &Run| {
        filters.is_empty()
            || filters
                .iter()
                .any(|filter| run.name.contains(filter.as_str()))
    };
    let runs: Vec<Run> = all().into_iter().filter(wanted).collect();
    if flags.iter().any(|flag| *flag == "--list") {
        runs.iter().for_each(|run| println!("{}: test", run.name));
        return;
    }
    let failed = run_all(&runs);
    let passed = runs.len() - failed.len();
    println!("\ntest result: {passed} passed; {} failed", failed.len());
    if !failed.is_empty() {
        println!("failed: {}", failed.join(", "));
        exit(1);
    }
}

fn run_all(runs: &[Run]) -> Vec<String> {
    let next = AtomicUsize::new(0);
    let failed = Mutex::new(Vec::new());
    std::thread::scope(|scope| {
        for _ in 0..THREADS {
            scope.spawn(|| {
                while let Some(run) = runs.get(next.fetch_add(1, Ordering::Relaxed)) {
                    support::BARE.set(run.bare);
                    let passed = catch_unwind(run.test).is_ok();
                    println!(
                        "test {} ... {}",
                        run.name,
                        if passed { "ok" } else { "FAILED" }
                    );
                    if !passed {
                        failed.lock().unwrap().push(run.name.clone());
                    }
                }
            });
        }
    });
    failed.into_inner().unwrap()
}
