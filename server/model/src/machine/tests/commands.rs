//! What people can want: cancel, resume, retry, accept.

use super::script::check;

const CHAIN: &str = "
steps:
  - {id: a, run: x}
  - {id: b, run: x}
  - {id: c, run: x}
";

const FAN: &str = "
steps:
  - {id: a, run: x}
  - {id: b, run: x, needs: [a]}
  - {id: c, run: x, needs: [a]}
  - {id: d, run: x, needs: [b, c]}
";

#[test]
fn a_run_completes() {
    check(
        CHAIN,
        "= a:preparing b:waiting c:waiting run:open
        a ok
        = a:completed b:preparing c:waiting
        drain
        = a:completed b:completed c:completed run:completed",
    );
}

#[test]
fn a_failure_skips_what_builds_on_it_and_retry_does_all_of_it() {
    check(
        FAN,
        "a ok
        b fail exit
        = a:completed b:failed c:preparing d:skipped run:open
        c ok
        drain
        = run:failed
        retry
        = a:completed b:preparing c:completed d:waiting run:open
        drain
        = b:completed c:completed d:completed run:completed
        ! retry
        ! resume",
    );
}

#[test]
fn one_step_is_done_again_with_all_that_builds_on_it() {
    check(
        FAN,
        "drain
        = run:completed
        retry b
        = a:completed b:preparing c:completed d:waiting run:open
        drain
        = b:completed d:completed run:completed",
    );
}

#[test]
fn a_step_is_not_done_again_under_one_that_works() {
    check(
        FAN,
        "a ok
        c to running
        ! retry a
        b fail exit
        retry b
        = b:preparing c:running d:waiting
        drain
        = run:completed",
    );
}

#[test]
fn a_step_is_not_done_again_where_one_before_it_failed() {
    check(
        CHAIN,
        "a fail exit
        drain
        ! retry b
        ! retry-task b
        ! retry nonsense
        retry a
        drain
        = c:completed run:completed",
    );
}

#[test]
fn retry_of_a_task_minds_what_builds_on_it() {
    let workflow = "
steps:
  - {id: a, run: x, on_error: continue}
  - {id: b, run: x, needs: [a]}
";
    check(
        workflow,
        "a fail exit
        b to running
        ! retry-task a
        b ok
        = a:failed b:completed
        retry-task a
        = a:preparing b:waiting
        drain
        = a:completed b:completed run:completed",
    );
}

#[test]
fn cancel_ends_everything_that_is_open() {
    check(
        FAN,
        "a ok
        b to running
        c to preparing
        cancel
        = a:completed b:running c:preparing d:cancelled run:open
        ! resume
        drain
        = a:completed b:cancelled c:cancelled d:cancelled run:cancelled
        ! cancel
        resume
        = a:completed b:preparing c:preparing d:waiting run:open
        drain
        = d:completed run:completed",
    );
}

#[test]
fn retry_after_a_cancel_does_what_was_cancelled() {
    check(
        CHAIN,
        "a to running
        cancel a
        drain
        = a:cancelled b:skipped c:skipped run:cancelled
        retry
        drain
        = a:completed b:completed c:completed run:completed",
    );
}

#[test]
fn a_second_cancel_asks_once_more() {
    check(
        CHAIN,
        "a to running
        cancel a
        cancel a
        cancel
        drain
        = a:cancelled run:cancelled",
    );
}

#[test]
fn a_run_that_is_cancelled_at_its_very_end_can_be_resumed() {
    check(
        "steps: [{id: a, run: x}]",
        "a ok
        = a:completed run:finishing
        cancel
        drain
        = a:completed run:cancelled
        resume
        drain
        = run:completed",
    );
}

#[test]
fn a_run_reopened_while_its_end_is_worked_on_ends_with_the_newest() {
    check(
        CHAIN,
        "a ok
        b ok
        c fail exit
        = run:finishing
        retry
        = c:preparing run:open
        c ok
        = c:completed run:open
        drain
        = run:completed",
    );
}

#[test]
fn results_that_do_not_merge_wait_for_a_person() {
    check(
        FAN,
        "clash
        drain
        = d:completed run:conflicted
        resume
        = run:finishing
        drain
        = run:completed",
    );
    check(
        FAN,
        "clash
        drain
        cancel
        drain
        = run:cancelled",
    );
    check(
        FAN,
        "clash
        drain
        crash
        = run:conflicted
        retry d
        drain
        = run:completed",
    );
}

#[test]
fn a_conflict_waits_for_a_person() {
    check(
        FAN,
        "d next conflict
        drain
        = b:completed c:completed d:needs_input run:open
        resume
        = d:preparing
        drain
        = run:completed",
    );
    check(
        FAN,
        "d next conflict
        d next conflict
        drain
        resume
        drain
        = d:needs_input
        crash
        = d:needs_input
        cancel d
        drain
        = d:cancelled run:cancelled",
    );
}

#[test]
fn a_missing_secret_waits_for_a_person() {
    check(
        "steps: [{id: a, run: x, env: [TOKEN]}]",
        "a next secret
        drain
        = a:needs_input
        retry-task a
        drain
        = a:completed run:completed",
    );
}

#[test]
fn unverified_counts_as_failed_until_it_is_accepted() {
    check(
        CHAIN,
        "a next unverified
        drain
        = a:unverified b:skipped c:skipped run:failed
        ! accept b
        accept a
        = a:completed b:preparing c:waiting run:open
        drain
        = run:completed",
    );
    check(
        "steps: [{id: a, run: x}]",
        "a next unverified
        drain
        accept a
        = a:completed run:open
        drain
        = run:completed",
    );
}

#[test]
fn a_cancel_while_it_is_verified() {
    // What is verified is done; what is not was cancelled.
    check(
        CHAIN,
        "a to verifying
        cancel a
        = a:verifying
        drain
        = a:cancelled b:skipped run:cancelled",
    );
}
