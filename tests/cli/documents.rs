//! Every document of `--json` keeps to its schema.

use serde_json::{Value, json};
use support::run::{id, step, text};
use support::sandbox;
use support::schema::assert_document;

const WORKFLOW: &str = "name: Two steps\nsteps:\n  - {id: a, title: First, run: echo a > a.txt, creates: [a.txt]}\n  - {id: b, run: exit 3, on_error: continue}\n";

#[test]
fn of_runs() {
    let sandbox = sandbox!();
    let repo = sandbox.repo(&[("workflows/two.yaml", WORKFLOW)]);
    let run = repo.json(&["run", "workflows/two.yaml"]);
    assert_document("run", &run);
    let name = id(&run);
    let (slug, random) = name.rsplit_once('-').expect("slug and random part");
    assert_eq!(slug, "two");
    assert!(
        random.len() == 8
            && random
                .chars()
                .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit()),
        "{name}"
    );
    assert_eq!(text(&run, "workflow_id"), "two");
    assert_eq!(
        text(&run, "repo"),
        repo.path
            .canonicalize()
            .expect("a path")
            .display()
            .to_string()
    );
    for field in ["created_at", "started_at", "ended_at"] {
        let time = text(&run, field);
        assert!(
            time.len() == 24 && time.ends_with('Z') && &time[19..20] == ".",
            "{field}: {time}"
        );
    }
    assert_eq!(text(step(&run, "a"), "title"), "First");
    assert_eq!(
        step(&run, "a")["artifacts"],
        json!([{"path": "a.txt", "kind": "file", "schema_version": null}])
    );
    assert_eq!(step(&run, "b")["error"]["kind"], "failed");

    // The same run by its id, by a prefix, and in the list.
    let prefix = &name[..name.len() - 4];
    assert_eq!(repo.run(&name), run);
    assert_eq!(repo.run(prefix), run);
    let list = repo.json(&["workflow", "list"]);
    assert_document("run-list", &list);
    assert_eq!(list["runs"], json!([run]));
    assert_document("run", &repo.json(&["workflow", "status", &name]));
    assert_document(
        "summary",
        &repo.json(&["workflow", "show", &name, "--markdown"]),
    );

    let files = repo.json(&["workflow", "list", "--files"]);
    assert_document("workflow-files", &files);
    assert_eq!(files["files"][0]["path"], "workflows/two.yaml");
    assert_eq!(files["files"][0]["workflow_id"], "two");
    assert_eq!(files["files"][0]["steps"], 2);
}

#[test]
fn of_a_followed_run_one_to_a_line() {
    let sandbox = sandbox!();
    let repo = sandbox.repo(&[("w.yaml", WORKFLOW)]);
    let run = repo.detach(&["w.yaml"]);
    let output = repo
        .call(&["--json", "workflow", "status", &id(&run), "--follow"])
        .run()
        .expect_code(0);
    let documents: Vec<Value> = output
        .stdout
        .lines()
        .map(|line| serde_json::from_str(line).expect("one document to a line"))
        .collect();
    for document in &documents {
        assert_document("run", document);
    }
    assert_eq!(
        documents.last().expect("something was printed")["status"],
        "completed",
        "{output}"
    );
}

#[test]
fn of_the_daemon() {
    let sandbox = sandbox!();
    assert_document(
        "error",
        &sandbox
            .offshoot(&["--json", "background", "status"])
            .expect_code(3)
            .json(),
    );
    let started = sandbox.json(&["background", "start"]);
    assert_document("status", &started);
    let status = sandbox.json(&["background", "status"]);
    assert_document("status", &status);
    assert_eq!(status["version"], env!("CARGO_PKG_VERSION"));
    assert_eq!(status["mode"], "production", "`--dev` was not asked for");
    assert!(
        text(&status, "socket").starts_with(&sandbox.path("").display().to_string()),
        "{status:#}"
    );
    assert_document("pool", &sandbox.json(&["pool", "status"]));
    let scaled = sandbox.json(&["pool", "scale", "3"]);
    assert_document("pool", &scaled);
    assert_eq!(scaled["size"], 3);
    assert_eq!(sandbox.json(&["pool", "pause"])["paused"], true);
    assert_eq!(sandbox.json(&["pool", "resume"])["paused"], false);
    assert_document("daemon-log", &sandbox.json(&["background", "logs"]));
    assert_document("reloaded", &sandbox.json(&["background", "reload"]));
    let stopping = sandbox.json(&["background", "stop"]);
    assert_document("stopping", &stopping);
    assert_eq!(stopping["pid"], status["pid"]);
    assert_eq!(sandbox.daemon_pid(), None);
}

#[test]
fn of_errors_that_stand_alone() {
    let sandbox = sandbox!();
    let repo = sandbox.repo(&[("w.yaml", WORKFLOW)]);
    let cases: [(&[&str], &str); 6] = [
        (&["run", "missing.yaml"], "not_found"),
        (&["workflow", "show", "nothing-aaaaaaaa"], "not_found"),
        (&["background", "show", "t-nothing"], "not_found"),
        (&["frobnicate"], "invalid_input"),
        (&["run"], "invalid_input"),
        (&["--repo", "/nowhere", "workflow", "list"], "not_found"),
    ];
    for (args, kind) in cases {
        let output = repo.call(&["--json"]).args(args).run().expect_code(2);
        let document = output.json();
        assert_document("error", &document);
        assert_eq!(document["error"]["kind"], kind, "{output}");
    }
}
