//! The command line's way to the first action of a task, beside the same with pueue.
#![expect(
    clippy::disallowed_methods,
    reason = "the benchmark lays out pueue's settings"
)]

use crate::Options;
use crate::fifo::Fifo;
use crate::figure::{Figure, rounded};
use crate::samples::Samples;
use crate::world::World;
use std::path::{Path, PathBuf};
use std::process::Child;
use std::time::{Duration, Instant};
use support::{LIMIT, wait_until};

const NAME: &str = "submit-cli";
const WHAT: &str = "start of `background submit --no-worktree` to the first action of the task";

pub(super) fn measure(options: &Options) -> Vec<Figure> {
    let world = World::new(4);
    let (daemon, client, _) = world.start();
    let fifo = Fifo::new(world.path("fifo"));
    let pueue = Pueue::start(&world, options.pueue.as_deref());
    let (mut ours, mut theirs) = (Samples::default(), Samples::default());
    for _ in 0..options.n(30, 6) {
        let arguments = [
            "background",
            "submit",
            "--no-worktree",
            "--",
            "/bin/sh",
            "-c",
            &fifo.command(),
        ];
        ours.push_ms(first_action(world.offshoot(&arguments), &fifo));
        world.idle(&client, LIMIT);
        if let Some(pueue) = &pueue {
            theirs.push_ms(first_action(pueue.add(&world, &fifo.command()), &fifo));
            // It looks after its children every 0.3 s: the next one is not to wait for that.
            std::thread::sleep(Duration::from_millis(700));
        }
    }
    let version = pueue.as_ref().map(|pueue| pueue.version(&world));
    drop((pueue, client));
    daemon.stop();
    let figure = Figure::new(NAME, WHAT, "ms", ours.clone());
    let Some(version) = version else {
        let figure = figure.with("pueue", "not run: `cargo install pueue --locked` brings it");
        return vec![figure];
    };
    let times = theirs.median() / ours.median();
    let figure = figure
        .against("start of `pueue add` to the same, idle, 4 parallel", theirs)
        .ratio("median of pueue / median of ours", times)
        .at_least("times as fast", rounded(times), 10.0)
        .with("pueue", version.trim());
    vec![figure]
}

fn first_action(mut command: std::process::Command, fifo: &Fifo) -> Duration {
    let began = Instant::now();
    let mut child = command.spawn().expect("a command line");
    let ran = fifo.wait() - began;
    let status = child.wait().expect("its end");
    assert!(status.success(), "the submit failed: {status}");
    ran
}

/// A pueue daemon of this world.
struct Pueue {
    daemon: Child,
    folder: Option<PathBuf>,
    settings: PathBuf,
}

impl Pueue {
    /// None where it is not installed.
    fn start(world: &World, folder: Option<&Path>) -> Option<Self> {
        let state = world.path("pueue");
        std::fs::create_dir(&state).expect("a folder for pueue");
        let settings = state.join("pueue.yml");
        let text = format!(
            "shared:\n  pueue_directory: {0}\n  runtime_directory: {0}\n  use_unix_socket: true\n  \
             unix_socket_path: {0}/p.sock\nclient: {{}}\ndaemon: {{}}\n",
            state.display()
        );
        std::fs::write(&settings, text).expect("settings for pueue");
        let program = in_folder(folder, "pueued");
        let daemon = world
            .command(program, &state)
            .arg("--config")
            .arg(&settings)
            .spawn()
            .ok()?;
        let pueue = Self {
            daemon,
            folder: folder.map(Path::to_owned),
            settings,
        };
        let ready = || {
            pueue
                .call(world, &["parallel", "4"])
                .status()
                .ok()?
                .success()
                .then_some(())
        };
        wait_until("pueue's daemon", LIMIT, ready);
        Some(pueue)
    }

    fn call(&self, world: &World, arguments: &[&str]) -> std::process::Command {
        let program = in_folder(self.folder.as_deref(), "pueue");
        let mut command = world.command(program, &world.path("home"));
        command.arg("--config").arg(&self.settings).args(arguments);
        command
    }

    fn add(&self, world: &World, script: &str) -> std::process::Command {
        self.call(world, &["add", "--", script])
    }

    fn version(&self, world: &World) -> String {
        let mut command = self.call(world, &["--version"]);
        let output = command
            .stdout(std::process::Stdio::piped())
            .output()
            .expect("a version");
        String::from_utf8_lossy(&output.stdout).into_owned()
    }
}

impl Drop for Pueue {
    fn drop(&mut self) {
        let _ = self.daemon.kill();
        let _ = self.daemon.wait();
    }
}

fn in_folder(folder: Option<&Path>, program: &str) -> PathBuf {
    folder.map_or_else(|| PathBuf::from(program), |folder| folder.join(program))
}
