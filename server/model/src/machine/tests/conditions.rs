//! Which steps run: conditions, optional steps, `on_error`, steps that do nothing.

use super::script::check;

#[test]
fn on_error_continue_lets_the_run_complete() {
    check(
        "
steps:
  - {id: a, run: x, on_error: continue}
  - {id: b, run: x, needs: [a]}
",
        "a fail exit
        drain
        = a:failed b:completed run:completed",
    );
}

#[test]
fn an_optional_step_may_fail() {
    check(
        "
steps:
  - {id: a, run: x, condition: optional}
  - {id: b, run: x, needs: [a]}
",
        "a fail exit
        drain
        = a:failed b:completed run:completed",
    );
}

#[test]
fn prerequisites_met_needs_completed_steps() {
    let workflow = "
steps:
  - {id: a, run: x}
  - {id: b, run: x, needs: [a], condition: prerequisites_met}
  - {id: c, run: x, needs: [b]}
";
    check(
        workflow,
        "drain
        = a:completed b:completed c:completed run:completed",
    );
    // A false condition satisfies, and is asked again when its reason is gone.
    check(
        workflow,
        "a fail exit
        drain
        = a:failed b:skipped c:completed run:failed
        retry
        drain
        = a:completed b:completed c:completed run:completed",
    );
}

#[test]
fn an_expression_is_asked_after_a_failure_too() {
    let workflow = "
steps:
  - {id: a, run: x}
  - {id: mend, run: x, needs: [a], condition: \"steps.a.status == 'failed'\"}
  - {id: go, run: x, needs: [a], condition: \"steps.a.outputs.by == 'a'\"}
";
    check(
        workflow,
        "a fail exit
        drain
        = a:failed mend:completed go:completed run:failed",
    );
    check(
        workflow,
        "a next spawn
        a next spawn
        a next spawn
        drain
        = a:failed mend:completed go:skipped run:failed
        resume
        drain
        = a:completed mend:completed go:completed run:completed",
    );
}

#[test]
fn a_step_that_does_nothing_waits_for_all() {
    let workflow = "
steps:
  - {id: a, run: x, needs: []}
  - {id: b, run: x, needs: []}
  - {id: done, agent: orchestrator, action: finalize}
";
    check(
        workflow,
        "a ok
        = a:completed done:waiting
        drain
        = done:completed run:completed",
    );
    check(
        workflow,
        "a fail exit
        drain
        = a:failed b:completed done:skipped run:failed",
    );
}
