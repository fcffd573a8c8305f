//! What fault tests share: finding the daemon and the supervisors as the kernel sees them, a workflow that
//! counts what really ran, and moments nobody chose.
#![expect(
    clippy::disallowed_methods,
    clippy::print_stdout,
    reason = "disks are mounted by a program; what a test was given by chance is printed with its failure"
)]

use serde_json::Value;
use std::collections::BTreeMap;
use std::fs;
use std::hash::{BuildHasher, Hasher, RandomState};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;
use support::process::{Found, alive};
use support::wait::poll;
use support::{LIMIT, Sandbox, wait_until};

/// Six steps, two of them at once. Each leaves a file named after itself in its worktree.
pub(crate) const SIX: &str = "steps:\n  - {id: a, run: work}\n  - {id: b, needs: [a], run: work}\n  - {id: c, needs: [a], run: work}\n  \
                       - {id: d, needs: [b, c], run: work}\n  - {id: e, needs: [d], run: work}\n  - {id: f, needs: [e], run: work}\n";

/// What `work` does. Its last act is a line in a file outside of every worktree: so many lines, so often was it
/// done to its end.
const WORK: &str = "sleep 0.03\necho \"$OFFSHOOT_STEP_ID\" > \"$OFFSHOOT_STEP_ID.txt\"\necho \"$OFFSHOOT_STEP_ID\" >> \"$HOME/done\"";

/// Puts `work` where steps find it.
pub(crate) fn with_work(sandbox: &Sandbox) {
    sandbox.script("work", WORK);
}

/// How often each name was written into a file in the home folder, one per line.
pub(crate) fn counted(sandbox: &Sandbox, file: &str) -> BTreeMap<String, usize> {
    let text = fs::read_to_string(sandbox.path("home").join(file)).unwrap_or_default();
    let mut counts = BTreeMap::new();
    for line in text.lines() {
        *counts.entry(line.to_owned()).or_default() += 1;
    }
    counts
}

/// Processes of the sandbox that run this verb of the program: `daemon`, `supervise`.
pub(crate) fn running(sandbox: &Sandbox, verb: &str) -> Vec<Found> {
    let needle = format!("under-test {verb}");
    let all = sandbox.processes().into_iter();
    all.filter(|found| found.command.contains(&needle))
        .collect()
}

/// The daemon that holds the lock, as the lock file names it, without asking it: it may be on its way up.
pub(crate) fn lock_holder(sandbox: &Sandbox) -> Option<i32> {
    let text = fs::read_to_string(sandbox.state().join("daemon.lock")).ok()?;
    let pid = serde_json::from_str::<Value>(&text).ok()?["pid"].as_i64()?;
    let pid = i32::try_from(pid).ok()?;
    let found = running(sandbox, "daemon")
        .into_iter()
        .any(|found| found.pid == pid);
    (found && alive(pid)).then_some(pid)
}

/// What the daemon says of itself; asked for outside of any repository.
#[track_caller]
pub(crate) fn status(sandbox: &Sandbox) -> Value {
    sandbox
        .call(&sandbox.path("home"))
        .args(&["--json", "background", "status"])
        .run()
        .json()
}

/// Asserts that a step of a run that ended took exactly one attempt.
#[track_caller]
pub(crate) fn once(run: &Value, step: &str) {
    let attempts = support::run::step(run, step)["attempts"].as_array();
    assert_eq!(attempts.map(Vec::len), Some(1), "{run:#}");
}

/// Waits for a file or folder below the sandbox's home.
#[track_caller]
pub(crate) fn wait_for(sandbox: &Sandbox, name: &str) {
    let path = sandbox.path("home").join(name);
    wait_until(name, LIMIT, || path.exists().then_some(()));
}

/// Makes what `await-file` waits for.
#[track_caller]
pub(crate) fn make(sandbox: &Sandbox, name: &str) {
    fs::create_dir(sandbox.path("home").join(name)).expect("a signal for a step");
}

/// Waits until nothing of the sandbox lives any more.
#[track_caller]
pub(crate) fn wait_nobody(sandbox: &Sandbox) {
    let gone = poll(LIMIT, || sandbox.processes().is_empty().then_some(()));
    assert!(gone.is_some(), "still there: {:#?}", sandbox.processes());
}

/// Moments nobody chose. The seed is printed: a failing test shows it, and `OFFSHOOT_TEST_SEED` repeats it.
pub(crate) struct Chance(u64);

impl Chance {
    /// From the system, or from the environment.
    pub(crate) fn new() -> Self {
        let given = std::env::var("OFFSHOOT_TEST_SEED")
            .ok()
            .and_then(|seed| seed.parse().ok());
        let seed = given.unwrap_or_else(|| RandomState::new().build_hasher().finish());
        println!("OFFSHOOT_TEST_SEED={seed}");
        Self(seed | 1)
    }

    /// A number below `end` (xorshift).
    pub(crate) fn below(&mut self, end: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % end
    }

    /// Lets up to so many milliseconds pass, or less when what is waited for comes before.
    pub(crate) fn moment<T>(&mut self, most_ms: u64, look: impl FnMut() -> Option<T>) -> Option<T> {
        poll(Duration::from_millis(self.below(most_ms)), look)
    }
}

/// A file system of its own, mounted in the sandbox. Dropped, it stops the daemon first: state may lie on it.
pub(crate) struct Disk<'a> {
    sandbox: &'a Sandbox,
    path: PathBuf,
}

impl<'a> Disk<'a> {
    /// A small disk at this path; `None` (and a word about it) where this user may not mount.
    pub(crate) fn mount(sandbox: &'a Sandbox, path: &Path, size: &str) -> Option<Self> {
        fs::create_dir_all(path).expect("a place to mount at");
        let options = format!("size={size},mode=0700");
        let path_text = path.display().to_string();
        if !system(
            "mount",
            &["-t", "tmpfs", "-o", &options, "tmpfs", &path_text],
        ) {
            println!("skipped: this user cannot mount a small disk");
            return None;
        }
        Some(Self {
            sandbox,
            path: path.to_owned(),
        })
    }

    /// Takes all the room that is left; dropping what it returns gives it back.
    pub(crate) fn fill(&self) -> Filler {
        let path = self.path.join("filler");
        let mut file = fs::File::create(&path).expect("a file that fills the disk");
        let full = std::io::copy(&mut std::io::repeat(0), &mut file);
        assert!(full.is_err(), "the disk took everything");
        Filler(path)
    }

    /// Makes it read-only, or writable again.
    #[track_caller]
    pub(crate) fn read_only(&self, on: bool) {
        let how = if on { "remount,ro" } else { "remount,rw" };
        let path = self.path.display().to_string();
        let done = poll(LIMIT, || system("mount", &["-o", how, &path]).then_some(()));
        assert!(done.is_some(), "{how} does not work");
    }
}

impl Drop for Disk<'_> {
    fn drop(&mut self) {
        let _ = system(
            "mount",
            &["-o", "remount,rw", &self.path.display().to_string()],
        );
        let _ = fs::remove_file(self.path.join("filler"));
        let stop = self
            .sandbox
            .call(&self.sandbox.path("home"))
            .args(&["background", "stop"]);
        // What went wrong is said by the test; here only the disk is to go.
        let _ = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| stop.run()));
        poll(Duration::from_secs(20), || {
            self.sandbox.processes().is_empty().then_some(())
        });
        let left = self.sandbox.processes();
        support::process::clear(&left);
        let _ = system("umount", &["-l", &self.path.display().to_string()]);
        assert!(
            left.is_empty() || std::thread::panicking(),
            "processes are left: {left:#?}"
        );
    }
}

/// All the room of a disk.
pub(crate) struct Filler(PathBuf);

impl Drop for Filler {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.0);
    }
}

fn system(program: &str, args: &[&str]) -> bool {
    let output = Command::new(program).args(args).output();
    output.is_ok_and(|output| output.status.success())
}
