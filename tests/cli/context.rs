//! `task context`: documentation of libraries, from a Context7 of our own.

#[path = "context/fake.rs"]
mod fake;
#[path = "context/kept.rs"]
mod kept;

use fake::{Fake, KEY};
use serde_json::{Value, json};
use support::call::Call;
use support::run::text;
use support::{Repo, Sandbox, sandbox};

const CACHE: &str = ".tapps-agents/kb/context7-cache";
const MANIFEST: (&str, &str) = ("requirements.txt", "fastapi>=0.1\nhttpx\n");

/// A call that may ask this server.
fn call(repo: &Repo<'_>, fake: &Fake, args: &[&str]) -> Call {
    let all: Vec<&str> = ["--json", "task", "context"]
        .iter()
        .chain(args)
        .copied()
        .collect();
    repo.call(&all)
        .env("CONTEXT7_API_URL", fake.url())
        .env("CONTEXT7_API_KEY", KEY)
}

fn rows(artifact: &Value) -> Vec<(String, String)> {
    let rows = artifact["libraries_cached"].as_array().expect("rows");
    rows.iter()
        .map(|row| {
            (
                text(row, "library_name").to_owned(),
                text(row, "status").to_owned(),
            )
        })
        .collect()
}

fn statuses(artifact: &Value) -> Vec<(&str, &str)> {
    let rows = artifact["libraries_cached"].as_array().expect("rows");
    rows.iter()
        .map(|row| (text(row, "library_name"), text(row, "status")))
        .collect()
}

#[test]
fn a_warm_up_of_a_worktree_fills_the_main_checkout_once() {
    let sandbox = sandbox!();
    let repo = sandbox.repo(&[MANIFEST]);
    repo.git(&["worktree", "add", "--quiet", "../linked"]);
    let linked = Repo::at(&sandbox, sandbox.path("linked"));
    let fake = Fake::start();
    let found = call(&linked, &fake, &["warm"]).run().expect_code(0).json();
    support::schema::assert_document("artifact-context-warm-up", &found);
    assert_eq!(
        statuses(&found),
        [("fastapi", "cached"), ("httpx", "cached")]
    );
    assert_eq!(
        (&found["enabled"], &found["error"], &found["quota"]["limit"]),
        (&json!(true), &Value::Null, &json!(1000))
    );
    assert!(!sandbox.path("linked/.tapps-agents").exists());
    let entry = repo.read(&format!("{CACHE}/libraries/fastapi/overview.md"));
    assert!(
        entry.contains("About /owner/fastapi.") && entry.contains("```python\nprint(1)\n```"),
        "{entry}"
    );
    assert_eq!(
        repo.git(&["status", "--porcelain"]).trim(),
        "",
        "the knowledge base is no change"
    );
    let asked = fake.asked();
    assert!(
        asked
            .iter()
            .all(|one| one.key == KEY && one.path.starts_with("/api/v2/"))
    );
    let again = call(&repo, &fake, &["warm"]).run().expect_code(0).json();
    assert_eq!(
        (statuses(&again), fake.asked().len()),
        (statuses(&found), asked.len())
    );
    // Neither key nor id nor topic is told outside the folder.
    for file in ["warm-up.json", "warm-up.md"] {
        let told = linked.read(&format!("reports/context/{file}"));
        assert!(
            ![KEY, "/owner/", "overview", "routing"]
                .iter()
                .any(|hidden| told.contains(hidden)),
            "{told}"
        );
    }
}

#[test]
fn without_a_key_it_says_so_and_answers_from_what_is_there() {
    let sandbox = sandbox!();
    let repo = sandbox.repo(&[MANIFEST]);
    let dry = repo.json(&["task", "context", "warm", "--dry-run"]);
    assert_eq!(
        (text(&dry, "status"), &dry["enabled"]),
        ("completed", &json!(false))
    );
    assert_eq!(
        statuses(&dry),
        [("fastapi", "pending"), ("httpx", "pending")]
    );
    assert_eq!(
        (
            &dry["requests_planned"],
            &dry["libraries_cached"][0]["used_by"]
        ),
        (&json!(7), &json!("requirements.txt"))
    );
    let output = repo.call(&["task", "context", "warm"]).run().expect_code(0);
    assert!(
        output
            .stdout
            .contains("not run: there is no API key (CONTEXT7_API_KEY is not set)"),
        "{output}"
    );
    assert!(!repo.path.join(".tapps-agents").exists());
    let whole = repo.json(&["task", "context"]);
    support::schema::assert_document("artifact-context", &whole);
    assert_eq!(
        (text(&whole, "status"), text(&whole, "health")),
        ("completed", "empty")
    );
    // A key in a file is not one.
    repo.write(".tapps-agents/api-keys.encrypted", KEY);
    repo.write(".env", &format!("CONTEXT7_API_KEY={KEY}\n"));
    let found = repo.json(&["task", "context", "warm"]);
    assert_eq!(text(&found, "status"), "not_run");
    let offline = repo
        .call(&["--json", "task", "context", "warm", "--offline"])
        .env("CONTEXT7_API_KEY", KEY)
        .run()
        .expect_code(0)
        .json();
    assert!(text(&offline, "error").contains("--offline"), "{offline:#}");
}

#[test]
fn each_refusal_is_told_and_quotas_last_from_run_to_run() {
    let sandbox = sandbox!();
    let manifest = "status404-a\nstatus403-b\nstatus301-c\nstatus202-d\nstatus500-e\nfine\nstatus429-f\nafter\n";
    let repo = sandbox.repo(&[("requirements.txt", manifest)]);
    let fake = Fake::start();
    let found = call(&repo, &fake, &["warm"]).run().expect_code(1).json();
    let expected = [
        ("status404-a", "not_found"),
        ("status403-b", "failed"),
        ("status301-c", "cached"),
        ("status202-d", "pending"),
        ("status500-e", "failed"),
        ("fine", "cached"),
        ("status429-f", "failed"),
        ("after", "pending"),
    ];
    assert_eq!(statuses(&found), expected);
    assert_eq!(
        text(&found, "error"),
        "Context7 takes no more questions for 7200 s"
    );
    let moved = repo.read(&format!("{CACHE}/libraries/status301-c/overview.md"));
    assert!(moved.contains("**Source**: /owner/moved"), "{moved}");
    let asked = fake.asked().len();
    let again = call(&repo, &fake, &["warm"]).run().expect_code(0).json();
    assert_eq!(
        (text(&again, "status"), fake.asked().len()),
        ("not_run", asked)
    );
    assert!(
        text(&again, "error").contains("takes no more questions until"),
        "{again:#}"
    );
    let wrong = repo.call(&["--json", "task", "context", "refresh", "--library", "x"]);
    std::fs::remove_file(repo.path.join(CACHE).join(".quota.json")).expect("a quota");
    let wrong = wrong
        .env("CONTEXT7_API_URL", fake.url())
        .env("CONTEXT7_API_KEY", "ctx7sk-unknown")
        .run()
        .expect_code(1);
    assert!(
        wrong.stdout.contains("does not know the key") && !wrong.stdout.contains("unknown\""),
        "{wrong}"
    );
    assert!(!wrong.stdout.contains("ctx7sk"), "{wrong}");
    let nobody = repo.call(&["--json", "task", "context", "warm", "--library", "other"]);
    let nobody = nobody
        .env("CONTEXT7_API_URL", "http://127.0.0.1:1/api")
        .env("CONTEXT7_API_KEY", KEY)
        .run()
        .expect_code(0);
    assert_eq!(text(&nobody.json(), "error"), "Context7 cannot be reached");
    let plain = repo.call(&["--json", "task", "context", "warm", "--library", "other"]);
    let plain = plain
        .env("CONTEXT7_API_URL", "http://example.org")
        .env("CONTEXT7_API_KEY", KEY)
        .run()
        .expect_code(0);
    assert_eq!(text(&plain.json(), "status"), "not_run");
}

#[test]
fn two_processes_at_once_lose_nothing() {
    let sandbox = sandbox!();
    let repo = sandbox.repo(&[MANIFEST]);
    let fake = Fake::start();
    let names = |of: &str| {
        (0..6)
            .flat_map(|n| ["--library".to_owned(), format!("{of}{n}")])
            .collect::<Vec<_>>()
    };
    let started: Vec<_> = ["a", "b", "c"]
        .map(|of| {
            let folder = sandbox.path(&format!("w{of}"));
            repo.git(&[
                "worktree",
                "add",
                "--quiet",
                "--detach",
                &folder.display().to_string(),
            ]);
            let args = names(of);
            let all: Vec<&str> = ["warm"]
                .into_iter()
                .chain(args.iter().map(String::as_str))
                .collect();
            let call = call(&Repo::at(&sandbox, folder), &fake, &all);
            call.spawn()
        })
        .into_iter()
        .collect();
    for one in started {
        one.wait().expect_code(0);
    }
    let found = repo.json(&["task", "context", "stats"]);
    assert_eq!(
        (&found["total_entries"], &found["total_libraries"]),
        (&json!(18), &json!(18))
    );
    assert_eq!(found["api_calls"], fake.asked().len());
    let index = repo.read(&format!("{CACHE}/index.yaml"));
    assert!(index.contains("total_entries: 18\n"), "{index}");
}

#[test]
fn a_cancel_in_the_middle_leaves_what_was_done() {
    let sandbox = sandbox!();
    let repo = sandbox.repo(&[("requirements.txt", "first\nhangs\nlast\n")]);
    let fake = Fake::start();
    let spawned = call(&repo, &fake, &["warm", "--timeout", "3"]).spawn();
    // The first library takes two questions; at the third it waits.
    fake.wait_asked(3);
    let running: Value =
        serde_json::from_str(&repo.read("reports/context/warm-up.json")).expect("JSON");
    assert_eq!(
        (text(&running, "status"), rows(&running)[0].1.as_str()),
        ("running", "cached")
    );
    let output = spawned.wait();
    let found: Value =
        serde_json::from_str(&repo.read("reports/context/warm-up.json")).expect("JSON");
    assert_eq!(text(&found, "status"), "timeout", "{output}");
    assert_eq!(rows(&found)[0].1, "cached");
    let sound = repo.json(&["task", "context", "health"]);
    assert_eq!(text(&sound, "health"), "healthy", "{sound:#}");
}

/// The real one, where there is a key; `tests/run` says when it was left out.
#[test]
fn the_real_context7_has_documentation() {
    let Some(key) = std::env::var_os("CONTEXT7_API_KEY").filter(|key| !key.is_empty()) else {
        return;
    };
    let sandbox: Sandbox = sandbox!();
    let repo = sandbox.repo(&[("requirements.txt", "fastapi\n")]);
    let call = repo.call(&["--json", "task", "context", "warm", "--topic", "overview"]);
    let found = call
        .env("CONTEXT7_API_KEY", key)
        .limit(std::time::Duration::from_secs(120))
        .run()
        .expect_code(0)
        .json();
    assert_eq!(statuses(&found), [("fastapi", "cached")], "{found:#}");
    let entry = repo.read(&format!("{CACHE}/libraries/fastapi/overview.md"));
    assert!(
        entry.to_lowercase().contains("fastapi") && entry.len() > 1000,
        "{entry}"
    );
}
