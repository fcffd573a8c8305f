//! Gates: a review that sends the work back, its bound, the way aside, people and deaths in the middle.

use serde_json::{Value, json};
use support::process::kill9;
use support::run::{id, statuses, step, text};
use support::sandbox;

/// `write` adds a line a round, `polish` changes what `write` wrote, `review` scores by the lines.
const REVIEW: &str = r#"
id: careful
steps:
  - id: write
    repeats: true
    run: |
      echo "line $OFFSHOOT_ROUND" >> story.txt
      echo "$OFFSHOOT_GATE: $OFFSHOOT_GATE_WHY" >> told.txt
      test "$OFFSHOOT_ROUND" = 1 || test -f review.json
    creates: [story.txt]
  - id: polish
    needs: [write]
    run: sed -i 's/^line/Line/' story.txt
  - id: review
    needs: [polish]
    run: |
      lines=$(grep -c '^Line' story.txt)
      echo "{\"overall_score\": $lines, \"passed\": false}" > review.json
    creates: [review.json]
    scoring: {thresholds: {overall_min: 2}}
    gate: {condition: scoring.passed == true, on_pass: ship, on_fail: write}
  - id: ship
    run: cp story.txt shipped.txt
"#;

fn rounds(run: &Value, name: &str) -> Vec<(u64, Option<bool>)> {
    let rounds = step(run, name)["rounds"].as_array().into_iter().flatten();
    rounds
        .map(|round| {
            (
                round["attempt"].as_u64().expect("a number"),
                round["passed"].as_bool(),
            )
        })
        .collect()
}

#[test]
fn a_review_that_passes_in_the_second_round() {
    let sandbox = sandbox!();
    let repo = sandbox.repo(&[("w.yaml", REVIEW)]);
    let run = repo.json(&["run", "w.yaml"]);
    support::schema::assert_document("run", &run);
    assert_eq!(run["status"], "completed", "{run:#}");
    assert_eq!(run["warnings"], json!([]));
    assert_eq!(rounds(&run, "review"), [(1, Some(false)), (2, Some(true))]);
    assert_eq!(rounds(&run, "write"), [(1, None)]);
    let review = step(&run, "review");
    let why = text(&review["rounds"][0], "why");
    assert!(why.contains("overall 1 is below 2 (review.json)"), "{why}");
    assert_eq!(
        (&review["round"], &review["scores"]["overall"]),
        (&json!(2), &json!(2.0))
    );
    assert_eq!(
        review["gate"]["again"],
        json!(["write", "polish", "review"])
    );

    let branch = text(&run, "result_branch");
    assert_eq!(repo.show(branch, "shipped.txt"), "Line 1\nLine 2\n");
    let told = repo.show(branch, "told.txt");
    assert!(
        told.starts_with(": \nreview: `scoring.passed == true` does not hold"),
        "{told}"
    );

    // What each round left is in the history of the step's branch.
    let write = step(&run, "write");
    let log = repo.git(&["log", "--format=%H", text(write, "branch")]);
    for commit in [text(&write["rounds"][0], "commit"), text(write, "commit")] {
        assert!(log.contains(commit), "{commit} is not in {log}");
    }
    assert_eq!(
        text(write, "branch"),
        format!("offshoot-step/{}/write", id(&run))
    );
    let trailers = repo.git(&["log", "-1", "--format=%b", text(write, "branch")]);
    assert!(trailers.contains("Offshoot-Round: 2"), "{trailers}");

    // The difference of a step is that of its last round, and says so.
    let wanted = id(&run);
    let of = |args: &[&str]| {
        let all: Vec<&str> = ["--json", "diff", &wanted, "write"]
            .into_iter()
            .chain(args.iter().copied())
            .collect();
        repo.call(&all).run()
    };
    let last = of(&[]).json();
    assert_eq!((&last["round"], &last["rounds"]), (&json!(2), &json!(2)));
    assert!(text(&last, "patch").contains("+line 2"), "{last:#}");
    let first = of(&["--round", "1"]).json();
    assert_eq!(first["to"], write["rounds"][0]["commit"]);
    let patch = text(&first, "patch");
    assert!(
        patch.contains("+line 1") && !patch.contains("line 2"),
        "{patch}"
    );
    of(&["--round", "3"]).expect_code(2);
    let noted = repo.offshoot(&["diff", &id(&run), "write"]).expect_code(0);
    assert!(noted.stderr.contains("round 2 of 2"), "{noted}");

    let shown = repo
        .offshoot(&["workflow", "show", &id(&run)])
        .expect_code(0);
    for expected in [
        "round 1  did not pass",
        "round 2  passed",
        "else back to write, 3 rounds at most",
        "wants     overall at least 2",
        "scores    overall 2",
    ] {
        assert!(shown.stdout.contains(expected), "{expected}: {shown}");
    }
    let graph = repo.json(&["workflow", "graph", &id(&run)]);
    let edges = graph["edges"].as_array().expect("edges");
    support::schema::assert_document("graph", &graph);
    let back =
        json!({"from": "review", "to": "write", "gate": "fail", "back": true, "max_rounds": 3});
    let on = json!({"from": "review", "to": "ship", "gate": "pass"});
    assert!(edges.contains(&back) && edges.contains(&on), "{graph:#}");
    let node = &graph["nodes"][2];
    let asks = json!(["scoring.passed == true", "overall at least 2"]);
    assert_eq!((&node["round"], &node["asks"]), (&json!(2), &asks));
    let drawn = repo.offshoot(&["workflow", "graph", &id(&run)]);
    let label = "review (completed, round 2)<br/>scoring.passed == true<br/>overall at least 2";
    assert!(drawn.stdout.contains(label), "{drawn}");
}

/// Each score, and whether a threshold of exactly that passes it: `overall_min: 8`, `complexity_max: 5`.
#[test]
fn scores_as_agents_write_them() {
    let sandbox = sandbox!();
    let gate = "steps:\n  - id: review\n    run: cp \"$HOME/scores.json\" review.json\n    creates: [review.json]\n    scoring: {thresholds: {overall_min: 8, complexity_max: 5}}\n    gate: {on_pass: ship}\n  - {id: ship, run: touch shipped}\n";
    let repo = sandbox.repo(&[("w.yaml", gate)]);
    for (scores, expected) in [
        (r#"{"overall_score": 8, "complexity_score": 5}"#, ""),
        (
            r#"{"scores": {"overall": "8.0", "complexity_score": 4}}"#,
            "",
        ),
        (
            r#"{"overall_score": 7.99, "complexity_score": 5.01}"#,
            "overall 7.99 is below 8, complexity 5.01 is above 5 (review.json)",
        ),
        (
            r#"{"overall_score": "9 of 10", "complexity_score": null}"#,
            "overall is missing, complexity is missing (review.json)",
        ),
        // Python writes that; it is no JSON.
        (
            r#"{"overall_score": NaN, "complexity_score": 1}"#,
            "artifact review.json is not valid: expected value at line 1 column 19",
        ),
        (
            r#"{"overall_score": "NaN", "complexity_score": "-inf"}"#,
            "overall is missing, complexity is missing (review.json)",
        ),
    ] {
        support::tree::put(&sandbox.path("home/scores.json"), scores);
        let run = repo.call(&["--json", "run", "w.yaml"]).run().json();
        let review = step(&run, "review");
        let why = review["error"]["message"].as_str().unwrap_or_default();
        assert!(why.ends_with(expected), "{scores}: {why}");
        let status = if expected.is_empty() {
            "completed"
        } else {
            "failed"
        };
        assert_eq!(text(&run, "status"), status, "{scores}: {run:#}");
    }
}

#[test]
fn who_follows_sees_why_it_goes_back() {
    let sandbox = sandbox!();
    let repo = sandbox.repo(&[("w.yaml", REVIEW)]);
    let followed = repo.offshoot(&["run", "w.yaml"]).expect_code(0);
    let expected = "review gate  round 1 of 3, back to write: `scoring.passed == true` does not hold: overall 1 is below 2";
    assert!(followed.stdout.contains(expected), "{followed}");
}

#[test]
fn rounds_are_used_up_and_a_person_has_the_last_word() {
    let sandbox = sandbox!();
    let never = REVIEW.replace("overall_min: 2", "overall_min: 9");
    let repo = sandbox.repo(&[("w.yaml", &never)]);
    repo.write(".tapps-agents/config.yaml", "offshoot: {gate_rounds: 2}\n");
    let run = repo
        .call(&["--json", "run", "w.yaml"])
        .run()
        .expect_code(1)
        .json();
    let review = step(&run, "review");
    assert_eq!(
        (&review["status"], &review["class"]),
        (&json!("failed"), &json!("check"))
    );
    let message = text(&review["error"], "message");
    assert!(
        message.contains("did not pass in 2 rounds: `scoring.passed == true` does not hold"),
        "{message}"
    );
    assert_eq!(rounds(&run, "review"), [(1, Some(false)), (2, Some(false))]);
    assert_eq!(step(&run, "ship")["status"], "skipped");
    // What the rounds left is the run's result all the same.
    let branch = text(&run, "result_branch");
    assert_eq!(repo.show(branch, "story.txt"), "Line 1\nLine 2\n");

    repo.json(&["workflow", "accept", &id(&run), "review"]);
    let run = repo.wait_end(&id(&run));
    assert_eq!(run["status"], "completed", "{run:#}");
    assert_eq!(
        text(&step(&run, "review")["rounds"][1], "why"),
        "a person accepted it"
    );
    assert_eq!(
        repo.show(text(&run, "result_branch"), "shipped.txt"),
        "Line 1\nLine 2\n"
    );
}

#[test]
fn a_daemon_killed_in_the_second_round_loses_none() {
    let sandbox = sandbox!();
    let waits = REVIEW.replace(
        "    run: sed -i",
        "    run: |\n      test $OFFSHOOT_ROUND = 1 || await-file \"$HOME/go\"\n      sed -i",
    );
    let repo = sandbox.repo(&[("w.yaml", &waits)]);
    let started = repo.detach(&["w.yaml"]);
    let run_id = id(&started);
    repo.wait(&run_id, "the second round of polish", |run| {
        let polish = step(run, "polish");
        polish["round"] == 2 && polish["status"] == "running"
    });
    kill9(sandbox.daemon_pid().expect("a daemon"));
    let again = repo.run(&run_id);
    assert_eq!(rounds(&again, "review"), [(1, Some(false))]);
    std::fs::create_dir(sandbox.path("home/go")).expect("a signal for the step");
    let run = repo.wait_end(&run_id);
    assert_eq!(run["status"], "completed", "{run:#}");
    assert_eq!(rounds(&run, "review"), [(1, Some(false)), (2, Some(true))]);
    assert_eq!(
        repo.show(text(&run, "result_branch"), "shipped.txt"),
        "Line 1\nLine 2\n"
    );
}

#[test]
fn a_cancelled_loop_goes_on_where_it_was() {
    let sandbox = sandbox!();
    let waits = REVIEW.replace(
        "    run: sed -i",
        "    run: |\n      test $OFFSHOOT_ROUND = 1 || await-file \"$HOME/go\"\n      sed -i",
    );
    let repo = sandbox.repo(&[("w.yaml", &waits)]);
    let run_id = id(&repo.detach(&["w.yaml"]));
    repo.wait(&run_id, "the second round of polish", |run| {
        let polish = step(run, "polish");
        polish["round"] == 2 && polish["status"] == "running"
    });
    repo.call(&["workflow", "cancel", &run_id]).run();
    assert_eq!(repo.wait_end(&run_id)["status"], "cancelled");
    std::fs::create_dir(sandbox.path("home/go")).expect("a signal for the step");
    repo.json(&["workflow", "resume", &run_id]);
    let run = repo.wait_end(&run_id);
    assert_eq!(run["status"], "completed", "{run:#}");
    assert_eq!(rounds(&run, "review"), [(1, Some(false)), (2, Some(true))]);
}

#[test]
fn a_gate_goes_aside() {
    let sandbox = sandbox!();
    let workflow = r#"
steps:
  - id: triage
    run: echo "size=$SIZE" >> "$OFFSHOOT_OUTPUT"
    gate:
      condition: inputs.size == 'small'
      on_pass: fix
      on_fail: plan
  - {id: fix, run: touch fixed}
  - {id: plan, run: touch planned}
  - {id: tell, needs: [fix, plan], run: ls > told}
"#;
    let repo = sandbox.repo(&[("w.yaml", workflow)]);
    for (size, way) in [
        ("small", ["completed", "skipped"]),
        ("large", ["skipped", "completed"]),
    ] {
        let run = repo.json(&["run", "w.yaml", "--input", &format!("size={size}")]);
        let expected = [
            ("triage", "completed"),
            ("fix", way[0]),
            ("plan", way[1]),
            ("tell", "completed"),
        ];
        assert_eq!(statuses(&run), expected.into(), "{run:#}");
        let left_out = if size == "small" { "plan" } else { "fix" };
        assert_eq!(
            text(step(&run, left_out), "reason"),
            "the gate of `triage` went another way"
        );
        assert_eq!(step(&run, left_out)["class"], Value::Null);
    }
}

#[test]
fn agents_are_told_what_the_review_found() {
    let sandbox = sandbox!();
    let agent = sandbox.script(
        "coder",
        "cp \"$2\" \"$HOME/told-$1-$OFFSHOOT_ROUND\"\necho \"$OFFSHOOT_ROUND\" >> code.txt",
    );
    let reviewer = sandbox.script(
        "critic",
        "cp \"$2\" \"$HOME/told-$1-$OFFSHOOT_ROUND\"\nmkdir -p reports/review\n\
         echo \"{\\\"overall_score\\\": $OFFSHOOT_ROUND, \\\"security_score\\\": 9}\" > reports/review/review-report.json",
    );
    sandbox.user_settings(&format!(
        "offshoot:\n  personas: {{implementer: coder, reviewer: critic}}\n  agents:\n    coder: {{command: [\"{}\", \"{{step_id}}\", \"{{instructions_file}}\"]}}\n    critic: {{command: [\"{}\", \"{{step_id}}\", \"{{instructions_file}}\"]}}\n",
        agent.display(),
        reviewer.display()
    ));
    // The shape of the files of TappsCodingAgents.
    let workflow = r"
workflow:
  id: quality
  name: Quality
  version: 1.0.0
  type: brownfield
  settings: {quality_gates: true, code_scoring: true}
  steps:
    - id: implementation
      agent: implementer
      action: write_code
      repeats: true
      creates: [code.txt]
      next: review
    - id: review
      agent: reviewer
      action: review_code
      requires: [code.txt]
      scoring:
        enabled: true
        thresholds: {overall_min: 2, security_min: 8.5}
      gate:
        condition: scoring.passed == true
        on_pass: testing
        on_fail: implementation
    - id: testing
      run: cp code.txt tested.txt
      requires: [code.txt]
    - id: complete
      agent: orchestrator
      action: finalize
";
    let repo = sandbox.repo(&[("w.yaml", workflow)]);
    let valid = repo
        .offshoot(&["workflow", "validate", "w.yaml"])
        .expect_code(0);
    assert!(!valid.stdout.contains("warning"), "{valid}");
    let run = repo.json(&["run", "w.yaml", "--auto"]);
    assert_eq!(run["status"], "completed", "{run:#}");
    assert_eq!(rounds(&run, "review"), [(1, Some(false)), (2, Some(true))]);
    let told = |name: &str| {
        std::fs::read_to_string(sandbox.path("home").join(name)).expect("instructions")
    };
    let second = told("told-implementation-2");
    for expected in [
        "This is round 2. The gate of `review` did not pass",
        "overall 1 is below 2",
    ] {
        assert!(second.contains(expected), "{expected}: {second}");
    }
    assert!(!told("told-implementation-1").contains("round"));
    let review = told("told-review-1");
    assert!(
        review.contains("reports/review/review-report.json")
            && review.contains("- overall_score: at least 2"),
        "{review}"
    );
    assert_eq!(
        repo.show(text(&run, "result_branch"), "tested.txt"),
        "1\n2\n"
    );
}
