//! The built-in tasks, ended at any moment and in every way: what they leave is whole, and the next run is as if
//! nothing had been.

#[path = "../cli/context/fake.rs"]
#[expect(dead_code, reason = "not all of it is needed here")]
mod fake;

use crate::bed::Chance;
use fake::{Fake, KEY};
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use serde_json::Value;
use std::path::Path;
use std::time::{Duration, Instant};
use support::call::Call;
use support::schema::assert_document;
use support::wait::poll;
use support::{LIMIT, Repo, Sandbox, sandbox};

/// Ends of each task.
const ENDS: usize = 9;

/// A task: its arguments, its artifacts, and whether the same input gives the same bytes.
struct Task {
    args: &'static [&'static str],
    leaves: &'static [&'static str],
    same: bool,
}

const TASKS: [Task; 3] = [
    Task {
        args: &["task", "docs"],
        leaves: &["reports/docs/coverage.json"],
        same: true,
    },
    Task {
        args: &["task", "ops"],
        leaves: &[
            "reports/ops/security-report.json",
            "reports/ops/dependency-audit.json",
            "reports/ops/infrastructure-report.json",
            "reports/ops/compliance-report.json",
        ],
        same: true,
    },
    Task {
        args: &["task", "context"],
        leaves: &[
            "reports/context/context-report.json",
            "reports/context/staleness.json",
            "reports/context/refresh.json",
            "reports/context/warm-up.json",
            "reports/context/statistics.json",
            "reports/context/health.json",
        ],
        same: false,
    },
];

fn repo(sandbox: &Sandbox) -> Repo<'_> {
    let code = "def told(a):\n    \"\"\"Says a.\"\"\"\n    return a\n\n\ndef untold(b):\n    return b\n\n\n".repeat(10);
    let page = "# Page\n\n[gone](gone.md)\n\n```sh\nmake all\n```\n".repeat(4);
    let libraries: String = (0..18).map(|number| format!("lib{number}\n")).collect();
    let mut files = vec![("requirements.txt".to_owned(), libraries)];
    for number in 0..600 {
        files.push((format!("src/m{number}.py"), code.clone()));
        files.push((format!("docs/p{number}.md"), page.clone()));
    }
    let files: Vec<(&str, &str)> = files
        .iter()
        .map(|(path, text)| (path.as_str(), text.as_str()))
        .collect();
    sandbox.repo(&files)
}

fn call(repo: &Repo<'_>, fake: &Fake, args: &[&str]) -> Call {
    repo.call(args)
        .env("CONTEXT7_API_URL", fake.url())
        .env("CONTEXT7_API_KEY", KEY)
}

/// An artifact that is there; whole in any case.
#[track_caller]
fn artifact(repo: &Repo<'_>, path: &str) -> Option<Value> {
    let text = std::fs::read_to_string(repo.path.join(path)).ok()?;
    let artifact = serde_json::from_str(&text).unwrap_or_else(|error| panic!("{path}: {error}"));
    assert_document("artifact", &artifact);
    Some(artifact)
}

/// As if nothing had been done yet.
fn forget(sandbox: &Sandbox, repo: &Repo<'_>) {
    let made = ["reports", "docs/api", ".tapps-agents/kb"].map(|folder| repo.path.join(folder));
    for folder in made.into_iter().chain([sandbox.state().join("kept")]) {
        if folder.exists() {
            std::fs::remove_dir_all(folder).expect("a folder less");
        }
    }
    let _ = std::fs::remove_file(repo.path.join("llms.txt"));
}

/// Nothing but what is whole lies there.
#[track_caller]
fn no_pieces(folder: &Path) {
    let pieces = support::tree::files(folder, &|_| true);
    let pieces: Vec<_> = pieces
        .into_iter()
        .filter(|path| path.to_string_lossy().ends_with(".tmp"))
        .collect();
    assert!(pieces.is_empty(), "{pieces:?}");
}

#[test]
fn ended_at_any_moment_a_valid_artifact_is_left_and_the_next_run_is_whole() {
    let sandbox = sandbox!();
    let repo = repo(&sandbox);
    let fake = Fake::start();
    let mut chance = Chance::new();
    for task in TASKS {
        let took = whole_run(&sandbox, &repo, &fake, &task);
        let whole: Vec<Option<Value>> = task
            .leaves
            .iter()
            .map(|path| artifact(&repo, path))
            .collect();
        assert!(whole.iter().all(Option::is_some), "{:?}", task.args);
        let mut ended_early = 0;
        for end in 0..ENDS {
            forget(&sandbox, &repo);
            ended_early += usize::from(one(&repo, &fake, &task, end, &mut chance, took));
        }
        assert!(
            ended_early >= ENDS / 4,
            "{:?}: only {ended_early}",
            task.args
        );
        call(&repo, &fake, task.args).run().expect_code(0);
        for (path, before) in task.leaves.iter().zip(&whole) {
            let after = artifact(&repo, path).expect(path);
            assert_eq!(after["status"], "completed", "{path}: {after:#}");
            if task.same {
                assert_eq!(Some(&after), before.as_ref(), "{path}");
            }
        }
        no_pieces(&repo.path);
    }
    sandbox.finish();
}

/// Does a task to its end; how many milliseconds passed after its first artifact was there.
fn whole_run(sandbox: &Sandbox, repo: &Repo<'_>, fake: &Fake, task: &Task) -> u64 {
    forget(sandbox, repo);
    let spawned = call(repo, fake, task.args).spawn();
    let first = repo.path.join(task.leaves[0]);
    poll(LIMIT, || first.exists().then_some(())).expect("a first artifact");
    let began = Instant::now();
    spawned.wait().expect_code(0);
    u64::try_from(began.elapsed().as_millis())
        .expect("a moment")
        .max(1)
}

/// Ends a task at some moment; whether that was before it was done.
fn one(
    repo: &Repo<'_>,
    fake: &Fake,
    task: &Task,
    end: usize,
    chance: &mut Chance,
    took: u64,
) -> bool {
    let signal = [Signal::SIGTERM, Signal::SIGINT, Signal::SIGKILL][end % 3];
    let mut spawned = call(repo, fake, task.args).spawn();
    let first = repo.path.join(task.leaves[0]);
    poll(LIMIT, || first.exists().then_some(())).expect("a first artifact");
    let _: Option<()> = chance.moment(took, || (!spawned.running()).then_some(()));
    let _ = kill(Pid::from_raw(spawned.pid()), signal);
    let asked = Instant::now();
    let output = spawned.wait();
    assert!(asked.elapsed() < Duration::from_secs(10), "{output}");
    let killed = signal == Signal::SIGKILL;
    let mut early = false;
    for path in task.leaves {
        let Some(artifact) = artifact(repo, path) else {
            assert!(killed, "{path} is not there: {output}");
            continue;
        };
        let status = artifact["status"].as_str().unwrap_or_default();
        let expected: &[&str] = match killed {
            true => &["running", "completed"],
            false => &["cancelled", "completed"],
        };
        assert!(expected.contains(&status), "{path}: {status}: {output}");
        assert_eq!(artifact["error"].is_null(), status == "completed", "{path}");
        early |= status != "completed";
    }
    early
}

#[test]
fn held_to_any_time_a_valid_artifact_is_left() {
    let sandbox = sandbox!();
    let repo = repo(&sandbox);
    let fake = Fake::start();
    for task in TASKS {
        forget(&sandbox, &repo);
        let args: Vec<&str> = task
            .args
            .iter()
            .copied()
            .chain(["--timeout", "0"])
            .collect();
        call(&repo, &fake, &args).run().expect_code(1);
        for path in task.leaves {
            let artifact = artifact(&repo, path).expect(path);
            // What had nothing to do is done in no time.
            let done = artifact["status"] == "completed" && *path != task.leaves[0];
            assert!(
                done || artifact["status"] == "timeout",
                "{path}: {artifact:#}"
            );
            assert_eq!(artifact["error"].is_null(), done, "{path}");
        }
    }
    sandbox.finish();
}
