//! Gates: where they go, what runs again, what waits for the end of a loop, and what is wrong with them.

use super::{check, order, read, workflow};
use crate::language::parse_stored;

/// The steps that the gate of `id` runs again.
#[track_caller]
fn again(steps: &str, id: &str) -> Vec<String> {
    let parsed = read(&format!("steps:\n{steps}"));
    let workflow = parsed.workflow.expect("a workflow");
    let index = workflow.step_index(id).expect("the step");
    let gate = workflow.steps[index].gate.as_ref().expect("a gate");
    let name = |index: &usize| workflow.steps[*index].id.to_string();
    gate.again.iter().map(name).collect()
}

#[test]
fn what_runs_again() {
    let steps = "  - {id: a, run: x}
  - {id: b, run: x, needs: [a], repeats: true}
  - {id: c, run: x, needs: [b]}
  - {id: d, run: x, needs: [b]}
  - {id: e, run: x, needs: [c], gate: {on_fail: b}}
  - {id: f, run: x, needs: [e]}
";
    assert_eq!(again(steps, "e"), ["b", "c", "e"]);
    // `d` builds on a step of the loop: it waits for the loop's end.
    let found = order(&workflow(&format!("steps:\n{steps}")));
    assert_eq!(found[3], "d <- b e");
    let own = "  - {id: a, run: x, gate: {on_fail: a}}\n";
    assert_eq!(again(own, "a"), ["a"]);
    // In file order, because `on_fail` alone names no order.
    let plain = "  - {id: a, run: x, repeats: true}\n  - {id: b, run: x}\n  - {id: c, run: x, gate: {on_fail: a}}\n";
    assert_eq!(again(plain, "c"), ["a", "b", "c"]);
}

/// Two loops from the same step do not run beside each other: the later one holds the earlier one.
#[test]
fn loops_that_share_a_step() {
    let steps = "  - {id: a, run: x, repeats: true}
  - {id: b, run: x, needs: [a], gate: {on_fail: a}}
  - {id: c, run: x, needs: [a], gate: {on_fail: a}}
";
    assert_eq!(
        order(&workflow(&format!("steps:\n{steps}"))),
        ["a <- ", "b <- a", "c <- a b"]
    );
    assert_eq!(again(steps, "b"), ["a", "b"]);
    assert_eq!(again(steps, "c"), ["a", "b", "c"]);
}

#[test]
fn a_later_step_is_the_way_aside() {
    let steps = "  - {id: a, run: x, gate: {on_pass: b, on_fail: c}}\n  - {id: b, run: x}\n  - {id: c, run: x}\n";
    assert_eq!(again(steps, "a"), [""; 0]);
    assert_eq!(
        order(&workflow(&format!("steps:\n{steps}"))),
        ["a <- ", "b <- a", "c <- a"]
    );
}

#[test]
fn switched_off() {
    let off = "settings: {quality_gates: false, code_scoring: false}
steps:
  - {id: a, run: x, gate: {condition: scoring.passed, on_fail: a}}
";
    let step = workflow(off).steps.remove(0);
    assert!(!step.gate.expect("a gate").enabled);
    assert!(!step.scoring.expect("asked for").enabled);
}

#[test]
fn problems() {
    check(
        r"steps:
  - {id: a, run: x}
  - {id: b, run: x, repeats: false, needs: [a]}
  - id: c
    agent: reviewer
    action: review
    needs: [b]
    gate: {on_fail: a, max_rounds: 0}
  - id: d
    run: x
    needs: [c]
    gate: {condition: gate_last.passed > 1, on_pass: e, on_fail: e}
  - {id: e, run: x, repeats: true}
",
        &[
            "3:30-3:35 no-repeat error the gate of `c` goes back over this step | every step from `on_fail` to the gate runs again",
            "8:5-8:9 no-condition warning the gate has no `condition`: it passes whenever the step is done | add `condition`, for example `scoring.passed == true`",
            "8:21-8:22 not-repeating warning `a` runs again when this gate does not pass | say `repeats: true` there",
            "8:36-8:37 wrong-type error `max_rounds` is a whole number from 1 to 100, not `0`",
            "12:40-12:41 bad-gate error `>` has no meaning in a condition | only `==` and `!=` compare",
            "12:66-12:67 same-target warning `on_pass` and `on_fail` name the same step | it goes on there whatever the gate says",
            "13:30-13:34 no-loop warning no gate goes back over this step | `on_fail` of a gate behind it names the step to go back to",
        ],
    );
    check(
        r"steps:
  - {id: a, run: x, needs: [], repeats: true}
  - {id: b, run: x, needs: [], gate: {on_fail: a}}
  - {id: c, run: x, needs: [], condition: scoring.passed || gate_last.passed}
",
        &[
            "3:48-3:49 gate-order warning `on_fail` goes back to `a`, and nothing else says that it comes before this step | add `needs: [a]`",
            "4:43-4:77 no-scoring warning no step before this one has `scoring` | `scoring.passed` never holds here",
            "4:43-4:77 no-gate warning no step before this one has a gate | `gate_last.passed` never holds here",
        ],
    );
    check(
        r"steps:
  - id: a
    run: x
    scoring: {thresholds: {overal_min: 8, style_max: 1, security: 8.5, overall_min: often}}
    gate: {on_pass: a}
",
        &[
            "4:28-4:38 unknown-threshold warning `overal_min` is none of the usual thresholds | did you mean `overall_min`?",
            "4:43-4:52 unknown-threshold warning `style_max` is none of the usual thresholds | the file with the scores has to have `style_score`",
            "4:57-4:65 unknown-threshold warning `security` does not say which bound it is; it is taken as the lower one | write `security_min` or `security_max`",
            "4:85-4:90 wrong-type error `overall_min` is a number, not `often`",
            "5:21-5:22 cycle error the step `a` waits for itself",
        ],
    );
}

#[test]
fn loops_in_loops_multiply() {
    let steps = "steps:
  - {id: a, run: x, repeats: true}
  - {id: b, run: x, needs: [a], gate: {on_fail: a, max_rounds: 20}}
  - {id: c, run: x, needs: [b], gate: {on_fail: a, max_rounds: 20}}
";
    check(
        steps,
        &[
            "4:49-4:50 many-rounds warning loops in loops: a step of this one may run 400 times | `max_rounds` of the gates bounds it",
        ],
    );
}

#[test]
fn too_many() {
    let one = |index: usize| format!("  - {{id: s{index}, run: x, gate: {{on_fail: s{index}}}}}\n");
    let many: String = (0..=crate::language::MAX_GATES).map(one).collect();
    check(
        &format!("steps:\n{many}"),
        &["202:10-202:14 too-many-gates error more than 200 steps have a gate"],
    );
}

/// A run that was started when gates were only shown is read again, whatever its gates say.
#[test]
fn what_was_run_before_is_read_again() {
    let yaml = "steps:
  - {id: a, run: x, repeats: false}
  - {id: b, run: x, needs: [a], gate: {condition: overall > 7, on_fail: a}}
";
    assert!(read(yaml).workflow.is_none());
    let again = parse_stored("w.yaml", yaml.as_bytes())
        .workflow
        .expect("the old workflow");
    let gate = again.steps[1].gate.as_ref().expect("the gate");
    assert_eq!((gate.condition.is_none(), gate.on_fail), (true, Some(0)));
    assert!(
        parse_stored("w.yaml", b"steps: [{id: a, run: x, needs: [b]}]")
            .workflow
            .is_none()
    );
}
