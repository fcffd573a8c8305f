//! The limits that end an attempt.

use agents::attempt::{AttemptResult, LimitClass, Limits, Outcome};
use model::failure::FailureClass;

use crate::Test;
use crate::support::Case;

pub(crate) const TESTS: &[Test] = &[
    ("the_wall_clock_runs_out", the_wall_clock_runs_out),
    ("silence_ends_only_the_silent", silence_ends_only_the_silent),
    ("too_much_output_ends_it", too_much_output_ends_it),
    ("too_much_memory_ends_it", too_much_memory_ends_it),
    ("too_many_processes_end_it", too_many_processes_end_it),
];

fn limited(script: &str, limits: Limits) -> AttemptResult {
    let case = Case::new();
    let mut spec = case.script(script);
    spec.limits = limits;
    case.run(spec)
}

#[track_caller]
fn check(result: &AttemptResult, class: LimitClass, allowed: u64, failure: FailureClass) {
    assert_eq!(result.outcome, Outcome::Limit { class, allowed });
    assert_eq!(result.failure().unwrap().class, failure);
}

fn the_wall_clock_runs_out() {
    let limits = Limits {
        wall_ms: Some(150),
        ..Limits::default()
    };
    let result = limited("while :; do echo busy; sleep 0.01; done", limits);
    check(&result, LimitClass::Timeout, 150, FailureClass::Timeout);
    assert!(
        (150..5_000).contains(&result.duration_ms),
        "{}",
        result.duration_ms
    );
    // An agent that answers TERM with exit 0 still ran into the limit.
    let result = limited(
        "trap 'exit 0' TERM; while :; do sleep 0.01 || :; done",
        limits,
    );
    check(&result, LimitClass::Timeout, 150, FailureClass::Timeout);
    assert_eq!(result.exit_code, Some(0));
}

fn silence_ends_only_the_silent() {
    let limits = Limits {
        silence_ms: Some(500),
        ..Limits::default()
    };
    let result = limited("echo one; exec sleep 600", limits);
    check(&result, LimitClass::Silent, 500, FailureClass::Silent);
    let talks = "for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14; do printf . >&2; sleep 0.05; done";
    let result = limited(talks, limits);
    assert_eq!(result.outcome, Outcome::Exited { code: 0 });
    assert!(result.duration_ms > 500, "{}", result.duration_ms);
}

fn too_much_output_ends_it() {
    let limits = Limits {
        output_bytes: Some(100_000),
        ..Limits::default()
    };
    let result = limited("exec cat /dev/zero", limits);
    check(&result, LimitClass::Output, 100_000, FailureClass::Output);
}

fn too_much_memory_ends_it() {
    let limits = Limits {
        memory_bytes: Some(64 << 20),
        ..Limits::default()
    };
    // `head` with a count from the end keeps that much in memory.
    let result = limited(
        "head -c 300000000 /dev/zero | head -c -250000000 >/dev/null; exec sleep 600",
        limits,
    );
    check(&result, LimitClass::Memory, 64 << 20, FailureClass::Memory);
    assert!(result.peak_rss_bytes > 64 << 20);
}

fn too_many_processes_end_it() {
    let limits = Limits {
        processes: Some(5),
        ..Limits::default()
    };
    let result = limited(
        "for i in 1 2 3 4 5 6 7 8; do sleep 600 & done; wait",
        limits,
    );
    check(&result, LimitClass::Process, 5, FailureClass::Process);
}
