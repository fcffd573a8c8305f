//! A place for attempts, and what tests ask of them. Nothing here sleeps for a fixed time: it
//! waits for a condition, with a limit.

use std::cell::Cell;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use agents::attempt::{
    AttemptResult, AttemptSpec, End, LaunchJob, Launched, Program, Secret, Signal, folder,
    kill_tree, launch, survivors, watch_end,
};
use nix::sys::signal::Signal::SIGKILL;
use tempfile::TempDir;
use tokio::runtime::Runtime;

/// No test waits longer than this for anything.
pub(crate) const LIMIT: Duration = Duration::from_secs(30);

const UNSHARE: &str = "/usr/bin/unshare";

thread_local! {
    /// Whether supervisors of this test find no cgroups: they get a mount namespace without them.
    pub(crate) static BARE: Cell<bool> = const { Cell::new(false) };
}

/// Whether supervisors can be kept from cgroups here; it needs the right to unmount.
pub(crate) fn can_be_bare() -> bool {
    let script = ["-m", "umount", "-l", "-R", "/sys/fs/cgroup"];
    let done = std::process::Command::new(UNSHARE).args(script).output();
    done.is_ok_and(|output| output.status.success())
}

/// One attempt in a folder of its own. When it is dropped, no process carries its cookie.
pub(crate) struct Case {
    pub(crate) root: TempDir,
    pub(crate) runtime: Runtime,
    pub(crate) cookie: String,
}

impl Case {
    pub(crate) fn new() -> Self {
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        Self {
            root: tempfile::tempdir().unwrap(),
            runtime: runtime(),
            cookie: format!("test-{}-{number}", std::process::id()),
        }
    }

    /// The same for another daemon: the runtime, and with it who reads what the supervisor says, is new.
    pub(crate) fn restarted(mut self) -> Self {
        drop(std::mem::replace(&mut self.runtime, runtime()));
        self
    }

    pub(crate) fn dir(&self) -> PathBuf {
        self.root.path().join("attempt")
    }

    /// A file beside the attempt, for scripts to leave word in.
    pub(crate) fn file(&self, name: &str) -> PathBuf {
        self.root.path().join(name)
    }

    /// A script with `$HERE` as the folder beside the attempt, and short graces.
    pub(crate) fn script(&self, script: &str) -> AttemptSpec {
        let mut spec = AttemptSpec::new(
            &self.cookie,
            Program::Shell(script.to_owned()),
            self.root.path(),
        );
        let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        spec.env = vec![
            pair("PATH", "/usr/local/bin:/usr/bin:/bin"),
            pair("HERE", self.root.path().to_str().unwrap()),
        ];
        spec.grace_ms = 300;
        spec.leak_grace_ms = 150;
        spec
    }

    pub(crate) fn job(&self, spec: AttemptSpec) -> LaunchJob {
        let this = std::env::current_exe().unwrap();
        let (supervisor, supervisor_args) = if BARE.get() {
            let without = "umount -l -R /sys/fs/cgroup; exec \"$0\" supervise \"$1\"";
            let words = ["-m", "/bin/sh", "-c", without].map(OsString::from);
            (UNSHARE.into(), [&words[..], &[this.into()]].concat())
        } else {
            (this, vec!["supervise".into()])
        };
        LaunchJob {
            dir: self.dir(),
            spec,
            secrets: Vec::new(),
            supervisor,
            supervisor_args,
        }
    }

    pub(crate) fn launch(&self, spec: AttemptSpec) -> Launched {
        let _guard = self.runtime.enter();
        launch(self.job(spec)).unwrap()
    }

    pub(crate) fn launch_with(&self, spec: AttemptSpec, secrets: &[(&str, &str)]) -> Launched {
        let _guard = self.runtime.enter();
        let mut job = self.job(spec);
        job.secrets = secrets
            .iter()
            .map(|(name, value)| ((*name).to_owned(), Secret::new(*value)))
            .collect();
        launch(job).unwrap()
    }

    pub(crate) fn end(&self, launched: &Launched) -> End {
        self.end_of(Some(launched.pid))
    }

    pub(crate) fn end_of(&self, pid: Option<i32>) -> End {
        let dir = self.dir();
        let end = async { tokio::time::timeout(LIMIT, watch_end(&dir, pid)).await };
        self.runtime
            .block_on(end)
            .expect("the attempt did not end in time")
            .unwrap()
    }

    pub(crate) fn result(&self, launched: &Launched) -> AttemptResult {
        match self.end(launched) {
            End::Result(result) => *result,
            End::Vanished => panic!(
                "vanished: {:?}",
                std::fs::read_to_string(self.dir().join("supervisor.log"))
            ),
        }
    }

    /// Launches the script and waits for its result.
    pub(crate) fn run(&self, spec: AttemptSpec) -> AttemptResult {
        let launched = self.launch(spec);
        self.result(&launched)
    }

    /// Processes in the case's folder, whatever their environment says.
    pub(crate) fn processes_here(&self) -> Vec<i32> {
        let here = self.root.path().canonicalize().unwrap();
        let pids = std::fs::read_dir("/proc").unwrap().flatten();
        pids.filter(|e| std::fs::read_link(e.path().join("cwd")).is_ok_and(|cwd| cwd == here))
            .filter_map(|e| e.file_name().to_str()?.parse().ok())
            .collect()
    }

    /// The next signal that passes.
    pub(crate) fn signal<T>(
        &self,
        launched: &mut Launched,
        pick: impl Fn(Signal) -> Option<T>,
    ) -> T {
        let next = async {
            loop {
                let signal = launched
                    .signals
                    .recv()
                    .await
                    .expect("the supervisor fell silent");
                if let Some(found) = pick(signal) {
                    return found;
                }
            }
        };
        self.runtime
            .block_on(async { tokio::time::timeout(LIMIT, next).await })
            .expect("no such signal in time")
    }

    /// Waits until the script has made this file, and returns its first line.
    pub(crate) fn word(&self, name: &str) -> String {
        let path = self.file(name);
        wait_until(name, || {
            std::fs::read_to_string(&path).is_ok_and(|text| text.ends_with('\n'))
        });
        std::fs::read_to_string(&path).unwrap().trim().to_owned()
    }
}

fn runtime() -> Runtime {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap()
}

impl Drop for Case {
    fn drop(&mut self) {
        if std::thread::panicking() {
            // Of a test that failed nothing stays either.
            let started: Option<folder::Started> =
                folder::read(&self.dir(), folder::STARTED).unwrap_or_default();
            started.into_iter().for_each(|started| {
                nix::sys::signal::kill(nix::unistd::Pid::from_raw(started.supervisor_pid), SIGKILL)
                    .ok();
            });
            kill_tree(&self.dir()).ok();
            return;
        }
        let left = || [survivors(&self.cookie), self.processes_here()].concat();
        wait_until("every process of the attempt to be gone", || {
            left().is_empty()
        });
    }
}

/// Waits until this is true.
#[track_caller]
pub(crate) fn wait_until(what: &str, condition: impl Fn() -> bool) {
    let until = Instant::now() + LIMIT;
    while !condition() {
        assert!(Instant::now() < until, "waited in vain for: {what}");
        std::thread::sleep(Duration::from_millis(2));
    }
}

/// Sends a signal to a process.
pub(crate) fn signal(pid: i32, signal: nix::sys::signal::Signal) {
    nix::sys::signal::kill(nix::unistd::Pid::from_raw(pid), signal).unwrap();
}

/// The content of all files of a folder, with their names.
pub(crate) fn files(dir: &Path) -> Vec<(String, Vec<u8>)> {
    let entries = std::fs::read_dir(dir)
        .unwrap()
        .map(Result::unwrap)
        .filter(|e| e.path().is_file());
    entries
        .map(|e| {
            (
                e.file_name().into_string().unwrap(),
                std::fs::read(e.path()).unwrap(),
            )
        })
        .collect()
}
