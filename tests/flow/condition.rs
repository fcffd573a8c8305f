//! Conditions and outputs: steps that run or not for what others came to.

use support::run::{statuses, step};
use support::sandbox;

#[test]
fn conditions_decide_on_outputs_and_statuses() {
    let sandbox = sandbox!();
    let workflow = r#"
steps:
  - id: ask
    run: echo "answer=yes" >> "$OFFSHOOT_OUTPUT"
  - id: fails
    needs: []
    run: exit 1
  - id: when-yes
    needs: [ask]
    condition: steps.ask.outputs.answer == 'yes'
    run: touch yes
  - id: when-no
    needs: [ask]
    condition: steps.ask.outputs.answer != 'yes'
    run: touch no
  - id: after-skipped
    needs: [when-no]
    run: touch after
  - id: clean-up
    needs: [fails]
    condition: steps.fails.status == 'failed'
    run: touch cleaned
  - id: never
    needs: [fails]
    run: touch never
"#;
    let repo = sandbox.repo(&[("w.yaml", workflow)]);
    let run = repo
        .call(&["--json", "run", "w.yaml"])
        .run()
        .expect_code(1)
        .json();
    let expected = [
        ("ask", "completed"),
        ("fails", "failed"),
        ("when-yes", "completed"),
        ("when-no", "skipped"),
        ("after-skipped", "completed"),
        ("clean-up", "completed"),
        ("never", "skipped"),
    ];
    assert_eq!(statuses(&run), expected.into(), "{run:#}");
    assert_eq!(step(&run, "when-no")["class"], serde_json::Value::Null);
    assert_eq!(step(&run, "never")["class"], "dependency");
}

#[test]
fn prerequisites_met_asks_for_all_that_is_waited_for() {
    let sandbox = sandbox!();
    let workflow = |first: &str| {
        format!(
            "steps:\n  - {{id: a, run: {first}, on_error: continue}}\n  - {{id: b, condition: prerequisites_met, run: touch b}}\n"
        )
    };
    let repo = sandbox.repo(&[
        ("good.yaml", &workflow("'true'")),
        ("bad.yaml", &workflow("'false'")),
    ]);
    let good = repo.json(&["run", "good.yaml"]);
    assert_eq!(
        statuses(&good),
        [("a", "completed"), ("b", "completed")].into()
    );
    let bad = repo.json(&["run", "bad.yaml"]);
    assert_eq!(statuses(&bad), [("a", "failed"), ("b", "skipped")].into());
    assert_eq!(bad["status"], "completed");
}
