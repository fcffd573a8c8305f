//! `agent watch`: an agent that files start, as the guide of TappsCodingAgents has it.

use serde_json::Value;
use std::path::Path;
use support::run::{id, step, text};
use support::{LIMIT, Repo, Sandbox, Spawned, process, sandbox, wait_until};

/// The file of the guide, with its spelling of a program that nobody here has.
const GUIDE: &str = r#"agents:
  - name: "TappsCodingAgents Workflow Executor"
    type: "background"
    commands:
      - "python -m tapps_agents.cli workflow execute-skill-command --command-file {command_file_path}"
    watch_paths:
      - ".cursor-skill-command.txt"
    enabled: true
    timeout_seconds: 3600
"#;

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

#[test]
fn the_agent_of_the_guide_does_a_workflow() {
    let sandbox = sandbox!();
    sandbox.user_settings(SETTINGS);
    sandbox.script("my-agent", AGENT);
    let repo = repo(&sandbox, GUIDE);
    let watcher = watch(&repo);
    let run = id(&repo.detach(&["w.yaml"]));
    let end = repo.wait_end(&run);
    assert_eq!(end["status"], "completed", "{end:#}");
    for name in ["plan", "build"] {
        assert_eq!(step(&end, name)["backend"], "file", "{end:#}");
    }
    let branch = text(&end, "result_branch");
    assert_eq!(repo.show(branch, "out.md"), "@analyst plan\n");
    assert_eq!(repo.git(&["status", "--porcelain"]), "");
    process::signal(watcher.pid(), nix::sys::signal::Signal::SIGINT);
    let output = watcher.wait().expect_code(0);
    assert!(output.stdout.contains("completed"), "{output}");
    assert!(!output.stdout.contains("sesame"), "{output}");
}

#[test]
fn a_command_gets_each_value_as_one_word() {
    let sandbox = sandbox!();
    let agents = agents(
        &[
            "printf '%s\\n' {command} \"<{step_id}>\" '{workflow_id}' $EXTRA ${PROJECT_ROOT} \"$GITHUB_REPO\" > got.txt",
            "printf '%s' \"$TOKEN\" | tr a-z A-Z > token.txt; echo $TOKEN",
        ],
        "    environment: [\"EXTRA={step_id}-x\", TOKEN]\n    output: {location: .tapps-agents/reports}\n",
    );
    let repo = repo(&sandbox, &agents);
    repo.git(&["remote", "add", "origin", "git@forge.example:ada/shop.git"]);
    let nasty = "@a b --c \"$(touch hacked); `touch hacked`\" 'x' \\ * ; touch hacked\nline";
    leave(&repo.path, "n1", nasty);
    let output = repo
        .call(&[])
        .env("TOKEN", "sesame")
        .args(&["agent", "watch", "--once"])
        .run()
        .expect_code(0);
    let root = repo.path.display();
    let got = repo.read("got.txt");
    assert_eq!(got, format!("{nasty}\n<s>\nw\ns-x\n{root}\nada/shop\n"));
    assert!(!repo.path.join("hacked").exists());
    assert_eq!(repo.read("token.txt"), "SESAME");
    assert!(!output.stdout.contains("sesame"), "{output}");
    let answer = status(&repo.path).expect("a status");
    assert_eq!(answer["status"], "completed");
    assert_eq!(answer["execution_id"], "n1");
    let reports = support::tree::files(&repo.path.join(".tapps-agents/reports"), &|_| true);
    let report: Value = serde_json::from_str(
        &repo.read(&format!(".tapps-agents/reports/{}", reports[0].display())),
    )
    .expect("a report");
    assert_eq!(report["status"], "completed");
    assert_eq!(report["commands"].as_array().map(Vec::len), Some(2));
    assert!(!report.to_string().contains("sesame"), "{report}");
}

#[test]
fn one_file_is_never_done_twice() {
    let sandbox = sandbox!();
    let repo = repo(&sandbox, &agents(&["echo x >> count.txt"], ""));
    leave(&repo.path, "n1", "@a b");
    assert_eq!(
        kinds(&once(&repo, 0)),
        ["taken", "started", "attempt_completed", "ended"]
    );
    assert_eq!(once(&repo, 0), [] as [Value; 0]);
    // Another command at the same place is another one, also with the answer of the first beside it.
    leave(&repo.path, "n2", "@a b");
    once(&repo, 0);
    assert_eq!(repo.read("count.txt"), "x\nx\n");
    // One that was answered by somebody else is left alone.
    leave(&repo.path, "n3", "@a b");
    support::tree::put(
        &repo.path.join(".cursor-skill-status.json"),
        r#"{"status":"completed","execution_id":"n3"}"#,
    );
    assert_eq!(kinds(&once(&repo, 0)), ["skipped"]);
    assert_eq!(repo.read("count.txt"), "x\nx\n");
}

#[test]
fn failures_are_tried_again_and_then_answered() {
    let sandbox = sandbox!();
    let agents = agents(
        &[
            "echo x >> count.txt; test $(wc -l < count.txt) -ge 2",
            "echo said; exit 3",
        ],
        "    retry_count: 1\n",
    );
    let repo = repo(&sandbox, &agents);
    leave(&repo.path, "n1", "@a b");
    let events = once(&repo, 1);
    assert_eq!(
        kinds(&events),
        [
            "taken",
            "started",
            "attempt",
            "started",
            "attempt_completed",
            "started",
            "attempt",
            "started",
            "attempt",
            "ended"
        ]
    );
    let answer = status(&repo.path).expect("a status");
    assert_eq!(answer["status"], "failed");
    assert_eq!(
        answer["error"]["message"],
        "`echo said; exit 3` ended with status 3: said"
    );
}

#[test]
fn a_command_that_takes_too_long_is_ended_with_all_it_started() {
    let sandbox = sandbox!();
    let repo = repo(
        &sandbox,
        &agents(
            &["setsid sleep 1000 & echo $! > pid.txt; sleep 1000"],
            "    timeout_seconds: 1\n",
        ),
    );
    leave(&repo.path, "n1", "@a b");
    once(&repo, 1);
    let answer = status(&repo.path).expect("a status");
    assert_eq!(answer["status"], "timeout", "{answer:#}");
    let pid: i32 = repo.read("pid.txt").trim().parse().expect("a number");
    assert!(!process::alive(pid));
}

#[test]
fn a_killed_watcher_loses_nothing_and_does_nothing_twice() {
    let sandbox = sandbox!();
    let agents = agents(
        &[
            "echo x >> count.txt; await-file \"$HOME/go\"",
            "echo y >> count.txt",
        ],
        "",
    );
    let repo = repo(&sandbox, &agents);
    leave(&repo.path, "n1", "@a b");
    let watcher = watch(&repo);
    wait_until("the command to run", LIMIT, || {
        repo.path.join("count.txt").exists().then_some(())
    });
    // There is one watcher for each repository.
    let second = repo
        .call(&[])
        .args(&["agent", "watch"])
        .run()
        .expect_code(2);
    assert!(second.stderr.contains("is watched already"), "{second}");
    process::kill9(watcher.pid());
    drop(watcher);
    assert_eq!(
        text(&status(&repo.path).expect("a status"), "status"),
        "running"
    );
    // It goes on, and the next watcher finds it at work.
    let told = sandbox.path("home/told");
    let watcher = watch_into(&sandbox, &repo, &told);
    wait_until("the next watcher to find it", LIMIT, || {
        let told = std::fs::read_to_string(&told).ok()?;
        told.contains("adopted").then_some(())
    });
    support::tree::put(&sandbox.path("home/go"), "");
    let answer = wait_until("the answer", LIMIT, || is_over(&repo.path));
    assert_eq!(answer["status"], "completed", "{answer:#}");
    assert_eq!(repo.read("count.txt"), "x\ny\n");
    process::signal(watcher.pid(), nix::sys::signal::Signal::SIGTERM);
    watcher.wait().expect_code(0);
}

#[test]
fn the_second_interrupt_stops_what_is_under_way() {
    let sandbox = sandbox!();
    let repo = repo(&sandbox, &agents(&["touch on; await-file never"], ""));
    leave(&repo.path, "n1", "@a b");
    let watcher = watch(&repo);
    wait_until("the command to run", LIMIT, || {
        repo.path.join("on").exists().then_some(())
    });
    let pid = watcher.pid();
    let ended = std::thread::spawn(move || watcher.wait());
    // The first is heard when it has printed so; what is sent too early is only one.
    wait_until("the watcher to end", LIMIT, || {
        if process::alive(pid) {
            let _ = nix::sys::signal::kill(
                nix::unistd::Pid::from_raw(pid),
                nix::sys::signal::Signal::SIGINT,
            );
            None
        } else {
            Some(())
        }
    });
    let output = ended.join().expect("joined").expect_code(130);
    assert!(
        output.stdout.contains("ctrl-c again stops that"),
        "{output}"
    );
    assert_eq!(
        text(&status(&repo.path).expect("a status"), "status"),
        "cancelled"
    );
}

#[test]
fn of_several_agents_the_first_that_is_on_does_it() {
    let sandbox = sandbox!();
    let agent = |name: &str, more: &str| {
        format!(
            "  - {{name: {name}, type: background, commands: [\"echo {name} >> who.txt\"], watch_paths: [\"**/.cursor-skill-command.txt\"]{more}}}\n"
        )
    };
    let agents = format!(
        "agents:\n{}{}{}",
        agent("off", ", enabled: false"),
        agent("first", ""),
        agent("second", "")
    );
    let repo = repo(&sandbox, &agents);
    leave(&repo.path.join("deep/er"), "n1", "@a b");
    once(&repo, 0);
    let who = wait_until("somebody", LIMIT, || {
        std::fs::read_to_string(repo.path.join("deep/er/who.txt")).ok()
    });
    assert_eq!(who, "first\n");
    // Only the other one.
    leave(&repo.path.join("deep/er"), "n2", "@a b");
    let call = repo.call(&[]);
    call.args(&["agent", "watch", "--once", "--agent", "second"])
        .run()
        .expect_code(0);
    assert_eq!(repo.read("deep/er/who.txt"), "first\nsecond\n");
    let call = repo.call(&[]);
    let unknown = call
        .args(&["agent", "watch", "--once", "--agent", "third"])
        .run()
        .expect_code(2);
    assert!(
        unknown.stderr.contains("there is no agent `third`"),
        "{unknown}"
    );
}

#[test]
fn other_files_start_agents_when_they_change() {
    let sandbox = sandbox!();
    let agents = "agents:\n  - {name: docs, type: background, commands: [\"cat {command_file_path} >> seen.txt\"], watch_paths: [\"notes/*.md\"]}\n";
    let repo = repo(&sandbox, agents);
    // What lay there before anybody watched is not news.
    support::tree::put(&repo.path.join("notes/old.md"), "old\n");
    assert_eq!(once(&repo, 0), [] as [Value; 0]);
    support::tree::put(&repo.path.join("notes/new.md"), "new\n");
    once(&repo, 0);
    assert_eq!(repo.read("seen.txt"), "new\n");
}

#[test]
fn problems_of_the_file_are_shown_with_their_places() {
    let sandbox = sandbox!();
    let repo = repo(
        &sandbox,
        "agents:\n  - {name: a, type: x, commands: [], watch_path: []}\n",
    );
    for args in [&["agent", "watch"][..], &["bg-config", "validate"]] {
        let output = repo.call(&[]).args(args).run().expect_code(2);
        for expected in [
            "background-agents.yaml:2:21",
            "`type` must be `background`",
            "did you mean `watch_paths`?",
        ] {
            assert!(output.stderr.contains(expected), "{expected} in {output}");
        }
    }
    let generate = ["bg-config", "generate"];
    let refused = repo.call(&[]).args(&generate).run().expect_code(2);
    assert!(refused.stderr.contains("--overwrite"), "{refused}");
    for more in [&["--overwrite"][..], &["--overwrite", "--minimal"]] {
        repo.call(&[])
            .args(&generate)
            .args(more)
            .run()
            .expect_code(0);
        let call = repo
            .call(&[])
            .args(&["--json", "background-agent-config", "validate"]);
        let checked = call.run().expect_code(0).json();
        support::schema::assert_document("checked-agents", &checked);
        assert_eq!(checked["watching"][0], "Offshoot Workflow Executor");
        assert_eq!(checked["diagnostics"], serde_json::json!([]));
    }
}
