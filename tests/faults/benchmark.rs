//! `tests/bench` interrupted half way: none of its daemons and none of its files stay.
#![expect(
    clippy::disallowed_methods,
    reason = "the benchmark is a program of its own, and so is who starts it"
)]

use nix::sys::signal::Signal;
use std::fs;
use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use support::process::{Found, alive, belonging_to, signal};
use support::{LIMIT, wait_until};

/// A benchmark under way, in a folder where it finds the program that it measures.
struct Bench {
    started: Child,
    _programs: tempfile::TempDir,
    /// The benchmark itself, where something else was started.
    pid: i32,
    /// Where all of its files are.
    folder: PathBuf,
}

impl Bench {
    /// Starts it and waits until there is something to clear up.
    fn start(with: impl FnOnce(&Path) -> Command) -> Self {
        let programs = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).expect("a folder");
        let place = |from: &str, name: &str| {
            let to = programs.path().join(name);
            fs::hard_link(from, &to).expect("a program");
            to
        };
        place(env!("CARGO_BIN_EXE_offshoot-under-test"), "offshoot");
        let bench = place(env!("CARGO_BIN_EXE_bench"), "bench");
        let mut command = with(&bench);
        let started = command
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("the benchmark");
        let daemon = wait_until("a daemon of the benchmark", LIMIT, || {
            let all = belonging_to(programs.path()).into_iter();
            all.clone()
                .find(|found| found.command.ends_with("offshoot daemon"))
        });
        let all = belonging_to(programs.path()).into_iter();
        let own = all
            .clone()
            .find(|found| found.command.contains("bench --quick growth"));
        Self {
            pid: own.expect("the benchmark").pid,
            folder: state_of(&daemon),
            started,
            _programs: programs,
        }
    }

    /// Ends it by this signal to this process; returns how what was started ended.
    fn end(mut self, pid: i32, by: Signal) -> std::process::ExitStatus {
        assert!(self.folder.exists());
        signal(pid, by);
        let status = self.started.wait().expect("its end");
        wait_until("its files to go", LIMIT, || {
            (!self.folder.exists()).then_some(())
        });
        wait_until("its processes to go", LIMIT, || {
            (belonging_to(&self.folder).is_empty() && !alive(self.pid)).then_some(())
        });
        status
    }
}

/// The folder of all worlds, which the daemon's state folder is in: `/tmp/os-…/os-…/state/o`.
fn state_of(daemon: &Found) -> PathBuf {
    let environment = fs::read(format!("/proc/{}/environ", daemon.pid)).expect("its environment");
    let text = String::from_utf8_lossy(&environment).into_owned();
    let home = text
        .split('\0')
        .find_map(|v| v.strip_prefix("OFFSHOOT_HOME="));
    let home = Path::new(home.expect("a state folder"));
    home.ancestors().nth(3).expect("its folder").to_owned()
}

fn plain(bench: &Path) -> Command {
    let mut command = Command::new(bench);
    command.args(["--quick", "growth"]);
    command
}

#[test]
fn interrupted_by_a_signal_it_clears_up_before_it_ends() {
    for by in [Signal::SIGINT, Signal::SIGTERM] {
        let bench = Bench::start(plain);
        let (pid, folder) = (bench.pid, bench.folder.clone());
        let status = bench.end(pid, by);
        assert_eq!(status.code(), Some(128 + by as i32), "{by}");
        assert!(!folder.exists());
    }
}

#[test]
fn killed_at_once_it_is_cleared_up_after() {
    let bench = Bench::start(plain);
    let pid = bench.pid;
    assert_eq!(bench.end(pid, Signal::SIGKILL).signal(), Some(9));
}

#[test]
fn it_ends_with_who_started_it() {
    let bench = Bench::start(|bench| {
        let mut shell = Command::new("sh");
        // Two commands, or the shell would become the first.
        shell.args(["-c", "\"$0\" --quick growth; true"]).arg(bench);
        shell
    });
    let shell = i32::try_from(bench.started.id()).expect("a process");
    assert_ne!(shell, bench.pid);
    assert_eq!(bench.end(shell, Signal::SIGKILL).signal(), Some(9));
}
