//! What waits for what.

use super::{check, order, workflow};

#[track_caller]
fn ordered(steps: &str, expected: &[&str]) {
    let found = order(&workflow(&format!("steps:\n{steps}")));
    assert_eq!(found, expected, "{steps}");
}

#[test]
fn file_order_where_nothing_is_named() {
    ordered(
        "  - {id: a, run: x}\n  - {id: b, run: x}\n  - {id: c, run: x}\n",
        &["a <- ", "b <- a", "c <- b"],
    );
    ordered(
        "  - {id: a, run: x, creates: [x]}\n  - {id: b, run: x}\n",
        &["a <- ", "b <- a"],
    );
    ordered(
        "  - {id: a, run: x}\n  - {id: b, run: x}\n  - {id: c, run: x, condition: steps.a.status == 'failed'}\n",
        &["a <- ", "b <- a", "c <- a b"],
    );
}

#[test]
fn one_name_ends_file_order() {
    ordered(
        "  - {id: a, run: x}\n  - {id: b, run: x}\n  - {id: c, run: x, needs: a}\n",
        &["a <- ", "b <- ", "c <- a"],
    );
    ordered(
        "  - {id: a, run: x, next: c}\n  - {id: b, run: x}\n  - {id: c, run: x}\n",
        &["a <- ", "b <- ", "c <- a"],
    );
    ordered(
        "  - {id: a, run: x, needs: [b, b]}\n  - {id: b, run: x}\n",
        &["a <- b", "b <- "],
    );
    // An empty list is a place in the order: both may run at once.
    ordered(
        "  - {id: a, run: x, needs: []}\n  - {id: b, run: x, needs: []}\n",
        &["a <- ", "b <- "],
    );
}

#[test]
fn gates() {
    let steps = "  - {id: a, run: x, repeats: true}\n  - {id: b, run: x, needs: a, gate: {on_pass: c, on_fail: a}}\n  - {id: c, run: x}\n";
    ordered(steps, &["a <- ", "b <- a", "c <- b"]);
}

#[test]
fn conditions_wait_for_what_they_speak_of() {
    ordered(
        "  - {id: a, run: x}\n  - {id: b, run: x, needs: a}\n  - {id: c, run: x, condition: \"steps.a.outputs.x == 'y' || !steps.b.status\"}\n",
        &["a <- ", "b <- a", "c <- a b"],
    );
}

#[test]
fn files_and_folders() {
    ordered(
        "  - {id: a, run: x, creates: [src/]}\n  - {id: b, run: x, requires: [src/x.py]}\n",
        &["a <- ", "b <- a"],
    );
    ordered(
        "  - {id: a, run: x, creates: [src/in/x.py]}\n  - {id: b, run: x, requires: [src/]}\n",
        &["a <- ", "b <- a"],
    );
    ordered(
        "  - {id: a, run: x, creates: [src]}\n  - {id: b, run: x, requires: [./src/]}\n",
        &["a <- ", "b <- a"],
    );
    ordered(
        "  - {id: b, run: x, requires: [x]}\n  - {id: a, run: x, creates: [x]}\n",
        &["b <- a", "a <- "],
    );
    ordered(
        "  - {id: a, run: x, requires: [x], creates: [x]}\n  - {id: b, run: x}\n",
        &["a <- ", "b <- a"],
    );
}

/// One writes, one reviews, one mends what was written, one tests: no circle.
#[test]
fn a_folder_that_is_written_in_turn() {
    ordered(
        "  - {id: write, run: x, creates: [src/]}
  - {id: review, run: x, requires: [src/], creates: [review.md]}
  - {id: mend, run: x, requires: [review.md, src/], creates: [src/]}
  - {id: test, run: x, requires: [src/]}
",
        &[
            "write <- ",
            "review <- write",
            "mend <- write review",
            "test <- write mend",
        ],
    );
}

#[test]
fn finalizing_waits_for_all_others() {
    ordered(
        "  - {id: z, agent: orchestrator, action: complete}
  - {id: a, run: x}
  - {id: b, run: x}
  - {id: y, agent: Orchestrator, action: finalize}
",
        &["z <- a b", "a <- ", "b <- ", "y <- z"],
    );
}

#[test]
fn what_a_built_in_task_leaves_is_created() {
    let report = "reports/ops/security-report.json";
    ordered(
        &format!(
            "  - {{id: z, run: x, requires: [{report}]}}\n  - {{id: a, agent: ops, action: security_scan}}\n"
        ),
        &["z <- a", "a <- "],
    );
}

#[test]
fn what_is_required_and_not_created_orders_nothing() {
    let yaml = "steps:\n  - {id: a, run: x, requires: [README.md]}\n  - {id: b, run: x}\n";
    check(
        yaml,
        &[
            "2:32-2:41 no-producer warning no step creates `README.md` | it must be in the repository",
        ],
    );
    let found = super::read(yaml)
        .workflow
        .expect("a warning keeps nothing from running");
    assert_eq!(order(&found), ["a <- ", "b <- a"]);
}
