//! A world of its own for one test: state, home and settings folders, and the proof at the end that nothing
//! of it lives on.
#![expect(clippy::disallowed_methods, reason = "the harness lays out files")]

use crate::call::{Call, Output, Spawned, tool};
use crate::repo::Repo;
use crate::wait::poll;
use crate::{process, wait_until};
use serde_json::Value;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// How long processes have to leave after `background stop`: its own grace is 10 s.
const LEAVE: Duration = Duration::from_secs(30);

const GITCONFIG: &str = "[user]\n\tname = Tess Ter\n\temail = tess@example.org\n\
    [init]\n\tdefaultBranch = main\n[commit]\n\tgpgsign = false\n[advice]\n\tdetachedHead = false\n";

/// `await-file PATH`: what steps wait with for each other and for the test. Gives up after a minute.
const AWAIT: &str = "i=0\nuntil [ -e \"$1\" ]; do\n  i=$((i + 1))\n  [ $i -lt 3000 ] || exit 97\n  sleep 0.02\ndone";

/// One test's world. Dropping it stops the daemon, proves that no process is left, and removes the folder.
#[derive(Debug)]
pub struct Sandbox {
    root: PathBuf,
    program: PathBuf,
    finished: bool,
}

impl Sandbox {
    /// A world for the binary at `program`; use `sandbox!()`.
    pub fn new(program: impl Into<PathBuf>) -> Self {
        // Short: a socket's path has to fit into 108 bytes, whatever TMPDIR says.
        Self::below(Path::new("/tmp"), program)
    }

    /// The same with its files below another folder.
    pub fn below(folder: &Path, program: impl Into<PathBuf>) -> Self {
        let root = tempfile::Builder::new().prefix("os-").tempdir_in(folder);
        let sandbox = Self::adopt(&root.expect("a folder for it").keep(), program);
        for folder in ["home", "bin", "state", "config", "data", "cache", "runtime"] {
            fs::create_dir(sandbox.path(folder)).expect("a folder in the sandbox");
        }
        let private = fs::Permissions::from_mode(0o700);
        fs::set_permissions(sandbox.path("runtime"), private).expect("a private runtime folder");
        fs::write(sandbox.path("home/.gitconfig"), GITCONFIG).expect("a git identity");
        sandbox.script("await-file", AWAIT);
        sandbox
    }

    /// One whose owner is gone: it is ended and removed like one's own.
    pub fn adopt(root: &Path, program: impl Into<PathBuf>) -> Self {
        Self {
            root: root.to_owned(),
            program: program.into(),
            finished: false,
        }
    }

    /// The binary under test.
    pub fn program(&self) -> &Path {
        &self.program
    }

    /// The binary under test as if it were of an older version: versions are texts in it, and these are as
    /// long.
    #[track_caller]
    pub fn older(&self) -> PathBuf {
        let version = env!("CARGO_PKG_VERSION");
        let digits = |part: &str| part.replace(|digit: char| digit.is_ascii_digit(), "0");
        let (major, rest) = version.split_once('.').expect("a version");
        let older = format!("{major}.{}", digits(rest));
        assert_ne!(older, version, "no version of the same length is older");
        let path = self.path("bin/older");
        fs::copy(&self.program, &path).expect("a copy of the binary");
        let change = format!("s/{}/{older}/g", version.replace('.', "\\."));
        let file = path.display().to_string();
        tool(
            "sed",
            &self.root,
            &self.environment(),
            &["-i", &change, &file],
        );
        path
    }

    /// A path in the sandbox.
    pub fn path(&self, relative: &str) -> PathBuf {
        self.root.join(relative)
    }

    /// The state folder (`OFFSHOOT_HOME`). It exists once something ran.
    pub fn state(&self) -> PathBuf {
        self.path("state/o")
    }

    /// The environment of everything in this sandbox.
    pub fn environment(&self) -> Vec<(String, PathBuf)> {
        let path = std::env::var("PATH").unwrap_or_default();
        [
            ("OFFSHOOT_HOME", self.state()),
            ("HOME", self.path("home")),
            ("XDG_CONFIG_HOME", self.path("config")),
            ("XDG_DATA_HOME", self.path("data")),
            ("XDG_STATE_HOME", self.path("state")),
            ("XDG_CACHE_HOME", self.path("cache")),
            ("XDG_RUNTIME_DIR", self.path("runtime")),
            (
                "PATH",
                format!("{}:{path}", self.path("bin").display()).into(),
            ),
            ("TZ", "UTC".into()),
            ("LC_ALL", "C".into()),
            ("GIT_CONFIG_NOSYSTEM", "1".into()),
        ]
        .map(|(name, value)| (name.to_owned(), value))
        .to_vec()
    }

    /// A call of the binary in `folder`.
    pub fn call(&self, folder: &Path) -> Call {
        self.call_of(&self.program, folder)
    }

    /// A call of another program in `folder`.
    pub fn call_of(&self, program: &Path, folder: &Path) -> Call {
        self.environment()
            .into_iter()
            .fold(Call::new(program, folder), |call, (name, value)| {
                call.env(&name, value)
            })
    }

    /// Runs the binary outside any repository.
    #[track_caller]
    pub fn offshoot(&self, args: &[&str]) -> Output {
        self.call(&self.path("home")).args(args).run()
    }

    /// Runs it with `--json` outside any repository.
    #[track_caller]
    pub fn json(&self, args: &[&str]) -> Value {
        self.call(&self.path("home"))
            .args(&["--json"])
            .args(args)
            .json()
    }

    /// Starts it outside any repository.
    #[track_caller]
    pub fn spawn(&self, args: &[&str]) -> Spawned {
        self.call(&self.path("home")).args(args).spawn()
    }

    /// A git repository named `repo` with these files in its first commit.
    #[track_caller]
    pub fn repo(&self, files: &[(&str, &str)]) -> Repo<'_> {
        self.repo_named("repo", files)
    }

    /// The same under another name.
    #[track_caller]
    pub fn repo_named(&self, name: &str, files: &[(&str, &str)]) -> Repo<'_> {
        Repo::create(self, self.path(name), files)
    }

    /// A program for steps and agents: an `sh` script that is found by its name.
    pub fn script(&self, name: &str, body: &str) -> PathBuf {
        let path = self.path("bin").join(name);
        fs::write(&path, format!("#!/bin/sh\n{body}\n")).expect("a script");
        fs::set_permissions(&path, fs::Permissions::from_mode(0o755))
            .expect("an executable script");
        path
    }

    /// Writes the user's own settings (`config.yaml`).
    pub fn user_settings(&self, yaml: &str) {
        let folder = self.path("config/offshoot");
        fs::create_dir_all(&folder).expect("a settings folder");
        fs::write(folder.join("config.yaml"), yaml).expect("the user's settings");
    }

    /// Process of the daemon, if one runs.
    #[track_caller]
    pub fn daemon_pid(&self) -> Option<i32> {
        let status = self.offshoot(&["--json", "background", "status"]);
        match status.code {
            0 | 5 => status.json()["pid"]
                .as_i64()
                .and_then(|pid| i32::try_from(pid).ok()),
            3 => None,
            _ => panic!("background status: {status}"),
        }
    }

    /// Starts the daemon and returns its process.
    #[track_caller]
    pub fn start_daemon(&self) -> i32 {
        self.offshoot(&["background", "start"]).expect_code(0);
        wait_until("the daemon", crate::LIMIT, || self.daemon_pid())
    }

    /// Processes that belong to this sandbox now.
    pub fn processes(&self) -> Vec<process::Found> {
        process::belonging_to(&self.root)
    }

    /// Stops the daemon and proves that no process is left. `Drop` does the same.
    ///
    /// # Panics
    ///
    /// When processes are left. They are named, and killed.
    #[track_caller]
    pub fn finish(mut self) {
        self.end();
    }

    /// The same, but the folder stays until this is dropped.
    #[track_caller]
    pub fn end(&mut self) {
        if std::mem::replace(&mut self.finished, true) {
            return;
        }
        self.stop_daemon();
        let limit = if std::thread::panicking() {
            Duration::from_secs(1)
        } else {
            LEAVE
        };
        if poll(limit, || self.processes().is_empty().then_some(())).is_some() {
            return;
        }
        let left = self.processes();
        process::clear(&left);
        assert!(
            std::thread::panicking() || left.is_empty(),
            "processes are left: {left:#?}"
        );
    }

    /// Ends what was interrupted: nothing has to be proved, nothing may be left.
    pub fn abandon(mut self) {
        self.finished = true;
        self.stop_daemon();
        let _ = poll(Duration::from_secs(1), || {
            self.processes().is_empty().then_some(())
        });
        poll(LEAVE, || {
            let left = self.processes();
            process::clear(&left);
            left.is_empty().then_some(())
        });
    }

    fn stop_daemon(&self) {
        if self.processes().is_empty() {
            return;
        }
        let stop = self
            .call(&self.path("home"))
            .args(&["background", "stop"])
            .limit(LEAVE);
        // A test that fails must say why it failed, not that it could not clean up.
        let _ = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| stop.run()));
    }
}

impl Drop for Sandbox {
    fn drop(&mut self) {
        self.end();
        // Read-only folders that a test made would keep the removal from working.
        crate::tree::make_writable(&self.root);
        let _ = fs::remove_dir_all(&self.root);
    }
}
