//! Order, parallel steps, fan-in, outputs, retry and check: what the demo shows.

use support::run::{id, statuses, step, text};
use support::{conflict, sandbox};

/// Five steps: two at once, what joins them, a retry, a check.
const DEMO: &str = r#"
name: Release notes
steps:
  - id: collect
    run: |
      git log --oneline | wc -l > commits.txt
      echo "version=1.2.3" >> "$OFFSHOOT_OUTPUT"
  - id: left
    needs: [collect]
    run: touch "$HOME/left" && await-file "$HOME/right" && echo left > left.txt
  - id: right
    needs: [collect]
    run: touch "$HOME/right" && await-file "$HOME/left" && echo right > right.txt
  - id: join
    needs: [left, right]
    retry: {max_attempts: 2, initial_delay_seconds: 0.01}
    run: |
      [ -e "$HOME/tried" ] || { touch "$HOME/tried"; echo "not yet" >&2; exit 3; }
      cat left.txt right.txt > both.txt
    creates: [both.txt]
  - id: publish
    needs: [join]
    run: sort both.txt > notes.md
    check: grep -q right notes.md
"#;

#[test]
fn a_workflow_runs_from_start_to_end() {
    let sandbox = sandbox!();
    let repo = sandbox.repo(&[("README.md", "hello\n"), ("release.yaml", DEMO)]);
    let before = repo.fingerprint();
    let run = repo
        .call(&["--json", "run", "release.yaml"])
        .run()
        .expect_code(0)
        .json();
    support::schema::assert_document("run", &run);
    assert_eq!(run["status"], "completed", "{run:#}");
    assert_eq!(run["error"], serde_json::Value::Null);

    let join = step(&run, "join");
    let attempts = join["attempts"].as_array().expect("attempts");
    assert_eq!(attempts.len(), 2);
    assert_eq!(attempts[0]["class"], "exit");
    assert_eq!(attempts[0]["exit_code"], 3);
    assert_eq!(attempts[1]["status"], "completed");
    assert_eq!(join["artifacts"][0]["path"], "both.txt");
    assert_eq!(step(&run, "collect")["outputs"]["version"], "1.2.3");
    assert_eq!(step(&run, "left")["needs"], serde_json::json!(["collect"]));

    // One branch holds every step's result, and each step has its own.
    let branch = text(&run, "result_branch");
    assert_eq!(branch, format!("offshoot/{}", id(&run)));
    assert_eq!(
        repo.git(&["rev-parse", branch]),
        text(&run, "result_commit")
    );
    assert_eq!(repo.show(branch, "notes.md"), "left\nright\n");
    assert_eq!(repo.show(branch, "commits.txt").trim(), "1");
    assert_eq!(
        repo.git(&["rev-parse", text(step(&run, "left"), "branch")]),
        text(step(&run, "left"), "commit")
    );
    assert!(!repo.has(text(step(&run, "left"), "branch"), "right.txt"));
    assert_eq!(text(&run, "base_commit"), repo.git(&["rev-parse", "HEAD"]));

    assert_eq!(repo.fingerprint(), before, "the checkout was touched");
    sandbox.finish();
}

#[test]
fn steps_without_order_run_one_after_the_other_in_file_order() {
    let sandbox = sandbox!();
    let workflow = "steps:\n  - {id: a, run: echo a >> log.txt}\n  - {id: b, run: echo b >> log.txt}\n  - {id: c, run: echo c >> log.txt}\n";
    let repo = sandbox.repo(&[("w.yaml", workflow)]);
    let run = repo.json(&["run", "w.yaml"]);
    assert_eq!(run["status"], "completed", "{run:#}");
    assert_eq!(
        repo.show(text(&run, "result_branch"), "log.txt"),
        "a\nb\nc\n"
    );
}

#[test]
fn artifacts_order_steps_and_ignored_ones_reach_dependants() {
    let sandbox = sandbox!();
    let workflow = "steps:\n  - id: use\n    requires: [build/out.bin]\n    run: cp build/out.bin copy.bin\n  \
                    - id: make\n    creates: [build/out.bin]\n    run: mkdir -p build && echo made > build/out.bin\n";
    let repo = sandbox.repo(&[("w.yaml", workflow), (".gitignore", "build/\n")]);
    let run = repo.json(&["run", "w.yaml"]);
    assert_eq!(run["status"], "completed", "{run:#}");
    let branch = text(&run, "result_branch");
    assert_eq!(repo.show(branch, "copy.bin"), "made\n");
    assert!(
        !repo.has(branch, "build/out.bin"),
        "an ignored file was committed"
    );
}

#[test]
fn results_that_do_not_merge_wait_for_a_person_before_anything_starts() {
    let sandbox = sandbox!();
    let after = "  - {id: c, needs: [a, b], run: touch \"$HOME/c-ran\"}\n";
    let run = conflict::run(&conflict::repo(&sandbox, after));
    assert_eq!(run["status"], "needs_input");
    let c = step(&run, "c");
    assert_eq!(text(c, "status"), "needs_input");
    assert_eq!(c["error"]["kind"], "conflict");
    assert_eq!(c["conflicts"][0]["path"], "same.txt");
    assert_eq!(c["conflicts"][0]["steps"], serde_json::json!(["a", "b"]));
    // Found while its worktree was prepared: nothing ran.
    let attempts = c["attempts"].as_array().expect("attempts");
    assert!(
        attempts
            .iter()
            .all(|attempt| attempt["status"] == "revoked"),
        "{c:#}"
    );
    assert!(!sandbox.path("home/c-ran").exists());
}

#[test]
fn a_resolved_conflict_goes_on() {
    let sandbox = sandbox!();
    let after = "  - {id: c, needs: [a, b], run: cp same.txt seen.txt}\n";
    let repo = conflict::repo(&sandbox, after);
    let run = conflict::run(&repo);
    let run = conflict::resolve(&repo, &run, "c");
    assert_eq!(run["status"], "completed", "{run:#}");
    assert_eq!(repo.show(text(&run, "result_branch"), "seen.txt"), "both\n");
}

#[test]
fn an_empty_list_of_needs_names_a_place_in_the_order() {
    let sandbox = sandbox!();
    let step = |own: &str, other: &str| {
        format!(
            "  - {{id: {own}, needs: [], run: 'mkdir \"$HOME/{own}\"; await-file \"$HOME/{other}\"'}}\n"
        )
    };
    let workflow = format!("steps:\n{}{}", step("a", "b"), step("b", "a"));
    let repo = sandbox.repo(&[("w.yaml", &workflow)]);
    let run = repo.json(&["run", "w.yaml"]);
    assert_eq!(run["status"], "completed", "the two did not run at once");
}

#[test]
fn at_most_max_parallel_steps_run_at_once() {
    let sandbox = sandbox!();
    // Each step notes how many are under way; with one at a time that is never more than one.
    let step = |name: &str| {
        format!(
            "  - id: {name}\n    needs: []\n    run: mkdir \"$HOME/turn\" && touch {name} && rmdir \"$HOME/turn\"\n"
        )
    };
    let workflow = format!("steps:\n{}", ["a", "b", "c", "d"].map(step).concat());
    let repo = sandbox.repo(&[("w.yaml", &workflow)]);
    let run = repo.json(&["run", "w.yaml", "--max-parallel", "1"]);
    assert_eq!(run["status"], "completed", "{:?}", statuses(&run));
}

#[test]
fn inputs_reach_steps() {
    let sandbox = sandbox!();
    let repo = sandbox.repo(&[(
        "w.yaml",
        "steps:\n  - id: a\n    run: env | grep -i '^OFFSHOOT_' | sort > seen.txt\n",
    )]);
    let run = repo.json(&["run", "w.yaml", "--input", "name=world"]);
    assert_eq!(run["status"], "completed", "{run:#}");
    let seen = repo.show(text(&run, "result_branch"), "seen.txt");
    for name in [
        "RUN_ID",
        "STEP_ID",
        "ATTEMPT",
        "WORKTREE",
        "BASE",
        "OUTPUT",
        "ARTIFACTS",
    ] {
        assert!(
            seen.contains(&format!("OFFSHOOT_{name}=")),
            "{name} is not set:\n{seen}"
        );
    }
}
