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

/// Tests at a time: they wait more than they work.
const THREADS: usize = 6;

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if let [verb, dir] = arguments.as_slice()
        && verb == "supervise"
    {
        exit(agents::supervise::main(Path::new(dir)));
    }
    let tests = [
        starts::TESTS,
        endings::TESTS,
        trees::TESTS,
        limits::TESTS,
        logs::TESTS,
        faults::TESTS,
        format::TESTS,
    ]
    .concat();
    let wanted = |name: &str| {
        let mut filters = arguments
            .iter()
            .filter(|argument| !argument.starts_with('-'))
            .peekable();
        filters.peek().is_none() || filters.any(|filter| name.contains(filter.as_str()))
    };
    let tests: Vec<Test> = tests.into_iter().filter(|(name, _)| wanted(name)).collect();
    if arguments.iter().any(|argument| argument == "--list") {
        tests.iter().for_each(|(name, _)| println!("{name}: test"));
        return;
    }
    let failed = run(&tests);
    println!(
        "\ntest result: {} passed; {} failed",
        tests.len() - failed.len(),
        failed.len()
    );
    if !failed.is_empty() {
        println!("failed: {}", failed.join(", "));
        exit(1);
    }
}

fn run(tests: &[Test]) -> Vec<&'static str> {
    let next = AtomicUsize::new(0);
    let failed = Mutex::new(Vec::new());
    std::thread::scope(|scope| {
        for _ in 0..THREADS {
            scope.spawn(|| {
                while let Some((name, test)) = tests.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let passed = catch_unwind(test).is_ok();
                    println!("test {name} ... {}", if passed { "ok" } else { "FAILED" });
                    if !passed {
                        failed.lock().unwrap().push(*name);
                    }
                }
            });
        }
    });
    failed.into_inner().unwrap()
}
