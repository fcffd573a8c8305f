//! What becomes of the work when nobody waits for it any more.

use super::*;

const TWO: &str = "id: w\nmetadata: {auto_execution: true}\nsteps:\n  - {id: plan, agent: analyst, action: plan, needs: []}\n  - {id: build, agent: builder, action: build, needs: []}\n";

/// An agent for one file at a time, which says that it is at work and waits for the test.
fn one_at_a_time(sandbox: &Sandbox) -> Repo<'_> {
    let agents = agents(
        &[
            "echo {step_id} >> \"$HOME/began\"; await-file \"$HOME/go\"; echo {step_id} >> \"$HOME/done\"",
        ],
        "global: {max_parallel_agents: 1}\n",
    );
    sandbox.repo(&[("w.yaml", TWO), (".cursor/background-agents.yaml", &agents)])
}

fn lines(sandbox: &Sandbox, name: &str) -> Vec<String> {
    let text = std::fs::read_to_string(sandbox.path("home").join(name)).unwrap_or_default();
    text.lines().map(str::to_owned).collect()
}

/// The worktree in which the step waits.
fn place(repo: &Repo<'_>, run: &str, step: &str) -> std::path::PathBuf {
    repo.path
        .join(format!(".tapps-agents/worktrees/{run}--{step}"))
}

fn said(folder: &Path) -> String {
    let status = status(folder).unwrap_or_default();
    status["status"].as_str().unwrap_or_default().to_owned()
}

#[test]
fn a_cancelled_run_ends_its_agents_and_begins_no_more() {
    let sandbox = sandbox!();
    let repo = one_at_a_time(&sandbox);
    let told = sandbox.path("home/told");
    let watcher = watch_into(&sandbox, &repo, &told);
    let run = id(&repo.detach(&["w.yaml"]));
    let first = wait_until("an agent at work", LIMIT, || {
        lines(&sandbox, "began").first().cloned()
    });
    let second = if first == "plan" { "build" } else { "plan" };
    // What waits for its turn was seen: nobody is told to start an agent for it.
    wait_until("the second to be seen", LIMIT, || {
        (said(&place(&repo, &run, second)) == "pending").then_some(())
    });
    assert_eq!(said(&place(&repo, &run, &first)), "running");
    repo.call(&["workflow", "cancel", &run]).run();
    wait_until("both to be let go", LIMIT, || {
        let told = std::fs::read_to_string(&told).ok()?;
        (told.matches("nobody waits for it any more").count() == 2).then_some(())
    });
    assert_eq!(lines(&sandbox, "began"), [first.as_str()]);
    assert_eq!(lines(&sandbox, "done"), [] as [&str; 0]);
    // Nothing is left where a person may look, or a retry may begin.
    for step in ["plan", "build"] {
        assert_eq!(said(&place(&repo, &run, step)), "", "{step}");
    }
    process::signal(watcher.pid(), nix::sys::signal::Signal::SIGTERM);
    watcher.wait().expect_code(0);
    sandbox.finish();
}

#[test]
fn an_agent_that_deletes_the_files_of_its_hand_off_works_on() {
    let sandbox = sandbox!();
    let agents = agents(
        &[
            "rm -f .cursor-skill-*; touch \"$HOME/gone\"; await-file \"$HOME/go\"; echo done > out.md",
        ],
        "",
    );
    let repo = repo(&sandbox, &agents);
    repo.commit("w", &[("w.yaml", "id: w\nmetadata: {auto_execution: true}\nsteps: [{id: s, agent: a, action: b, creates: [out.md]}]\n")]);
    let watcher = watch(&repo);
    let run = id(&repo.detach(&["w.yaml"]));
    wait_until("the files to be gone", LIMIT, || {
        sandbox.path("home/gone").exists().then_some(())
    });
    // The watcher looks every second; that long takes a run of something else.
    repo.commit(
        "other",
        &[("o.yaml", "steps: [{run: date > a}, {run: date > b}]\n")],
    );
    repo.json(&["run", "o.yaml"]);
    support::tree::put(&sandbox.path("home/go"), "");
    let end = repo.wait_end(&run);
    assert_eq!(end["status"], "completed", "{end:#}");
    process::signal(watcher.pid(), nix::sys::signal::Signal::SIGTERM);
    watcher.wait().expect_code(0);
    sandbox.finish();
}

#[test]
fn a_watcher_in_a_worktree_of_a_step_is_that_of_the_repository() {
    let sandbox = sandbox!();
    let repo = one_at_a_time(&sandbox);
    let watcher = watch(&repo);
    let run = id(&repo.detach(&["w.yaml"]));
    let first = wait_until("an agent at work", LIMIT, || {
        lines(&sandbox, "began").first().cloned()
    });
    let inside = Repo::at(&sandbox, place(&repo, &run, &first));
    let call = inside.call(&[]).args(&["agent", "watch", "--once"]);
    let refused = call.run().expect_code(2);
    assert!(refused.stderr.contains("is watched already"), "{refused}");
    support::tree::put(&sandbox.path("home/go"), "");
    repo.wait_end(&run);
    assert_eq!(lines(&sandbox, "done").len(), 2);
    process::signal(watcher.pid(), nix::sys::signal::Signal::SIGTERM);
    watcher.wait().expect_code(0);
    sandbox.finish();
}
