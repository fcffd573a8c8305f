//! The examples of the user guide, done by an agent that only reads and writes the files of the hand-off.

use serde_json::Value;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use support::run::{id, statuses, step, text};
use support::{LIMIT, Repo, Sandbox, sandbox, wait_until};

const SIMPLE: &str = include_str!("guide/simple.yaml");
const ROBUST: &str = include_str!("guide/robust.yaml");
const CONDITIONAL: &str = include_str!("guide/conditional.yaml");

/// The same example without the line that starts agents: manual execution.
fn manual(example: &str) -> String {
    example.replace("auto_execution: true", "auto_execution: false")
}

/// What an agent finds in a worktree.
struct HandOff {
    worktree: PathBuf,
    command: Value,
}

impl HandOff {
    /// Waits for the next hand-off of a run that is not among those done already.
    #[track_caller]
    fn next(repo: &Repo<'_>, done: &[PathBuf]) -> Self {
        let folder = repo.path.join(".tapps-agents/worktrees");
        let file = wait_until("a command file", LIMIT, || {
            let worktrees = std::fs::read_dir(&folder).ok()?;
            let files = worktrees
                .flatten()
                .map(|entry| entry.path().join(".cursor-skill-command.txt"));
            files
                .into_iter()
                .find(|file| file.is_file() && !done.iter().any(|done| file.starts_with(done)))
        });
        // The command file is the trigger and comes last: all others are there and whole.
        let worktree = file.parent().expect("a worktree").to_owned();
        let command: Value = serde_json::from_str(&read(&file)).expect("the command file is JSON");
        assert_eq!(
            read(&worktree.join(".cursor-skill-command-simple.txt")).trim(),
            text(&command, "command")
        );
        let meta: Value =
            serde_json::from_str(&read(&worktree.join(".cursor-skill-metadata.json")))
                .expect("JSON");
        assert_eq!(meta["command"], command["command"]);
        assert!(
            read(&worktree.join(".cursor-skill-instructions.md"))
                .contains(text(&command, "command"))
        );
        Self { worktree, command }
    }

    /// Leaves a status file, and a file of work if there is any.
    fn answer(&self, status: &str, work: Option<(&str, &str)>) {
        if let Some((path, content)) = work {
            support::tree::put(&self.worktree.join(path), content);
        }
        support::tree::put(&self.worktree.join(".cursor-skill-status.json"), status);
    }
}

fn read(path: &Path) -> String {
    std::fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn start<'a>(sandbox: &'a Sandbox, workflow: &str) -> (Repo<'a>, String) {
    let repo = sandbox.repo(&[
        ("my-workflow.yaml", workflow),
        ("src/main.py", "print('hi')\n"),
    ]);
    let run = repo.json(&[
        "workflow",
        "execute",
        "--workflow",
        "my-workflow.yaml",
        "--detach",
    ]);
    let run = id(&run);
    (repo, run)
}

#[test]
fn the_simple_workflow_is_done_by_hand() {
    let sandbox = sandbox!();
    let (repo, run) = start(&sandbox, &manual(SIMPLE));
    let first = HandOff::next(&repo, &[]);
    assert_eq!(
        text(&first.command, "command"),
        "@analyst gather-requirements --target_file requirements.md"
    );
    assert_eq!(text(&first.command, "step_id"), "gather-requirements");
    assert_eq!(text(&first.command, "workflow_id"), "my-workflow");
    let waiting = repo.wait_step(&run, "gather-requirements", "needs_input");
    assert_eq!(waiting["status"], "needs_input");
    assert_eq!(step(&waiting, "gather-requirements")["backend"], "file");
    let status = sandbox.json(&["background", "status"]);
    assert_eq!(text(&status["hand_off"]["waiting"][0], "run_id"), run);

    first.answer(
        r#"{"status":"completed","artifacts":["requirements.md"]}"#,
        Some(("requirements.md", "# Needs\n")),
    );
    let second = HandOff::next(&repo, std::slice::from_ref(&first.worktree));
    assert!(
        second.worktree.join("requirements.md").is_file(),
        "the result of the first step is not there"
    );
    second.answer(
        r#"{"status":"completed","artifacts":["design.md"]}"#,
        Some(("design.md", "# Design\n")),
    );
    let end = repo.wait_end(&run);
    support::schema::assert_document("run", &end);
    assert_eq!(end["status"], "completed", "{end:#}");
    let branch = text(&end, "result_branch");
    assert_eq!(repo.show(branch, "requirements.md"), "# Needs\n");
    assert_eq!(repo.show(branch, "design.md"), "# Design\n");
    let files = repo.git(&["ls-tree", "-r", "--name-only", branch]);
    assert!(
        !files.contains(".cursor-skill"),
        "hand-off files were committed:\n{files}"
    );
    assert_eq!(
        repo.git(&["status", "--porcelain"]),
        "",
        "the worktrees show in the user's status"
    );
}

#[test]
fn on_error_continue_goes_on_after_a_failed_status() {
    let sandbox = sandbox!();
    let (repo, run) = start(&sandbox, &manual(ROBUST));
    let first = HandOff::next(&repo, &[]);
    first.answer(
        r#"{"status":"failed","error":"the linter is not installed"}"#,
        None,
    );
    let second = HandOff::next(&repo, std::slice::from_ref(&first.worktree));
    second.answer(
        r#"{"status":"completed"}"#,
        Some(("tests/test_main.py", "def test(): pass\n")),
    );
    let end = repo.wait_end(&run);
    assert_eq!(end["status"], "completed", "{end:#}");
    assert_eq!(
        statuses(&end),
        BTreeMap::from([("analyze-code", "failed"), ("generate-tests", "completed")])
    );
    assert_eq!(step(&end, "analyze-code")["class"], "exit");
    assert!(
        text(&step(&end, "analyze-code")["error"], "message")
            .contains("the linter is not installed")
    );
}

#[test]
fn prerequisites_decide_whether_the_next_step_runs() {
    for (answer, expected) in [
        (
            r#"{"status":"completed"}"#,
            [
                ("check-prerequisites", "completed"),
                ("build-application", "completed"),
            ],
        ),
        (
            r#"{"status":"failed","error":"no"}"#,
            [
                ("check-prerequisites", "failed"),
                ("build-application", "skipped"),
            ],
        ),
    ] {
        let sandbox = sandbox!();
        let (repo, run) = start(&sandbox, &manual(CONDITIONAL));
        let first = HandOff::next(&repo, &[]);
        first.answer(answer, Some(("prerequisites.md", "ok\n")));
        if answer.contains("completed") {
            let second = HandOff::next(&repo, std::slice::from_ref(&first.worktree));
            second.answer(answer, Some(("src/app.py", "app\n")));
        }
        assert_eq!(statuses(&repo.wait_end(&run)), BTreeMap::from(expected));
    }
}

#[test]
fn an_automatic_run_starts_the_configured_agent() {
    let sandbox = sandbox!();
    let agent = sandbox.script(
        "my-agent",
        "echo \"$@\" > \"${2}.seen\"; echo \"work of $1\" > \"$2.md\"",
    );
    sandbox.user_settings(&format!(
        "offshoot:\n  default_agent: mine\n  agents:\n    mine:\n      command: [\"{}\", \"{{command}}\", \"{{step_id}}\"]\n",
        agent.display()
    ));
    let repo = sandbox.repo(&[("my-workflow.yaml", SIMPLE)]);
    let run = repo
        .call(&[
            "--json",
            "workflow",
            "execute",
            "--workflow",
            "my-workflow.yaml",
        ])
        .run()
        .expect_code(0)
        .json();
    assert_eq!(run["status"], "completed", "{run:#}");
    let branch = text(&run, "result_branch");
    let made = repo.show(branch, "gather-requirements.md");
    assert_eq!(
        made,
        "work of @analyst gather-requirements --target_file requirements.md\n"
    );
}

#[test]
fn what_is_no_answer_ends_no_step() {
    let sandbox = sandbox!();
    let (repo, run) = start(&sandbox, &manual(SIMPLE));
    let first = HandOff::next(&repo, &[]);
    for nonsense in [
        "",
        "{",
        "[]",
        "null",
        "\"completed\"",
        "{\"status\":\"swimming\"}",
        "{\"status\":\"running\"}",
    ] {
        first.answer(nonsense, None);
        // A look that the engine answers shows that it lives; the step waits on.
        let now = repo.run(&run);
        let status = text(step(&now, "gather-requirements"), "status").to_owned();
        assert!(
            matches!(&*status, "needs_input" | "running"),
            "{nonsense} ended the step: {status}"
        );
    }
    first.answer(
        r#"{"status":"completed"}"#,
        Some(("requirements.md", "x\n")),
    );
    repo.wait_step(&run, "gather-requirements", "completed");
    repo.offshoot(&["workflow", "cancel", &run]);
    repo.wait_end(&run);
}
