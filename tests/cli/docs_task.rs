//! `task docs`: coverage, pages, the reference, `llms.txt`.

use serde_json::Value;
use std::io::Write;
use support::run::{id, step, text};
use support::{LIMIT, Repo, Sandbox, sandbox, wait_until};

fn repo(sandbox: &Sandbox) -> Repo<'_> {
    sandbox.repo(&[
        (
            "README.md",
            "# Counter\n\nCounts é things.\n\n[the guide](docs/guide.md#first) [gone](docs/gone.md)\n\n```sh\nmake count\nmake gone\n```\n",
        ),
        ("docs/guide.md", "# Guide\n\n## First\n\n```json\n{\"a\": }\n```\n"),
        ("Makefile", "count:\n\techo 1\n"),
        ("src/lib.rs", "//! Counts.\n\n/// Counts up.\npub fn up() {}\n\npub fn down() {}\n"),
        (
            "app/count.py",
            "\"\"\"Counts, too.\"\"\"\n\ndef count(things):\n    \"\"\"Counts.\n\n    :param thing: what\n    \"\"\"\n",
        ),
        ("w.yaml", "steps:\n  - id: docs\n    run: offshoot task docs\n    creates: [reports/docs/coverage.json]\n"),
    ])
}

fn codes(artifact: &Value) -> Vec<String> {
    let findings = artifact["findings"].as_array().expect("findings").iter();
    findings
        .map(|one| {
            format!(
                "{}:{}:{} {}",
                text(one, "path"),
                one["line"],
                one["column"],
                text(one, "code")
            )
        })
        .collect()
}

const FOUND: [&str; 6] = [
    "README.md:5:41 broken-link",
    "README.md:9:6 unknown-command",
    "app/count.py:3:5 missing-parameter",
    "app/count.py:6:12 unknown-parameter",
    "docs/guide.md:6:1 unparsable-code",
    "src/lib.rs:6:8 undocumented",
];

#[test]
fn documentation_is_looked_through_and_a_reference_made() {
    let sandbox = sandbox!();
    let repo = repo(&sandbox);
    let output = repo.call(&["--json", "task", "docs"]).run().expect_code(0);
    let artifact = output.json();
    support::schema::assert_document("artifact-documentation", &artifact);
    assert_eq!(artifact["status"], "completed", "{artifact:#}");
    assert_eq!(codes(&artifact), FOUND);
    assert_eq!(
        artifact["totals"],
        serde_json::json!({"public": 4, "documented": 3, "percent": 75.0})
    );
    let report = repo.read("reports/docs/coverage.json");
    assert_eq!(
        serde_json::from_str::<Value>(&report).expect("JSON"),
        artifact
    );
    assert!(
        repo.read("reports/docs/coverage.md")
            .contains("3 of 4 public items")
    );
    assert!(repo.read("docs/api/src/lib.rs.md").contains("pub fn up()"));
    assert!(
        repo.read("llms.txt")
            .starts_with("# Counter\n\n> Counts é things.\n")
    );
    // The same input gives the same bytes, and what was made is no input.
    let index = repo.read("docs/api/README.md");
    let human = repo.call(&["task", "docs"]).run().expect_code(0);
    assert_eq!(
        (
            repo.read("reports/docs/coverage.json"),
            repo.read("docs/api/README.md")
        ),
        (report, index)
    );
    assert!(human.stdout.contains("README.md:5"), "{human}");
    assert!(
        human
            .stdout
            .contains("6 findings, 3 of 4 public items documented, in reports/docs/coverage.json"),
        "{human}"
    );
}

#[test]
fn a_part_is_reported_on_and_only_reports_are_written() {
    let sandbox = sandbox!();
    let repo = repo(&sandbox);
    let output = repo
        .call(&["--json", "task", "docs", "src/lib.rs", "--check"])
        .run()
        .expect_code(0);
    assert_eq!(codes(&output.json()), &FOUND[5..]);
    assert!(!repo.path.join("llms.txt").exists() && !repo.path.join("docs/api").exists());
    repo.call(&["task", "docs", "--check", "--strict"])
        .run()
        .expect_code(1);
    repo.call(&["task", "docs", "src", "--check", "--strict"])
        .run()
        .expect_code(0);
    let missing = repo.call(&["task", "docs", "nowhere"]).run().expect_code(2);
    assert!(missing.stderr.contains("nowhere"), "{missing}");
    repo.call(&["task", "docs", "--timeout", "0"])
        .run()
        .expect_code(1);
    let report: Value =
        serde_json::from_str(&repo.read("reports/docs/coverage.json")).expect("JSON");
    assert_eq!(report["status"], "timeout");
}

#[test]
fn what_is_kept_for_the_next_time_lies_with_the_user_and_may_be_lost() {
    let sandbox = sandbox!();
    let repo = repo(&sandbox);
    let run = || {
        repo.call(&["task", "docs"]).run().expect_code(0);
        repo.read("reports/docs/coverage.json")
    };
    let first = run();
    let kept = sandbox.state().join("kept/docs");
    let files: Vec<_> = std::fs::read_dir(&kept).expect("the folder").collect();
    assert_eq!(files.len(), 1);
    let file = files[0].as_ref().expect("a file").path();
    for broken in ["", "{", "{\"version\":\"0\",\"records\":[]}"] {
        let mut file = std::fs::File::create(&file).expect("the file");
        file.write_all(broken.as_bytes()).expect("the file");
        assert_eq!(run(), first);
    }
    let changed = repo.git(&["status", "--porcelain", "--untracked-files=all"]);
    let foreign = |line: &&str| {
        !["docs/api/", "reports/docs/", "llms.txt"]
            .iter()
            .any(|own| line.contains(own))
    };
    assert_eq!(changed.lines().find(foreign), None, "{changed}");
}

#[test]
fn as_a_step_its_findings_are_those_of_the_run() {
    let sandbox = sandbox!();
    let repo = repo(&sandbox);
    let program = sandbox.program().display().to_string();
    sandbox.script("offshoot", &format!("exec {program} \"$@\""));
    let run = id(&repo.detach(&["w.yaml"]));
    let end = repo.wait_end(&run);
    assert_eq!(end["status"], "completed", "{end:#}");
    let findings = step(&end, "docs")["finding_list"]
        .as_array()
        .expect("findings")
        .clone();
    let found = findings
        .iter()
        .find(|one| one["path"] == "src/lib.rs")
        .expect("the finding");
    assert_eq!(
        (&found["line"], &found["source"]),
        (&6.into(), &"documentation".into())
    );
    wait_until("the daemon to end", LIMIT, || {
        (sandbox.offshoot(&["background", "stop"]).code == 0).then_some(())
    });
}
