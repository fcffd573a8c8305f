//! Trees that do not want to go: all of them do.

use std::time::{Duration, Instant};

use agents::attempt::{Outcome, stop, survivors};

use crate::Test;
use crate::support::{Case, wait_until};

pub(crate) const TESTS: &[Test] = &[
    ("what_ignores_term_is_killed", what_ignores_term_is_killed),
    ("a_tree_dies_whatever_it_does", a_tree_dies_whatever_it_does),
    ("what_forks_in_a_loop_dies", what_forks_in_a_loop_dies),
    (
        "leaked_processes_are_ended_and_listed",
        leaked_processes_are_ended_and_listed,
    ),
    (
        "what_ends_soon_after_is_no_leak",
        what_ends_soon_after_is_no_leak,
    ),
    (
        "a_leak_that_ignores_term_is_killed",
        a_leak_that_ignores_term_is_killed,
    ),
    (
        "a_leak_that_holds_the_pipe_holds_up_nothing",
        a_leak_that_holds_the_pipe_holds_up_nothing,
    ),
    (
        "closed_streams_do_not_end_an_attempt",
        closed_streams_do_not_end_an_attempt,
    ),
    (
        "an_agent_that_answers_term_is_not_killed",
        an_agent_that_answers_term_is_not_killed,
    ),
    ("a_stopped_agent_is_ended", a_stopped_agent_is_ended),
];

fn stopped(case: &Case, script: &str) -> Duration {
    let launched = case.launch(case.script(script));
    case.word("word");
    let asked = Instant::now();
    stop(&case.dir(), launched.pid, "cancelled").unwrap();
    let result = case.result(&launched);
    assert_eq!(
        result.outcome,
        Outcome::Stopped {
            reason: "cancelled".into()
        },
        "{script}"
    );
    assert_eq!(survivors(&case.cookie), [0; 0], "{script}");
    asked.elapsed()
}

fn what_ignores_term_is_killed() {
    let case = Case::new();
    let took = stopped(
        &case,
        "trap '' TERM; echo here > \"$HERE/word\"; while :; do sleep 0.05; done",
    );
    assert!(
        took >= Duration::from_millis(300),
        "the grace was kept: {took:?}"
    );
}

fn a_tree_dies_whatever_it_does() {
    for script in [
        // Double fork: the middle one is gone before anybody looks.
        "(sh -c 'sleep 600 & sleep 601 & echo $! > \"$HERE/word\"') ; exec sleep 600",
        // A session of its own, streams closed, TERM ignored, and a child of that.
        "setsid sh -c 'trap \"\" TERM; exec </dev/null >/dev/null 2>&1; (sleep 600 &) ; echo $$ > \"$HERE/word\"; while :; do sleep 0.1; done' & exec sleep 600",
        // The cookie thrown away.
        "env -i setsid sh -c 'sleep 600' & echo $! > \"$HERE/word\"; exec sleep 600",
        // A new generation for every one that ends.
        "f() { trap '' TERM; echo here > \"$HERE/word\"; while :; do sleep 0.02; done; }; f & f & f",
    ] {
        let case = Case::new();
        stopped(&case, script);
        assert_eq!(case.processes_here(), [0; 0], "{script}");
    }
}

fn what_forks_in_a_loop_dies() {
    let case = Case::new();
    // Every one starts its successor and ends: no process lives long enough to be hit by its number.
    std::fs::write(case.file("chain"), "trap '' TERM\nsh \"$HERE/chain\" &\n").unwrap();
    stopped(
        &case,
        "trap '' TERM; sh \"$HERE/chain\" & sh \"$HERE/chain\" & echo here > \"$HERE/word\"; while :; do sleep 0.02; done",
    );
    assert_eq!(case.processes_here(), [0; 0]);
}

fn leaked_processes_are_ended_and_listed() {
    let case = Case::new();
    let result = case.run(case.script("sleep 600 & setsid sleep 601 >/dev/null 2>&1 & exit 0"));
    assert_eq!(result.outcome, Outcome::Exited { code: 0 });
    assert_eq!(result.failure(), None);
    let names: Vec<&str> = result
        .leaked_processes
        .iter()
        .map(|process| process.name.as_str())
        .collect();
    assert_eq!(names, ["sleep", "sleep"]);
    assert!(
        result
            .leaked_processes
            .iter()
            .all(|process| !process.alive && process.pid > 0)
    );
}

fn what_ends_soon_after_is_no_leak() {
    let case = Case::new();
    let mut spec = case.script("sleep 0.05 & exit 0");
    spec.leak_grace_ms = 20_000;
    let result = case.run(spec);
    assert_eq!(result.leaked_processes, []);
    assert!(result.duration_ms < 10_000);
}

fn a_leak_that_ignores_term_is_killed() {
    let case = Case::new();
    let script = "(trap '' TERM; echo here > \"$HERE/word\"; while :; do sleep 0.05; done) & until test -s \"$HERE/word\"; do sleep 0.01; done";
    let result = case.run(case.script(script));
    assert_eq!(result.outcome, Outcome::Exited { code: 0 });
    assert!(
        result
            .leaked_processes
            .iter()
            .any(|process| process.name == "sh"),
        "{:?}",
        result.leaked_processes
    );
}

fn a_leak_that_holds_the_pipe_holds_up_nothing() {
    let case = Case::new();
    let result = case.run(case.script("echo first; (sleep 600; echo never) & exit 0"));
    assert_eq!(result.last_lines, ["first"]);
    assert!(result.duration_ms < 10_000);
}

fn closed_streams_do_not_end_an_attempt() {
    let case = Case::new();
    let script = "exec >&- 2>&-; until test -e \"$HERE/go\"; do sleep 0.01; done; exit 5";
    let launched = case.launch(case.script(script));
    wait_until("the start", || case.dir().join("started").exists());
    std::fs::write(case.file("go"), "").unwrap();
    assert_eq!(case.result(&launched).outcome, Outcome::Exited { code: 5 });
}

fn an_agent_that_answers_term_is_not_killed() {
    let case = Case::new();
    let mut spec = case.script(
        "trap 'echo bye; exit 7' TERM; echo here > \"$HERE/word\"; while :; do sleep 0.02 || :; done",
    );
    spec.grace_ms = 20_000;
    let launched = case.launch(spec);
    case.word("word");
    stop(&case.dir(), launched.pid, "cancelled").unwrap();
    let result = case.result(&launched);
    assert_eq!(
        result.outcome,
        Outcome::Stopped {
            reason: "cancelled".into()
        }
    );
    assert_eq!(result.exit_code, Some(7));
    assert!(
        result.last_lines.contains(&"bye".to_owned()),
        "{:?}",
        result.last_lines
    );
}

fn a_stopped_agent_is_ended() {
    let case = Case::new();
    stopped(
        &case,
        "echo here > \"$HERE/word\"; kill -STOP $$; sleep 600",
    );
}
