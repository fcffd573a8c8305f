//! Built-in tasks as steps and submitted: alone, and with an agent that goes on from them.

use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use support::run::{id, step, text};
use support::schema::assert_document;
use support::session::Session;
use support::{LIMIT, Repo, Sandbox, sandbox, wait_until};

const REPORT: &str = "reports/ops/security-report.json";
const ADDED: &str = "reports/ops/security-report.agent.json";
const SCAN: &str = "steps:\n  - {id: scan, agent: ops, action: security_scan}\n";

/// Made here, so that no file of this repository holds anything that looks like a secret.
fn source() -> String {
    let letters = b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
    let mut state = 4_711u64;
    let random = (0..36).map(|_| {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        char::from(letters[(state >> 33) as usize % letters.len()])
    });
    let token: String = random.collect();
    format!("import os\nkey = \"ghp_{token}\"\n")
}

fn repo<'a>(sandbox: &'a Sandbox, workflow: &str) -> Repo<'a> {
    sandbox.repo(&[("src/a.py", &source()), ("w.yaml", workflow)])
}

/// An agent that is this script; its worktree is where it starts.
fn agent(sandbox: &Sandbox, script: &str) {
    sandbox.script("mine", script);
    sandbox.user_settings(
        "offshoot:\n  default_agent: mine\n  agents:\n    mine: {command: [mine, \"{instructions_file}\"]}\n",
    );
}

/// The findings of a step as `path:line code`, without those that depend on where it runs.
fn told(step: &Value) -> Vec<String> {
    let all = step["finding_list"].as_array().expect("findings").iter();
    all.map(|found| {
        let place = match (found["path"].as_str(), found["line"].as_u64()) {
            (Some(path), Some(line)) => format!("{path}:{line}"),
            (Some(path), None) => path.to_owned(),
            _ => "-".to_owned(),
        };
        format!("{place} {}", text(found, "code"))
    })
    .collect()
}

fn parse(document: &str) -> Value {
    let document = serde_json::from_str(document).expect("JSON");
    assert_document("artifact", &document);
    document
}

fn worktree(step: &Value) -> PathBuf {
    PathBuf::from(text(step, "worktree"))
}

fn artifact_in(folder: &Path) -> Value {
    parse(&std::fs::read_to_string(folder.join(REPORT)).expect("an artifact"))
}

#[test]
fn alone_where_no_agent_is_configured() {
    let sandbox = sandbox!();
    let repo = repo(&sandbox, SCAN);
    let before = repo.fingerprint();
    let run = repo.json(&["run", "w.yaml"]);
    assert_eq!(run["status"], "completed", "{run:#}");
    let scan = step(&run, "scan");
    assert_eq!(scan["backend"], "built-in");
    assert_eq!(scan["artifacts"][0]["path"], REPORT);
    assert_eq!(scan["artifacts"][0]["kind"], "security-scan");
    assert_eq!(told(scan), ["src/a.py:2 github-token"]);
    let found = parse(&repo.show(text(&run, "result_branch"), REPORT));
    assert_eq!(
        (&found["status"], &found["agent"]),
        (&json!("completed"), &Value::Null)
    );
    assert_eq!(repo.fingerprint(), before);
    // Named, it is the same, and `--auto` changes nothing.
    let again = repo.json(&["run", "--auto", "--backend", "built-in", "w.yaml"]);
    assert_eq!(step(&again, "scan")["backend"], "built-in");
    sandbox.finish();
}

#[test]
fn documentation_is_a_step_too() {
    let sandbox = sandbox!();
    let workflow = "steps:\n  - {id: docs, agent: documenter, action: generate_docs}\n  \
                    - {id: use, run: 'grep -c public reports/docs/coverage.json', requires: [reports/docs/coverage.json]}\n";
    let code =
        "def told(a):\n    \"\"\"Says a.\"\"\"\n    return a\n\n\ndef untold(b):\n    return b\n";
    let repo = sandbox.repo(&[("src/a.py", code), ("w.yaml", workflow)]);
    let before = repo.fingerprint();
    let run = repo.json(&["run", "w.yaml"]);
    assert_eq!(run["status"], "completed", "{run:#}");
    let docs = step(&run, "docs");
    assert_eq!(
        (&docs["backend"], &step(&run, "use")["needs"]),
        (&json!("built-in"), &json!(["docs"]))
    );
    assert!(
        told(docs).iter().any(|one| one.starts_with("src/a.py:6 ")),
        "{docs:#}"
    );
    let branch = text(&run, "result_branch");
    let found = parse(&repo.show(branch, "reports/docs/coverage.json"));
    assert_eq!(found["kind"], "documentation");
    assert!(repo.has(branch, "llms.txt"));
    assert_eq!(repo.fingerprint(), before);
    sandbox.finish();
}

#[test]
fn an_agent_adds_to_what_was_found() {
    let sandbox = sandbox!();
    let repo = repo(&sandbox, SCAN);
    agent(
        &sandbox,
        &format!(
            "grep -q '{ADDED}' \"$1\" || exit 3\ngrep -q github-token {REPORT} || exit 4\n\
             echo '{{\"findings\": [{{\"path\": \"src/a.py\", \"line\": 1, \"severity\": \"low\", \"code\": \"unused\", \"message\": \"why import os\"}}], \
             \"verdict\": \"one is real\"}}' > {ADDED}\necho mended >> src/a.py"
        ),
    );
    let run = repo.json(&["run", "--auto", "w.yaml"]);
    let scan = step(&run, "scan");
    assert_eq!(
        (&run["status"], &scan["backend"]),
        (&json!("completed"), &json!("command")),
        "{run:#}"
    );
    assert_eq!(told(scan), ["src/a.py:1 unused", "src/a.py:2 github-token"]);
    let branch = text(&run, "result_branch");
    let found = parse(&repo.show(branch, REPORT));
    assert_eq!(found["agent"]["name"], "mine");
    assert_eq!(found["agent"]["verdict"], "one is real");
    assert_eq!(found["findings"][0]["source"], "mine");
    assert!(!repo.has(branch, ADDED));
    assert!(repo.show(branch, "src/a.py").ends_with("mended\n"));
    let page = repo.show(branch, "reports/ops/security-report.md");
    assert!(page.contains("## Added by the agent `mine`"), "{page}");
    sandbox.finish();
}

#[test]
fn each_artifact_of_a_whole_takes_what_the_agent_adds_to_it() {
    let sandbox = sandbox!();
    let repo = repo(&sandbox, "steps:\n  - {id: all, agent: ops, action: all}\n");
    let infra = "reports/ops/infrastructure-report.agent.json";
    let audit = "reports/ops/dependency-audit.agent.json";
    let finding = |code: &str| {
        format!(
            "{{\"findings\": [{{\"path\": \"src/a.py\", \"line\": 1, \"code\": \"{code}\", \"message\": \"m\"}}]}}"
        )
    };
    agent(
        &sandbox,
        &format!(
            "for one in {ADDED} {infra} {audit}; do grep -q \"$one\" \"$1\" || exit 3; done\n\
             echo '{}' > {ADDED}\necho '{}' > {infra}\necho nonsense > {audit}",
            finding("of-scan"),
            finding("of-infra")
        ),
    );
    let run = repo.json(&["run", "--auto", "w.yaml"]);
    assert_eq!(run["status"], "completed", "{run:#}");
    let all = told(step(&run, "all"));
    let refused = format!("{audit} agent-result-refused");
    for expected in ["src/a.py:1 of-scan", "src/a.py:1 of-infra", &refused] {
        assert!(all.iter().any(|one| one == expected), "{expected}: {all:?}");
    }
    assert!(
        !all.iter().any(|one| one.contains("no-agent-result")),
        "{all:?}"
    );
    let branch = text(&run, "result_branch");
    let added = |path: &str| parse(&repo.show(branch, path))["agent"]["name"].clone();
    assert_eq!(added(REPORT), "mine");
    assert_eq!(added("reports/ops/infrastructure-report.json"), "mine");
    assert_eq!(added("reports/ops/compliance-report.json"), Value::Null);
    sandbox.finish();
}

#[test]
fn what_an_agent_spoils_stays_as_it_was_and_is_said() {
    let sandbox = sandbox!();
    let repo = repo(&sandbox, SCAN);
    for (script, expected) in [
        (
            format!("echo nonsense > {ADDED}"),
            format!("{ADDED} agent-result-refused"),
        ),
        (
            format!("echo nonsense > {REPORT}"),
            format!("{ADDED} agent-result-refused"),
        ),
        ("true".to_owned(), "- no-agent-result".to_owned()),
    ] {
        agent(&sandbox, &script);
        let run = repo.json(&["run", "--auto", "w.yaml"]);
        assert_eq!(run["status"], "completed", "{script}: {run:#}");
        assert_eq!(
            told(step(&run, "scan")),
            ["src/a.py:2 github-token", &expected],
            "{script}"
        );
        let found = parse(&repo.show(text(&run, "result_branch"), REPORT));
        assert_eq!(
            found["findings"].as_array().map(Vec::len),
            Some(1),
            "{script}"
        );
    }
    sandbox.finish();
}

#[test]
fn what_was_found_is_there_when_the_agent_fails() {
    let sandbox = sandbox!();
    let repo = repo(&sandbox, SCAN);
    agent(&sandbox, "exit 7");
    let run = repo
        .call(&["--json", "run", "--auto", "w.yaml"])
        .run()
        .expect_code(1)
        .json();
    let scan = step(&run, "scan");
    assert_eq!(
        (&scan["status"], &scan["class"]),
        (&json!("failed"), &json!("exit")),
        "{run:#}"
    );
    assert!(
        told(scan).contains(&"src/a.py:2 github-token".to_owned()),
        "{scan:#}"
    );
    let found = artifact_in(&worktree(scan));
    assert_eq!(found["status"], "completed");
    sandbox.finish();
}

#[test]
fn a_hand_off_goes_on_from_it_where_it_is_named() {
    let sandbox = sandbox!();
    let workflow = "steps:\n  - {id: scan, agent: ops, action: security-scan, backend: file}\n";
    let repo = repo(&sandbox, workflow);
    let run = id(&repo.detach(&["--auto", "w.yaml"]));
    let running = repo.wait_step(&run, "scan", "running");
    let folder = worktree(step(&running, "scan"));
    assert_eq!(artifact_in(&folder)["status"], "completed");
    let instructions = folder.join(".cursor-skill-instructions.md");
    let told_to = std::fs::read_to_string(&instructions).expect("instructions");
    assert!(told_to.contains(ADDED), "{told_to}");
    support::tree::put(
        &folder.join(ADDED),
        r#"{"findings": [{"message": "seen by a person", "path": "src/a.py", "line": 1}]}"#,
    );
    support::tree::put(
        &folder.join(".cursor-skill-status.json"),
        r#"{"status": "completed"}"#,
    );
    let end = repo.wait_end(&run);
    assert_eq!(end["status"], "completed", "{end:#}");
    assert_eq!(
        told(step(&end, "scan")),
        ["src/a.py:1 ", "src/a.py:2 github-token"]
    );
    sandbox.finish();
}

/// So much to read that it can be stopped in the middle.
fn long(sandbox: &Sandbox, workflow: &str) -> String {
    let repo = repo(sandbox, workflow);
    let line = "let value = compute(\"some words\", 12345); // nothing to see here\n";
    let many: Vec<(String, String)> = (0..3_000)
        .map(|number| (format!("many/{number}.rs"), line.repeat(300)))
        .collect();
    let many: Vec<_> = many
        .iter()
        .map(|(path, text)| (path.as_str(), text.as_str()))
        .collect();
    repo.commit("much", &many);
    id(&repo.detach(&["w.yaml"]))
}

#[test]
fn cancelled_in_the_middle_it_leaves_what_it_did() {
    let sandbox = sandbox!();
    let run = long(&sandbox, SCAN);
    let repo = Repo::at(&sandbox, sandbox.path("repo"));
    let running = repo.wait_step(&run, "scan", "running");
    let folder = worktree(step(&running, "scan"));
    wait_until("the artifact", LIMIT, || {
        folder.join(REPORT).exists().then_some(())
    });
    repo.call(&["workflow", "cancel", &run]).run();
    let end = repo.wait_end(&run);
    assert_eq!(step(&end, "scan")["status"], "cancelled", "{end:#}");
    let found = artifact_in(&folder);
    assert_eq!(found["status"], "cancelled", "{found:#}");
    assert!(found["files_scanned"].as_u64() < Some(3_000), "{found:#}");
    sandbox.finish();
}

#[test]
fn it_is_held_to_its_time() {
    let sandbox = sandbox!();
    let run = long(
        &sandbox,
        "steps:\n  - {id: scan, agent: ops, action: security-scan, timeout: 1}\n",
    );
    let repo = Repo::at(&sandbox, sandbox.path("repo"));
    let end = repo.wait_end(&run);
    let scan = step(&end, "scan");
    assert_eq!(
        (&scan["status"], &scan["class"]),
        (&json!("failed"), &json!("timeout")),
        "{end:#}"
    );
    assert!(
        told(scan).contains(&format!("{REPORT} artifact-timeout")),
        "{scan:#}"
    );
    assert_eq!(artifact_in(&worktree(scan))["status"], "timeout");
    sandbox.finish();
}

#[test]
fn switched_off_it_says_so_and_is_no_silent_success() {
    let sandbox = sandbox!();
    let repo = repo(&sandbox, SCAN);
    let config = ".tapps-agents/config.yaml";
    for (key, direct) in [("enabled", "not_run"), ("background", "completed")] {
        let settings = format!("offshoot:\n  tasks:\n    ops: {{{key}: false}}\n");
        repo.write(config, &settings);
        let run = repo.json(&["run", "w.yaml"]);
        assert_eq!(run["status"], "completed", "{run:#}");
        assert_eq!(
            told(step(&run, "scan")),
            [format!("{REPORT} artifact-not-run")]
        );
        let found = parse(&repo.show(text(&run, "result_branch"), REPORT));
        assert_eq!(
            (&found["status"], &found["enabled"]),
            (&json!("not_run"), &json!(false))
        );
        let why = text(&found, "error").to_owned();
        assert!(why.contains(&format!("offshoot.tasks.ops.{key}")), "{why}");
        let said = repo
            .call(&["--json", "task", "ops", "scan"])
            .run()
            .expect_code(0)
            .json();
        assert_eq!(said["status"], direct, "{said:#}");
        assert_eq!(artifact_in(&repo.path)["status"], direct);
    }
    sandbox.finish();
}

#[test]
fn submitted_with_and_without_a_worktree() {
    let sandbox = sandbox!();
    let repo = repo(&sandbox, SCAN);
    let submit = [
        "--json",
        "background",
        "submit",
        "--agent",
        "ops",
        "--task",
        "security-scan",
        "--wait",
    ];
    let done = repo.call(&submit).run().expect_code(0).json();
    assert_eq!(done["status"], "completed", "{done:#}");
    let artifacts = done["artifacts"].to_string();
    assert!(artifacts.contains(REPORT), "{done:#}");
    assert!(!repo.path.join("reports").exists());

    let here = repo
        .call(&submit)
        .args(&["--no-worktree"])
        .run()
        .expect_code(0)
        .json();
    assert_eq!(here["status"], "completed", "{here:#}");
    let found = artifact_in(&repo.path);
    assert_eq!(found["findings"].as_array().map(Vec::len), Some(1));
    sandbox.finish();
}

#[test]
fn a_parameter_without_use_is_told_and_never_an_argument() {
    let sandbox = sandbox!();
    let workflow = "steps:\n  - {id: scan, agent: ops, action: security-scan, params: {history: \"--help\", type: code}}\n";
    let repo = repo(&sandbox, workflow);
    let run = repo
        .call(&["--json", "run", "w.yaml"])
        .run()
        .expect_code(1)
        .json();
    let scan = step(&run, "scan");
    assert!(
        told(scan).contains(&"- unused-parameter".to_owned()),
        "{scan:#}"
    );
    let error = text(&scan["error"], "message");
    assert!(
        error.contains("--help") && error.contains(REPORT),
        "{error}"
    );
    sandbox.finish();
}

#[test]
fn submitted_with_parameters() {
    let sandbox = sandbox!();
    let repo = repo(&sandbox, SCAN);
    let submit = |more: &[&str]| {
        let words = ["--json", "background", "submit", "--wait", "--agent", "ops"];
        let done = repo.call(&words).args(more).run();
        (done.code, done.json())
    };
    let found = |done: &Value| {
        let task = repo.json(&["background", "show", text(done, "task_id")]);
        let run = repo.run(text(&task, "run_id"));
        parse(&repo.show(text(&run, "result_branch"), REPORT))
    };
    let scan = ["--task", "security-scan"];
    let (code, done) = submit(&[&scan[..], &["--param", "allow=src/**"]].concat());
    assert_eq!(
        (code, &done["status"]),
        (0, &json!("completed")),
        "{done:#}"
    );
    assert_eq!(found(&done)["findings"], json!([]));
    let all = [
        "--param",
        "allow=none/*",
        "--param",
        "allow=no/*",
        "--param",
        "history=HEAD",
    ];
    let (code, done) = submit(&[&scan[..], &all].concat());
    assert_eq!(code, 0, "{done:#}");
    let artifact = found(&done);
    assert_eq!(artifact["commits_scanned"], 1, "{artifact:#}");
    let (code, done) = submit(&[&scan[..], &["--param", "strict"]].concat());
    assert_eq!((code, &done["status"]), (1, &json!("failed")), "{done:#}");
    sandbox.finish();
}

#[test]
fn a_value_that_cannot_be_used_is_said_in_an_artifact() {
    let sandbox = sandbox!();
    let repo = repo(&sandbox, SCAN);
    for (step_has, path, words) in [
        (
            "agent: ops, action: compliance, params: {framework: dance}",
            "reports/ops/compliance-report.json",
            ["dance", "--framework", "general", "soc2"],
        ),
        (
            "agent: documenter, action: document, params: {target: nowhere}",
            "reports/docs/coverage.json",
            ["nowhere", "cannot be used", "No such file", ""],
        ),
        (
            "agent: context, action: warm-up, params: {limit: many}",
            "reports/context/warm-up.json",
            ["many", "--limit", "invalid digit", ""],
        ),
        (
            "agent: context, action: all, params: {limit: many}",
            "reports/context/health.json",
            ["many", "--limit", "invalid digit", ""],
        ),
    ] {
        let workflow = format!("steps:\n  - {{id: one, {step_has}}}\n");
        repo.write("one.yaml", &workflow);
        // What lies there from another time is not taken for what this run found.
        repo.commit(
            "reports",
            &[(
                path,
                "{\"schema_version\": \"1.0\", \"status\": \"completed\", \"findings\": []}",
            )],
        );
        let call = repo.call(&["--json", "run", "one.yaml"]).run();
        let run = call.expect_code(1).json();
        let one = step(&run, "one");
        assert_eq!(one["class"], "exit", "{run:#}");
        let artifact = std::fs::read_to_string(worktree(one).join(path)).expect("an artifact");
        let artifact = parse(&artifact);
        assert_eq!(artifact["status"], "failed", "{artifact:#}");
        let why = text(&artifact, "error");
        let said = text(&one["error"], "message");
        for word in words {
            assert!(
                why.contains(word) && said.contains(word),
                "{word}: {why}\n{said}"
            );
        }
        let place = format!("{path} artifact-failed");
        assert!(told(one).contains(&place), "{one:#}");
    }
    sandbox.finish();
}

/// Groups with a task of each: agent, action, arguments, artifact.
const GROUPS: [[&str; 4]; 3] = [
    [
        "documenter",
        "document",
        "docs",
        "reports/docs/coverage.json",
    ],
    ["ops", "security-scan", "ops scan", REPORT],
    [
        "context",
        "health",
        "context health",
        "reports/context/health.json",
    ],
];

#[test]
fn switched_off_each_way_of_starting_it_says_so() {
    let sandbox = sandbox!();
    let repo = sandbox.repo(&[("src/a.py", "a = 1\n")]);
    repo.offshoot(&["trust"]).expect_code(0);
    let mut editor = Session::start(&sandbox, &repo.path);
    let folder = format!("file://{}", repo.path.display());
    let folders = json!([{"uri": folder, "name": "repo"}]);
    editor.call(
        "initialize",
        json!({"capabilities": {}, "workspaceFolders": folders}),
    );
    editor.notify("initialized", json!({}));
    for [agent, action, words, path] in GROUPS {
        let (group, _) = words.split_once(' ').unwrap_or((words, ""));
        let operation = words.strip_prefix(group).unwrap_or_default().trim();
        let step_of = format!("steps:\n  - {{id: one, agent: {agent}, action: {action}}}\n");
        repo.write("one.yaml", &step_of);
        for (key, direct) in [("enabled", "not_run"), ("background", "completed")] {
            let settings = format!("offshoot:\n  tasks:\n    {group}: {{{key}: false}}\n");
            repo.write(".tapps-agents/config.yaml", &settings);
            let off = |run: &Value| {
                assert_eq!(run["status"], "completed", "{run:#}");
                let found = parse(&repo.show(text(run, "result_branch"), path));
                assert_eq!(found["status"], "not_run", "{found:#}");
                assert_eq!(found["enabled"], false, "{found:#}");
                let why = text(&found, "error");
                assert!(why.contains(&format!("tasks.{group}.{key}")), "{why}");
            };
            // A step.
            off(&repo.json(&["run", "one.yaml"]));
            // Submitted.
            let submit = [
                "--json",
                "background",
                "submit",
                "--agent",
                agent,
                "--task",
                action,
                "--wait",
            ];
            let done = repo.call(&submit).run().expect_code(0).json();
            let task = repo.json(&["background", "show", text(&done, "task_id")]);
            off(&repo.run(text(&task, "run_id")));
            // From the palette.
            let mut argument = json!({"task": group, "target": folder});
            if !operation.is_empty() {
                argument["operation"] = json!(operation);
            }
            let palette = json!({"command": "offshoot.runTask", "arguments": [argument]});
            let answer = editor.call("workspace/executeCommand", palette);
            let run = text(&answer["result"], "run_id");
            off(&repo.wait_end(run));
            // Directly.
            let mut args = vec!["--json", "task"];
            args.extend(words.split(' '));
            let said = repo.call(&args).run().expect_code(0).json();
            assert_eq!(said["status"], direct, "{said:#}");
            std::fs::remove_dir_all(repo.path.join("reports")).expect("reports");
        }
    }
    editor.close();
    sandbox.finish();
}
