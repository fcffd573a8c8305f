//! `task context`: documentation of libraries, from a Context7 of our own.

#[path = "context/fake.rs"]
mod fake;

use fake::{Fake, KEY};
use serde_json::{Value, json};
use support::call::Call;
use support::run::{id, text};
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

#[test]
fn what_is_there_is_searched_judged_and_cleaned() {
    let sandbox = sandbox!();
    let repo = sandbox.repo(&[MANIFEST]);
    let fake = Fake::start();
    call(&repo, &fake, &["warm"]).run().expect_code(0);
    let found = repo.json(&["task", "context", "search", "fast-api", "route"]);
    support::schema::assert_document("artifact-context-search", &found);
    assert_eq!(
        (&found["cache_hit"], &found["matches"][0]["library_name"]),
        (&json!(false), &json!("fastapi"))
    );
    let shown = repo
        .call(&["task", "context", "search", "fastapi", "routing", "--show"])
        .run()
        .expect_code(0);
    assert!(
        shown.stdout.contains("1.00  fastapi: routing")
            && shown.stdout.contains("About /owner/fastapi."),
        "{shown}"
    );
    assert!(!repo.read("reports/context/search.json").contains("routing"));
    repo.call(&["--json", "task", "context", "search", "x", "--show"])
        .run()
        .expect_code(2);
    repo.call(&["task", "context", "search", "x", "--threshold", "7"])
        .run()
        .expect_code(2);
    let stale = repo.json(&["task", "context", "staleness", "--max-age", "stable=0"]);
    support::schema::assert_document("artifact-context-staleness", &stale);
    assert_eq!(
        (
            &stale["stale"],
            &stale["findings"][0]["path"],
            &stale["findings"][0]["line"]
        ),
        (&json!(2), &json!("requirements.txt"), &json!(1))
    );
    repo.call(&["task", "context", "staleness", "--max-age", "old=1"])
        .run()
        .expect_code(2);
    let clean = repo.json(&[
        "task",
        "context",
        "clean",
        "--by",
        "size",
        "--max-size",
        "0",
    ]);
    support::schema::assert_document("artifact-context-clean", &clean);
    assert_eq!(clean["files_removed"], 0, "what was used now stays");
    for (verb, file) in [("stats", "statistics"), ("health", "health")] {
        let found = repo.json(&["task", "context", verb]);
        support::schema::assert_document(&format!("artifact-context-{file}"), &found);
        let before = repo.read(&format!("reports/context/{file}.json"));
        repo.json(&["task", "context", verb]);
        assert_eq!(repo.read(&format!("reports/context/{file}.json")), before);
    }
    let refreshed = call(&repo, &fake, &["refresh", "--library", "httpx"])
        .run()
        .expect_code(0)
        .json();
    support::schema::assert_document("artifact-context-refresh", &refreshed);
    assert_eq!(refreshed["refreshed"], 1);
}

#[test]
fn settings_of_tappscodingagents_say_how_much_is_kept_and_for_how_long() {
    let sandbox = sandbox!();
    let settings = "context7:\n  knowledge_base: {max_cache_size: 1, location: elsewhere}\n  refresh: {default_max_age_days: 3, enabled: true}\n";
    let repo = sandbox.repo(&[MANIFEST, (".tapps-agents/config.yaml", settings)]);
    let fake = Fake::start();
    call(&repo, &fake, &["warm"]).run().expect_code(0);
    let ages = |more: &[&str]| {
        let told = repo.json(&[&["task", "context", "staleness"], more].concat());
        told["libraries"][0]["max_age_days"].clone()
    };
    assert_eq!(ages(&[]), 3);
    assert_eq!(ages(&["--max-age", "stable=5"]), 5, "the flag is stronger");
    let clean = [
        "task",
        "context",
        "clean",
        "--by",
        "size",
        "--unused-for",
        "0",
    ];
    let kept = repo.json(&[&clean[..], &["--max-size", "100"]].concat());
    assert_eq!(kept["files_removed"], 0, "{kept:#}");
    let cleaned = repo.json(&clean);
    assert_ne!(cleaned["files_removed"], 0, "{cleaned:#}");
    // What is not followed is told.
    let told = repo.json(&["config", "validate"]);
    let place = &told["diagnostics"][0];
    assert_eq!(
        (&place["code"], &place["line"]),
        (&json!("no-effect"), &json!(2))
    );
    repo.write(
        ".tapps-agents/config.yaml",
        "context7: {knowledge_base: {enabled: false}}\n",
    );
    let off = repo.json(&["task", "context", "stats"]);
    assert_eq!(off["enabled"], false, "{off:#}");
}

#[test]
fn a_step_is_handed_what_is_there() {
    let sandbox = sandbox!();
    let agent = sandbox.script("my-agent", "cat \"$1\" > told.txt\nsed -n 's/^    \\(.*libraries.md\\)$/\\1/p' \"$1\" | xargs cat > given.txt");
    let settings = format!(
        "offshoot:\n  default_agent: mine\n  agents:\n    mine: {{command: [\"{}\", \"{{instructions_file}}\"]}}\n",
        agent.display()
    );
    let workflow = "metadata: {auto_execution: true}\nsteps:\n  - id: write\n    prompt: Write it.\n    context_tier: 1\n    consults: [httpx]\n    creates: [told.txt, given.txt]\n";
    let repo = sandbox.repo(&[
        MANIFEST,
        (".tapps-agents/config.yaml", &settings),
        ("w.yaml", workflow),
    ]);
    let fake = Fake::start();
    call(&repo, &fake, &["warm"]).run().expect_code(0);
    let asked = fake.asked().len();
    let run = id(&repo.detach(&["w.yaml"]));
    let end = repo.wait_end(&run);
    assert_eq!(end["status"], "completed", "{end:#}");
    let branch = text(&end, "result_branch").to_owned();
    let (told, given) = (
        repo.show(&branch, "told.txt"),
        repo.show(&branch, "given.txt"),
    );
    assert!(
        told.contains(
            "Documentation of libraries that this project uses (httpx, fastapi) is in the file"
        ),
        "{told}"
    );
    assert!(
        given.contains("## httpx: overview") && given.contains("About /owner/fastapi."),
        "{given}"
    );
    assert_eq!(fake.asked().len(), asked, "a step asks nobody");
    // Without a knowledge base nothing is said.
    std::fs::remove_dir_all(repo.path.join(CACHE)).expect("a knowledge base");
    let run = id(&repo.detach(&["w.yaml"]));
    let end = repo.wait_end(&run);
    assert_eq!(end["status"], "completed", "{end:#}");
    let told = repo.show(text(&end, "result_branch"), "told.txt");
    assert!(!told.contains("libraries"), "{told}");
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
