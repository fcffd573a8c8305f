//! Agents that do not behave: deaf, detached, loud, silent, gone without a word.

use crate::bed::{running, wait_for};
use serde_json::Value;
use std::fs;
use support::run::{id, step, text};
use support::{LIMIT, Repo, Sandbox, sandbox, wait_until};

fn log_of(repo: &Repo<'_>, run: &str, step: &str) -> String {
    repo.offshoot(&["background", "logs", run, step])
        .expect_code(0)
        .stdout
}

#[track_caller]
fn no_agents(sandbox: &Sandbox) {
    wait_until("all agents to be gone", LIMIT, || {
        let others = sandbox
            .processes()
            .into_iter()
            .filter(|found| !found.command.contains("under-test daemon"));
        (others.count() == 0).then_some(())
    });
}

#[test]
fn an_agent_that_ignores_term_is_killed_after_its_grace() {
    let sandbox = sandbox!();
    sandbox.script(
        "deaf",
        "trap '' TERM INT HUP\nmkdir \"$HOME/on\"\nwhile :; do sleep 0.05; done",
    );
    let repo = sandbox.repo(&[("w.yaml", "steps:\n  - {id: a, run: deaf}\n")]);
    let run = id(&repo.detach(&["w.yaml"]));
    wait_for(&sandbox, "on");
    repo.offshoot(&["workflow", "cancel", &run]);
    let end = repo.wait_end(&run);
    assert_eq!(end["status"], "cancelled", "{end:#}");
    no_agents(&sandbox);
}

#[test]
fn what_an_agent_leaves_behind_is_ended_and_named_and_the_step_completes() {
    let sandbox = sandbox!();
    for (name, body) in [
        (
            "double-fork",
            "( ( await-file /nowhere ) & ) &\ntouch double",
        ),
        (
            "new-session",
            "setsid sh -c 'await-file /nowhere' < /dev/null > /dev/null 2>&1 &\ntouch session",
        ),
        (
            "deaf-child",
            "setsid sh -c 'trap \"\" TERM; await-file /nowhere; await-file /nowhere' > /dev/null 2>&1 &\ntouch deaf",
        ),
        (
            "clean-env",
            "setsid env -i PATH=\"$PATH\" sleep 600 > /dev/null 2>&1 < /dev/null &\ntouch clean",
        ),
    ] {
        sandbox.script(name, body);
    }
    let workflow: String = ["double-fork", "new-session", "deaf-child", "clean-env"]
        .map(|name| format!("  - {{id: {name}, needs: [], run: {name}}}\n"))
        .concat();
    let repo = sandbox.repo(&[("w.yaml", &format!("steps:\n{workflow}"))]);
    let run = repo.json(&["run", "w.yaml"]);
    assert_eq!(run["status"], "completed", "{run:#}");
    for step in run["steps"].as_array().expect("steps") {
        let leaked = step["attempts"][0]["leaked_processes"].as_array();
        assert!(leaked.is_some_and(|leaked| !leaked.is_empty()), "{step:#}");
    }
    no_agents(&sandbox);
}

#[test]
fn a_flood_of_output_is_bounded_and_ends_nothing() {
    let sandbox = sandbox!();
    sandbox.script("flood", "echo first\nhead -c 40000000 /dev/zero | tr '\\0' 'x'\necho\nyes 'a line of output' | head -n 500000\necho last\ntouch a");
    let repo = sandbox.repo(&[("w.yaml", "steps:\n  - {id: a, run: flood}\n")]);
    let run = repo.json(&["run", "w.yaml"]);
    assert_eq!(run["status"], "completed", "{run:#}");
    let log = text(&step(&run, "a")["attempts"][0], "log").to_owned();
    let kept: u64 = fs::read_dir(std::path::Path::new(&log).parent().expect("a folder"))
        .expect("the attempt's folder")
        .flatten()
        .map(|entry| entry.metadata().map_or(0, |meta| meta.len()))
        .sum();
    assert!(kept < 18 << 20, "{kept} bytes are kept");
    let shown = log_of(&repo, &id(&run), "a");
    assert!(
        shown.contains("last"),
        "the end is missing: {}",
        shown.len()
    );
}

#[test]
fn an_agent_that_closes_its_streams_is_waited_for() {
    let sandbox = sandbox!();
    sandbox.script("mute", "exec > /dev/null 2>&1 < /dev/null\nexec 1>&- 2>&- 0<&-\nmkdir \"$HOME/on\"\nawait-file \"$HOME/go\"\n: > a");
    let repo = sandbox.repo(&[("w.yaml", "steps:\n  - {id: a, run: mute}\n")]);
    let run = id(&repo.detach(&["w.yaml"]));
    wait_for(&sandbox, "on");
    assert_eq!(
        step(&repo.wait_step(&run, "a", "running"), "a")["status"],
        "running"
    );
    crate::bed::make(&sandbox, "go");
    let end = repo.wait_end(&run);
    assert_eq!(end["status"], "completed", "{end:#}");
    assert!(repo.has(text(&end, "result_branch"), "a"));
}

#[test]
fn an_agent_killed_from_outside_is_a_signal_and_nothing_else() {
    let sandbox = sandbox!();
    let repo = sandbox.repo(&[("w.yaml", "steps:\n  - {id: a, run: 'echo $$ > \"$HOME/pid\"; mkdir \"$HOME/on\"; await-file /nowhere'}\n")]);
    let run = id(&repo.detach(&["w.yaml"]));
    wait_for(&sandbox, "on");
    let pid = fs::read_to_string(sandbox.path("home/pid"))
        .expect("its pid")
        .trim()
        .parse()
        .expect("a number");
    support::process::signal(pid, nix::sys::signal::Signal::SIGKILL);
    let end = repo.wait_end(&run);
    assert_eq!(step(&end, "a")["class"], "signal", "{end:#}");
    no_agents(&sandbox);
}

#[test]
fn a_fork_bomb_of_a_step_is_ended_with_it() {
    let sandbox = sandbox!();
    // Bounded in depth: a machine that fails this test should live to tell.
    sandbox.script("bomb", "d=${1:-5}\n[ \"$d\" -gt 0 ] || { trap '' TERM; await-file /nowhere; }\nsetsid bomb $((d - 1)) &\nsetsid bomb $((d - 1)) &\nwait");
    let repo = sandbox.repo(&[("w.yaml", "steps:\n  - {id: a, run: bomb, timeout: 2}\n")]);
    let run: Value = repo
        .call(&["--json", "run", "w.yaml"])
        .run()
        .expect_code(1)
        .json();
    assert_eq!(step(&run, "a")["class"], "timeout", "{run:#}");
    no_agents(&sandbox);
    assert!(running(&sandbox, "supervise").is_empty());
}

#[test]
fn output_that_is_no_utf8_and_names_that_are_none() {
    let sandbox = sandbox!();
    sandbox.script("odd", "printf 'b\\374cher \\377\\376\\n\\033[31mred\\033[0m\\n'\nprintf 'x\\n' > \"$(printf 'b\\374cher.txt')\"\nprintf 'k=\\377v\\n' >> \"$OFFSHOOT_OUTPUT\"\nprintf 'line\\nbreak' > \"$(printf 'a\\nb')\"");
    let repo = sandbox.repo(&[("w.yaml", "steps:\n  - {id: a, run: odd}\n  - {id: b, run: 'test -e \"$(printf \"b\\\\374cher.txt\")\"'}\n")]);
    let run = repo.json(&["run", "w.yaml"]);
    assert_eq!(run["status"], "completed", "{run:#}");
    let names = repo.git(&["ls-tree", "-r", "--name-only", text(&run, "result_branch")]);
    assert!(
        names.contains("\"b\\374cher.txt\"") && names.contains("\"a\\nb\""),
        "{names}"
    );
    assert!(log_of(&repo, &id(&run), "a").contains("cher"));
    let diff = repo.offshoot(&["--json", "diff", &id(&run)]).expect_code(0);
    assert!(diff.json().is_object(), "{diff}");
    repo.offshoot(&["apply", &id(&run)]).expect_code(0);
    assert!(
        repo.git(&["status", "--porcelain"])
            .contains("b\\374cher.txt")
    );
}
