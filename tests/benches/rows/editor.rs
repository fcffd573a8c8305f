//! The language server, as an editor sees it.

use crate::Options;
use crate::figure::{Figure, rounded};
use crate::samples::Samples;
use crate::stand_in::StandIn;
use crate::usage::Usage;
use crate::world::World;
use client::Home;
use jiff::Timestamp;
use protocol::event::Event;
use protocol::finding::{Finding, FindingList, FoundFinding};
use protocol::run::{Run, RunList};
use serde_json::{Value, json};
use std::collections::HashSet;
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::Instant;
use support::session::Session;

const FILES: usize = 500;
const EACH: usize = 20;

pub(super) fn measure(options: &Options) -> Vec<Figure> {
    let mut figures = Vec::new();
    if options.wants("editor-initialize") {
        figures.push(initialize(options.n(100, 20)));
    }
    if options.wants("editor-event") {
        figures.push(event(options.n(60, 10)));
    }
    if options.wants("editor-findings") {
        figures.push(findings(options.n(7, 2)));
    }
    if options.wants("editor-burst") {
        figures.push(burst(options.n(10, 3)));
    }
    figures
}

/// From the start of the process, with no daemon to ask.
fn initialize(n: usize) -> Figure {
    let world = World::new(1);
    let mut samples = Samples::default();
    let mut answers = Samples::default();
    for _ in 0..n {
        let began = Instant::now();
        let mut session = Session::start(world.sandbox(), &world.path("home"));
        let started = Instant::now();
        session.call("initialize", params(&world.path("home")));
        samples.push_ms(began.elapsed());
        answers.push_ms(started.elapsed());
    }
    let what = "start of `offshoot lsp` to the answer to `initialize`, no daemon running";
    Figure::new("editor-initialize", what, "ms", samples)
        .percentile_at_most(99, 50.0)
        .with("request_to_answer_p50_ms", rounded(answers.median()))
}

/// From the moment an event carries, before it is on disk, to the notification in the editor.
fn event(runs: usize) -> Figure {
    let world = World::new(8);
    let steps: String = (0..6)
        .map(|step| format!("  - {{id: s{step}, run: ':', needs: []}}\n"))
        .collect();
    let repo = world
        .sandbox()
        .repo(&[("w.yaml", &format!("steps:\n{steps}"))]);
    let (daemon, client, _) = world.start();
    let mut session = connected(&world, &repo.path);
    let mut samples = Samples::default();
    for _ in 0..runs {
        let run = world.block(client::Api::run_start(
            &client,
            world.run(&repo.path, "w.yaml"),
        ));
        loop {
            let (message, at) = session.expect_at("an event", |message| {
                message["method"] == "offshoot/event" && message["params"]["seq"].is_u64()
            });
            let told: Timestamp = message["params"]["at"]
                .as_str()
                .expect("a time")
                .parse()
                .expect("a time");
            samples.push((at.as_nanosecond() - told.as_nanosecond()) as f64 / 1e6);
            let kind = message["params"]["kind"].as_str().unwrap_or_default();
            if message["params"]["run_id"] == json!(run.run_id) && kind == "run.completed" {
                break;
            }
        }
    }
    drop(session);
    daemon.stop();
    let what = "a state event's moment (before it is on disk) to its notification in the editor, 8 steps at once";
    Figure::new("editor-event", what, "ms", samples).percentile_at_most(99, 50.0)
}

/// 10 000 findings in 500 files: from the event that says so to the last file's diagnostics.
fn findings(n: usize) -> Figure {
    let world = World::new(1);
    let root = world.path("home/repo");
    lay_out(&root);
    let held = Arc::new(Mutex::new(Vec::new()));
    let (said, repo) = (Arc::clone(&held), root.display().to_string());
    let home = Home::new(&world.sandbox().state());
    let stand_in = StandIn::start(&home, move |method, _| {
        Ok(match method {
            "trust.set" => json!({"repo": repo, "trusted": true}),
            "run.list" => json!(RunList {
                runs: vec![run(&repo)]
            }),
            "finding.list" => {
                let findings = said.lock().expect("the findings").clone();
                json!(FindingList {
                    findings,
                    left_out: 0
                })
            }
            _ => json!(run(&repo)),
        })
    });
    let mut samples = Samples::default();
    let mut memory = Samples::default();
    let mut cpu = Samples::default();
    for _ in 0..n {
        held.lock().expect("the findings").clear();
        let mut session = connected(&world, &root);
        *held.lock().expect("the findings") = all();
        let began = Instant::now();
        stand_in.tell(Event {
            kind: "findings".to_owned(),
            ..Event::default()
        });
        let mut files = HashSet::new();
        while files.len() < FILES {
            let shown = session.expect("diagnostics", |message| {
                message["method"] == "textDocument/publishDiagnostics"
            });
            let count = shown["params"]["diagnostics"]
                .as_array()
                .map_or(0, Vec::len);
            assert_eq!(count, EACH, "findings are missing");
            files.insert(shown["params"]["uri"].as_str().expect("a file").to_owned());
        }
        samples.push_ms(began.elapsed());
        let usage = Usage::of(session.pid());
        memory.push(usage.rss_mb);
        cpu.push(usage.cpu_ns as f64 / 1e6);
    }
    let most = memory.percentile(100).unwrap_or(f64::NAN);
    let what = "10 000 findings in 500 files that are not open: the event that says so to the last file's diagnostics";
    Figure::new("editor-findings", what, "ms", samples)
        .percentile_at_most(99, 500.0)
        .at_most("memory of the server", most, 60.0, "MB")
        .with("server_cpu_ms_p50", rounded(cpu.median()))
}

/// 1 000 changes without a pause, in a workflow of 2 000 lines.
fn burst(n: usize) -> Figure {
    const CHANGES: u64 = 1_000;
    let world = World::new(1);
    let folder = world.path("home");
    let uri = format!("file://{}/w.yaml", folder.display());
    let steps: String = (0..500)
        .map(|step| {
            format!("  - id: s{step}\n    title: Step {step}\n    run: |\n      echo {step}\n")
        })
        .collect();
    let mut samples = Samples::default();
    let mut stale = 0;
    for _ in 0..n {
        let mut session = Session::start(world.sandbox(), &folder);
        session.call("initialize", json!({"capabilities": {}}));
        session.notify("initialized", json!({}));
        let document = json!({"uri": uri, "languageId": "yaml", "version": 0, "text": format!("steps:\n{steps}")});
        session.notify("textDocument/didOpen", json!({"textDocument": document}));
        published(&mut session, 0);
        let began = Instant::now();
        // A reference to a step that is not there comes and goes; with the last change it is there.
        for version in 1..=CHANGES {
            let (end, text) = if version % 2 == 1 {
                (4, "    needs: [gone]\n")
            } else {
                (5, "")
            };
            let range =
                json!({"start": {"line": 4, "character": 0}, "end": {"line": end, "character": 0}});
            let changes = json!([{"range": range, "text": text}]);
            let document = json!({"uri": uri, "version": version});
            session.notify(
                "textDocument/didChange",
                json!({"textDocument": document, "contentChanges": changes}),
            );
        }
        stale += published(&mut session, CHANGES);
        samples.push_ms(began.elapsed());
    }
    let what = "1 000 changes in a burst, in a workflow of 2 000 lines: the first to the diagnostics of the last";
    Figure::new("editor-burst", what, "ms", samples).at_most(
        "stale diagnostics",
        stale as f64,
        0.0,
        "",
    )
}

/// How many diagnostics a version has; it is not told of an older one afterwards.
fn published(session: &mut Session, version: u64) -> usize {
    let shown = session.expect("the last diagnostics", |message| {
        message["method"] == "textDocument/publishDiagnostics"
            && message["params"]["version"] == version
    });
    shown["params"]["diagnostics"]
        .as_array()
        .map_or(0, Vec::len)
}

fn params(folder: &Path) -> Value {
    let uri = format!("file://{}", folder.display());
    json!({"capabilities": {}, "workspaceFolders": [{"uri": uri, "name": "w"}]})
}

fn connected(world: &World, folder: &Path) -> Session {
    let mut session = Session::start(world.sandbox(), folder);
    session.call("initialize", params(folder));
    session.notify("initialized", json!({}));
    session.expect("a connection", |message| {
        message["method"] == "offshoot/status" && message["params"]["state"] == "connected"
    });
    // The runs are read, and with them the repositories, before this is answered by the same connection.
    session.call("offshoot/run.list", json!({}));
    session
}

fn name(file: usize) -> String {
    format!("src/module_{}/file_{file}.rs", file % 25)
}

fn line(number: usize) -> String {
    format!("    let value_{number} = compute({number}).unwrap();")
}

/// Files of 200 lines.
fn lay_out(root: &Path) {
    for file in 0..FILES {
        let path = root.join(name(file));
        let text: String = (1..=200).map(|number| line(number) + "\n").collect();
        support::tree::put(&path, &text);
    }
}

fn run(repo: &str) -> Run {
    Run {
        run_id: "w-1".to_owned(),
        workflow_file: Some("w.yaml".to_owned()),
        status: "completed".to_owned(),
        repo: repo.to_owned(),
        ended_at: Some("2026-11-20T10:00:00.000Z".to_owned()),
        ..Run::default()
    }
}

fn all() -> Vec<FoundFinding> {
    let each = |file: usize| (1..=EACH).map(move |number| (file, number * 9));
    let found = |(file, at): (usize, usize)| FoundFinding {
        run_id: "w-1".to_owned(),
        step_id: Some("scan".to_owned()),
        finding: Finding {
            id: format!("f{file:04}x{at:04}"),
            code: "unwrap-used".to_owned(),
            severity: "warning".to_owned(),
            message: format!(
                "`unwrap` of value_{at} panics where there is none; say what is expected, or pass the error on"
            ),
            source: "review".to_owned(),
            path: Some(name(file)),
            line: u32::try_from(at).ok(),
            text: Some(line(at)),
            artifact: Some("review.json".to_owned()),
            ..Finding::default()
        },
    };
    (0..FILES).flat_map(each).map(found).collect()
}
