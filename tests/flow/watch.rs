//! `agent watch`: an agent that files start, as the guide of TappsCodingAgents has it.

mod agents;
mod commands;
mod once;
mod withdrawn;

use serde_json::Value;
use std::path::Path;
use support::run::{id, step, text};
use support::{LIMIT, Repo, Sandbox, Spawned, process, sandbox, wait_until};

/// The file of the guide, with its spelling of a program that nobody here has.
const GUIDE: &str = include_str!("../../server/settings/src/background_agents/guide.yaml");

const WORKFLOW: &str = "id: w\nmetadata: {auto_execution: true}\nsteps:\n  - {id: plan, agent: analyst, action: plan, creates: [plan.md]}\n  - {id: build, needs: [plan], agent: builder, action: build, creates: [out.md]}\n";

/// An agent that does what it is told: makes the files that are expected.
const SETTINGS: &str = "offshoot:\n  default_agent: mine\n  agents:\n    mine: {command: [my-agent, \"{command}\"], env: [MY_KEY]}\n";
const AGENT: &str = "[ \"$MY_KEY\" = sesame ] || exit 9\ncase \"$1\" in *plan*) echo \"$1\" > plan.md;; *) cat plan.md > out.md;; esac";

fn agents(commands: &[&str], more: &str) -> String {
    let commands: Vec<String> = commands
        .iter()
        .map(|command| serde_json::to_string(command).expect("a text"))
        .collect();
    format!(
        "agents:\n  - name: tester\n    type: background\n    watch_paths: [.cursor-skill-command.txt]\n    commands: [{}]\n{more}",
        commands.join(", ")
    )
}

fn repo<'a>(sandbox: &'a Sandbox, agents: &str) -> Repo<'a> {
    sandbox.repo(&[
        ("w.yaml", WORKFLOW),
        (".cursor/background-agents.yaml", agents),
    ])
}

/// A command file as another program would leave it.
fn leave(folder: &Path, nonce: &str, command: &str) {
    let text = serde_json::json!({"command": command, "execution_id": nonce, "step_id": "s", "workflow_id": "w"});
    support::tree::put(&folder.join(".cursor-skill-command.txt"), &text.to_string());
}

fn status(folder: &Path) -> Option<Value> {
    let bytes = std::fs::read(folder.join(".cursor-skill-status.json")).ok()?;
    serde_json::from_slice(&bytes).ok()
}

fn is_over(folder: &Path) -> Option<Value> {
    status(folder).filter(|status| {
        ["completed", "failed", "timeout", "cancelled"].contains(&text(status, "status"))
    })
}

/// Does what is there, and gives what it told.
#[track_caller]
fn once(repo: &Repo<'_>, code: i32) -> Vec<Value> {
    let output = repo
        .call(&[])
        .args(&["--json", "agent", "watch", "--once"])
        .run()
        .expect_code(code);
    let lines = output.stdout.lines();
    lines
        .map(|line| {
            let event: Value = serde_json::from_str(line).expect("a line is a document");
            support::schema::assert_document("watch-event", &event);
            event
        })
        .collect()
}

fn kinds(events: &[Value]) -> Vec<&str> {
    events.iter().map(|event| text(event, "kind")).collect()
}

fn watch(repo: &Repo<'_>) -> Spawned {
    let call = repo.call(&[]).env("MY_KEY", "sesame");
    call.args(&["agent", "watch"]).spawn()
}

/// A watcher whose words can be read while it is at work.
fn watch_into(sandbox: &Sandbox, repo: &Repo<'_>, told: &Path) -> Spawned {
    let program = sandbox.program().display();
    let script = format!("exec '{program}' agent watch > '{}'", told.display());
    let call = support::Call::new(Path::new("/bin/sh"), &repo.path);
    let environment = sandbox.environment().into_iter();
    let call = environment.fold(call, |call, (name, value)| call.env(&name, value));
    call.args(&["-c", &script]).spawn()
}
