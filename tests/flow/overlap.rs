//! Steps that would edit the same files at once: one waits, or it is said.

use serde_json::Value;
use support::run::{id, step, text};
use support::{LIMIT, Repo, Sandbox, sandbox, wait_until};

/// Its first and its last line can be changed apart.
const LINES: &str = "1\n2\n3\n4\n5\n6\n7\n8\n9\n";

/// Two steps without an order that touch the same; each says that it is at work and waits for the test.
fn workflow(head: &str, sandbox: &Sandbox) -> String {
    let home = sandbox.path("home").display().to_string();
    let run = |name: &str, file: &str| {
        format!("'echo {name} >> {file}; touch {home}/on-{name}; await-file {home}/go-{name}'")
    };
    format!(
        "{head}steps:\n  - {{id: a, needs: [], touches: [\"src/**\"], run: {}}}\n  - {{id: b, needs: [], touches: [src/x.txt], run: {}}}\n",
        run("a", "src/x.txt"),
        run("b", "src/x.txt"),
    )
}

fn at_work(sandbox: &Sandbox, name: &str) -> bool {
    sandbox.path("home").join(format!("on-{name}")).exists()
}

#[track_caller]
fn wait_at_work(sandbox: &Sandbox, name: &str) {
    wait_until(name, LIMIT, || at_work(sandbox, name).then_some(()));
}

#[track_caller]
fn let_go(sandbox: &Sandbox, name: &str) {
    std::fs::create_dir(sandbox.path("home").join(format!("go-{name}"))).expect("a signal");
}

fn reason(run: &Value, name: &str) -> String {
    step(run, name)["reason"]
        .as_str()
        .unwrap_or_default()
        .to_owned()
}

#[track_caller]
fn wait_reason(repo: &Repo<'_>, run: &str, name: &str, expected: &str) {
    repo.wait(run, expected, |run| reason(run, name) == expected);
}

#[test]
fn the_later_waits_says_why_and_builds_on_the_earlier() {
    let sandbox = sandbox!();
    let text_of = workflow("metadata: {overlap: serialize}\n", &sandbox);
    let repo = sandbox.repo(&[("w.yaml", &text_of), ("src/x.txt", "base\n")]);
    let run = id(&repo.detach(&["w.yaml"]));
    wait_at_work(&sandbox, "a");
    wait_reason(&repo, &run, "b", "waits for step `a`: both edit src/**");
    let shown = repo.offshoot(&["workflow", "show", &run]);
    assert!(shown.stdout.contains("waits for step `a`"), "{shown}");
    let graph = repo.json(&["workflow", "graph", &run]);
    support::schema::assert_document("graph", &graph);
    assert_eq!(
        graph["nodes"][1]["reason"],
        "waits for step `a`: both edit src/**"
    );
    assert!(!at_work(&sandbox, "b"));
    // What waits is known to the next daemon, too.
    support::process::kill9(sandbox.daemon_pid().expect("a daemon"));
    wait_reason(&repo, &run, "b", "waits for step `a`: both edit src/**");
    let_go(&sandbox, "a");
    wait_at_work(&sandbox, "b");
    let_go(&sandbox, "b");
    let end = repo.wait_end(&run);
    assert_eq!(end["status"], "completed", "{end:#}");
    // Both changed the same line; without the order that would be a conflict.
    let branch = text(&end, "result_branch");
    assert_eq!(repo.show(branch, "src/x.txt"), "base\na\nb\n");
    assert_eq!(reason(&end, "b"), "");
}

#[test]
fn a_warning_comes_while_both_are_at_work_and_a_finding_stays() {
    let sandbox = sandbox!();
    let text_of = workflow("", &sandbox)
        .replace(
            "echo b >> src/x.txt",
            "echo b > src/y.txt; sed -i s/9/b/ z.txt",
        )
        .replace(
            "echo a >> src/x.txt",
            "echo a > src/x.txt; sed -i s/1/a/ z.txt",
        )
        .replace("src/x.txt]", "src/y.txt]");
    let repo = sandbox.repo(&[
        ("w.yaml", &text_of),
        ("src/x.txt", "base\n"),
        ("z.txt", LINES),
    ]);
    let validated = repo.offshoot(&["workflow", "validate", "w.yaml"]);
    assert!(validated.stderr.contains("may run at once"), "{validated}");
    let run = id(&repo.detach(&["w.yaml"]));
    wait_at_work(&sandbox, "a");
    wait_at_work(&sandbox, "b");
    // Nobody said of `z.txt` that it would be edited: it is seen.
    wait_reason(&repo, &run, "b", "step `a` edits z.txt at the same time");
    wait_reason(
        &repo,
        &run,
        "a",
        "step `b` edits src/y.txt at the same time",
    );
    let_go(&sandbox, "a");
    repo.wait_step(&run, "a", "completed");
    let_go(&sandbox, "b");
    let end = repo.wait_end(&run);
    assert_eq!(end["status"], "completed", "{end:#}");
    let found = step(&end, "b")["finding_list"].clone();
    assert_eq!(found[0]["code"], "overlap", "{found:#}");
    assert_eq!(found[0]["path"], "z.txt", "{found:#}");
    assert_eq!(found.as_array().map(Vec::len), Some(1), "{found:#}");
    assert_eq!(step(&end, "a")["finding_list"], serde_json::json!([]));
    sandbox.finish();
}

#[test]
fn what_ended_before_a_restart_is_found_by_what_ends_after_it() {
    let sandbox = sandbox!();
    let text_of = workflow("", &sandbox)
        .replace("echo b >> src/x.txt", "sed -i s/9/b/ z.txt")
        .replace("echo a >> src/x.txt", "sed -i s/1/a/ z.txt");
    let repo = sandbox.repo(&[("w.yaml", &text_of), ("z.txt", LINES)]);
    let run = id(&repo.detach(&["w.yaml"]));
    wait_at_work(&sandbox, "a");
    wait_at_work(&sandbox, "b");
    let_go(&sandbox, "a");
    repo.wait_step(&run, "a", "completed");
    support::process::kill9(sandbox.daemon_pid().expect("a daemon"));
    let_go(&sandbox, "b");
    // The next daemon has not seen `a` at work.
    let end = repo.wait_end(&run);
    assert_eq!(end["status"], "completed", "{end:#}");
    let found = &step(&end, "b")["finding_list"][0];
    assert_eq!(found["code"], "overlap", "{end:#}");
    assert_eq!(found["path"], "z.txt", "{end:#}");
    sandbox.finish();
}

#[test]
fn runs_of_one_repository_wait_for_each_other_by_the_settings() {
    let sandbox = sandbox!();
    let settings = "offshoot: {overlap: serialize}\n";
    let home = sandbox.path("home").display().to_string();
    let repo = sandbox.repo(&[
        (".tapps-agents/config.yaml", settings),
        (
            "one.yaml",
            &format!("steps:\n  - {{id: a, touches: [src/], run: 'touch {home}/on-a; await-file {home}/go-a'}}\n"),
        ),
        (
            "two.yaml",
            "steps:\n  - {id: b, touches: [src/x.rs], run: touch b}\n  - {id: c, needs: [], touches: [docs/], run: touch c}\n",
        ),
    ]);
    let one = id(&repo.detach(&["one.yaml"]));
    wait_at_work(&sandbox, "a");
    let two = id(&repo.detach(&["two.yaml"]));
    repo.wait_step(&two, "c", "completed");
    let expected = format!("waits for step `a` of run {one}: both edit src/");
    wait_reason(&repo, &two, "b", &expected);
    let_go(&sandbox, "a");
    assert_eq!(repo.wait_end(&one)["status"], "completed");
    assert_eq!(repo.wait_end(&two)["status"], "completed");
}

#[test]
fn what_another_run_was_seen_to_write_is_waited_for() {
    let sandbox = sandbox!();
    let home = sandbox.path("home").display().to_string();
    let repo = sandbox.repo(&[
        ("src/x.txt", LINES),
        (
            "one.yaml",
            &format!("steps:\n  - {{id: a, run: 'echo a >> src/x.txt; touch {home}/on-a; await-file {home}/go-a'}}\n"),
        ),
        (
            "two.yaml",
            "metadata: {overlap: serialize}\nsteps:\n  - {id: b, needs: [], touches: [src/], run: touch b}\n  - {id: c, needs: [], touches: [docs/], run: touch c}\n",
        ),
    ]);
    // It declares nothing, and is alone: nobody has looked at it when the other comes.
    let one = id(&repo.detach(&["one.yaml"]));
    wait_at_work(&sandbox, "a");
    let two = id(&repo.detach(&["two.yaml"]));
    repo.wait_step(&two, "c", "completed");
    let expected = format!("waits for step `a` of run {one}: both edit src/x.txt");
    wait_reason(&repo, &two, "b", &expected);
    let_go(&sandbox, "a");
    assert_eq!(repo.wait_end(&one)["status"], "completed");
    assert_eq!(repo.wait_end(&two)["status"], "completed");
    sandbox.finish();
}
