//! The language server beside work: how long completion, hover and code lenses of a long workflow take.

use crate::Options;
use crate::figure::Figure;
use crate::samples::Samples;
use crate::world::World;
use client::Api;
use protocol::daemon::Empty;
use protocol::task::TaskRef;
use serde_json::{Value, json};
use std::fmt::Write;
use std::time::Instant;
use support::session::Session;
use support::{LIMIT, wait_until};

/// Attempts that run meanwhile. Each prints a line ten times a second.
const BUSY: u32 = 20;
/// Five lines each.
const STEPS: usize = 400;

pub(super) fn measure(options: &Options) -> Vec<Figure> {
    let world = World::new(BUSY);
    let (daemon, client, _) = world.start();
    let noisy = ["/bin/sh", "-c", "while :; do echo x; sleep 0.1; done"];
    let busy: Vec<String> = (0..BUSY)
        .map(|_| world.block(client.task_submit(world.task(&noisy))).task_id)
        .collect();
    wait_until("the attempts to run", LIMIT, || {
        (world.block(client.daemon_status(Empty {})).pool.busy == BUSY).then_some(())
    });
    let mut editor = Editor::open(&world);
    let n = options.n(300, 60);
    let figures = vec![
        figure(
            "completion",
            "a change of one character in a workflow of 2 000 lines, and the completion behind it (399 steps); 20 attempts running",
            editor.completion(n),
        ),
        figure(
            "hover",
            "hover on a step of a workflow of 2 000 lines; 20 attempts running",
            editor.ask(n, "textDocument/hover"),
        ),
        figure(
            "code-lens",
            "all code lenses of a workflow of 2 000 lines (401); 20 attempts running",
            editor.ask(n, "textDocument/codeLens"),
        ),
    ];
    drop(editor);
    // A daemon that is told to end by TERM leaves its attempts running.
    for task_id in busy {
        world.block(client.task_cancel(TaskRef {
            task_id,
            ..TaskRef::default()
        }));
    }
    daemon.stop();
    figures
}

fn figure(name: &'static str, what: &'static str, samples: Samples) -> Figure {
    Figure::new(name, what, "ms", samples)
        .percentile_at_most(99, 20.0)
        .with("lines", STEPS * 5 + 1)
}

fn workflow() -> String {
    let mut text = "steps:\n".to_owned();
    for step in 0..STEPS {
        let needs = step
            .checked_sub(1)
            .map_or(String::new(), |before| format!("step-{before}"));
        write!(
            text,
            "  - id: step-{step}\n    title: The step with the number {step}\n    run: make part-{step}\n    needs: [{needs}]\n    creates: [out/part-{step}.md]\n"
        )
        .expect("a string takes everything");
    }
    text
}

/// An editor with the workflow open.
struct Editor {
    session: Session,
    uri: String,
    version: i32,
}

impl Editor {
    fn open(world: &World) -> Self {
        let repo = world.sandbox().repo(&[("w.yaml", &workflow())]);
        let uri = format!("file://{}/w.yaml", repo.path.display());
        let mut session = Session::start(world.sandbox(), &repo.path);
        let folders = json!([{"uri": format!("file://{}", repo.path.display()), "name": "repo"}]);
        session.call(
            "initialize",
            json!({"capabilities": {}, "workspaceFolders": folders}),
        );
        session.notify("initialized", json!({}));
        let document = json!({"uri": uri, "languageId": "yaml", "version": 1, "text": workflow()});
        session.notify("textDocument/didOpen", json!({"textDocument": document}));
        Self {
            session,
            uri,
            version: 1,
        }
    }

    fn place(&self, line: usize, character: usize) -> Value {
        json!({
            "textDocument": {"uri": self.uri},
            "position": {"line": line, "character": character},
        })
    }

    /// Types a character into a list of steps in the middle of the file, and takes it away again.
    fn completion(&mut self, n: usize) -> Samples {
        let line = 5 * (STEPS / 2) + 4;
        let mut samples = Samples::default();
        for turn in 0..n {
            self.version += 1;
            let (end, text) = if turn % 2 == 0 { (12, "s") } else { (13, "") };
            let start = json!({"line": line, "character": 12});
            let range = json!({"start": start, "end": {"line": line, "character": end}});
            let document = json!({"uri": self.uri, "version": self.version});
            let changes = json!([{"range": range, "text": text}]);
            let place = self.place(line, 12 + text.len());
            let began = Instant::now();
            let params = json!({"textDocument": document, "contentChanges": changes});
            self.session.notify("textDocument/didChange", params);
            let answer = self.session.call("textDocument/completion", place);
            samples.push_ms(began.elapsed());
            let items = answer["result"]["items"].as_array().map_or(0, Vec::len);
            assert!(items >= STEPS - 2, "{items} steps are offered");
        }
        samples
    }

    fn ask(&mut self, n: usize, method: &str) -> Samples {
        let mut samples = Samples::default();
        for turn in 0..n {
            let place = self.place(5 * (turn % STEPS) + 1, 10);
            let began = Instant::now();
            let answer = self.session.call(method, place);
            samples.push_ms(began.elapsed());
            assert!(!answer["result"].is_null(), "{method}: {answer}");
        }
        samples
    }
}
