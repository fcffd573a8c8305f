//! The knowledge base once it is filled: searched, judged, cleaned, and handed to a step.

use super::fake::Fake;
use super::{CACHE, MANIFEST, call};
use serde_json::json;
use support::run::{id, text};
use support::sandbox;

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
