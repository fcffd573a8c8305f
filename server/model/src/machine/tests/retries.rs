//! Which failures are tried again, and how often.

use super::script::check;

const ONE: &str = "steps: [{id: a, run: x}]";
const THREE: &str = "steps: [{id: a, run: x, retry: {max_attempts: 3}}]";

#[test]
fn without_a_word_only_what_is_not_the_steps_doing() {
    for class in [
        "exit",
        "check",
        "artifact",
        "timeout",
        "dependency",
        "conflict",
    ] {
        check(ONE, &format!("a fail {class}\n= a:failed"));
    }
    for class in ["spawn", "worktree", "supervisor"] {
        check(
            ONE,
            &format!("a next {class}\na next {class}\ndrain\n= a:completed"),
        );
        check(
            ONE,
            &format!("a next {class}\na next {class}\na next {class}\ndrain\n= a:failed"),
        );
    }
}

#[test]
fn three_attempts_in_all() {
    check(
        THREE,
        "a fail exit\n= a:queued\na fail check\n= a:queued\na fail exit\n= a:failed",
    );
    check(THREE, "a fail exit\na fail exit\na ok\n= a:completed");
    check(THREE, "a fail conflict\n= a:failed");
}

#[test]
fn a_person_begins_a_new_series() {
    check(
        THREE,
        "a fail exit\na fail exit\na fail exit\n= a:failed
        retry
        a fail exit\n= a:queued\na fail exit\n= a:queued\na fail exit\n= a:failed",
    );
    check(
        ONE,
        "a next spawn\na next spawn\na next spawn\ndrain\n= a:failed
        retry
        a next spawn\na next spawn\ndrain
        = a:completed",
    );
    check(
        THREE,
        "a ok\ndrain\nretry a\na fail exit\na fail exit\n= a:queued\na fail exit\n= a:failed",
    );
}

#[test]
fn a_delay_can_be_cut_short_and_cancelled() {
    check(THREE, "a fail exit\n= a:queued\ncancel a\n= a:cancelled");
    check(
        THREE,
        "a fail exit\nretry a\n= a:preparing\ndrain\n= a:completed",
    );
}

#[test]
fn interruptions_count_among_themselves() {
    check(
        ONE,
        "a to running\nreboot\n= a:queued
        a to running\nreboot\n= a:queued
        a to running\nreboot\n= a:failed",
    );
    // They take nothing away from what was asked for.
    check(
        THREE,
        "a to running\nreboot\na fail exit\na fail exit\n= a:queued\na fail exit\n= a:failed",
    );
}

#[test]
fn a_stop_of_the_daemon_is_no_try() {
    let stop = "a to running\npause\nstop\ndrain\n= a:queued\ncrash\n";
    check(ONE, &format!("{}a ok\n= a:completed", stop.repeat(5)));
    check(
        THREE,
        &format!(
            "{}a fail exit\na fail exit\n= a:queued\na ok",
            stop.repeat(3)
        ),
    );
}

#[test]
fn a_supervisor_that_dies_at_once_does_not_go_round_for_ever() {
    check(
        ONE,
        "a gone\n= a:queued\na gone\n= a:queued\na gone\n= a:failed",
    );
}

#[test]
fn a_stop_that_nobody_here_wanted_is_an_interruption() {
    check(ONE, "a stopped\n= a:queued\na ok\n= a:completed");
}

#[test]
fn what_failed_for_good_is_not_tried_again_but_by_a_person() {
    check(THREE, "a fail exit for-good\n= a:failed");
    check(
        THREE,
        "a fail exit\n= a:queued\na fail exit for-good\n= a:failed",
    );
    // A person begins a new series, with all its attempts.
    check(
        THREE,
        "a fail exit for-good\nretry a
        a fail exit\n= a:queued\na fail exit\n= a:queued\na ok\n= a:completed",
    );
    check(THREE, "a fail exit for-good\nretry\na ok\n= a:completed");
}
