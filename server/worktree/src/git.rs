//! Running the `git` program: the one place where this crate starts a process.
//!
//! Every call is made deaf to its surroundings (hooks, prompts, signing, background maintenance,
//! file system monitors), has a deadline and a bound on its output, and is tried again while
//! another git holds a lock.
#![expect(
    clippy::disallowed_methods,
    reason = "git processes start here and nowhere else in the crate"
)]

use std::ffi::{OsStr, OsString};
use std::io::{Read, Seek, SeekFrom, Write};
use std::os::fd::AsFd;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::process::{Pid, Signal, kill_process_group};

use crate::environment::Environment;
use crate::error::{Error, Result};
use crate::oid::Oid;

/// Settings of each call. The user's other settings (filters, merge drivers, line ends) hold.
const SETTINGS: &[&str] = &[
    "core.hooksPath=/dev/null",
    "core.fsmonitor=false",
    "core.untrackedCache=false",
    "core.splitIndex=false",
    "core.trustctime=true",
    "core.checkStat=default",
    "commit.gpgSign=false",
    "tag.gpgSign=false",
    "gc.auto=0",
    "maintenance.auto=false",
    // These two would write into the shared config: `worktree add` by itself must not.
    "worktree.useRelativePaths=false",
    "branch.autoSetupMerge=false",
    "i18n.commitEncoding=UTF-8",
    "advice.addEmbeddedRepo=false",
    // Submodules are filled by us, and in the user's checkout not at all.
    "submodule.recurse=false",
];

/// Variables of each call.
const VARIABLES: &[(&str, &str)] = &[
    ("GIT_OPTIONAL_LOCKS", "0"),
    ("GIT_TERMINAL_PROMPT", "0"),
    ("GIT_ASKPASS", "true"),
    ("GIT_EDITOR", "true"),
    ("GIT_MERGE_AUTOEDIT", "no"),
    ("GIT_PAGER", "cat"),
    ("LC_ALL", "C"),
];

/// Enough for a checkout of a very large tree; what takes longer hangs.
const DEADLINE: Duration = Duration::from_secs(600);
/// Output beyond this is a fault of ours or of the repository, not an answer.
const MOST_OUTPUT: usize = 256 << 20;
const MOST_STDERR: usize = 64 << 10;
/// How long another git may hold a lock before its holder counts as stuck.
const LOCK_PATIENCE: Duration = Duration::from_secs(5);

/// One call of git, being put together.
#[derive(Debug, Clone)]
pub(crate) struct Call {
    environment: Environment,
    cwd: PathBuf,
    args: Vec<OsString>,
    settings: Vec<OsString>,
    vars: Vec<(OsString, OsString)>,
    input: Option<Vec<u8>>,
    deadline: Duration,
}

/// How a call ended.
#[derive(Debug)]
pub(crate) struct Output {
    /// `None` when a signal ended it.
    pub(crate) code: Option<i32>,
    pub(crate) stdout: Vec<u8>,
    pub(crate) stderr: Vec<u8>,
}

impl Call {
    pub(crate) fn new(environment: &Environment, cwd: &Path) -> Self {
        Self {
            environment: environment.clone(),
            cwd: cwd.to_owned(),
            args: Vec::new(),
            settings: Vec::new(),
            vars: Vec::new(),
            input: None,
            deadline: DEADLINE,
        }
    }

    pub(crate) fn arg(mut self, arg: impl AsRef<OsStr>) -> Self {
        self.args.push(arg.as_ref().to_owned());
        self
    }

    pub(crate) fn args<I: IntoIterator<Item: AsRef<OsStr>>>(mut self, args: I) -> Self {
        self.args
            .extend(args.into_iter().map(|a| a.as_ref().to_owned()));
        self
    }

    /// One more `-c key=value`.
    pub(crate) fn set(mut self, setting: impl Into<OsString>) -> Self {
        self.settings.push(setting.into());
        self
    }

    pub(crate) fn var(mut self, name: &str, value: impl AsRef<OsStr>) -> Self {
        self.vars.push((name.into(), value.as_ref().to_owned()));
        self
    }

    /// Another bound on how long it may take.
    pub(crate) fn deadline(mut self, deadline: Duration) -> Self {
        self.deadline = deadline;
        self
    }

    /// Runs on this git folder and this working tree, whatever the folder above them says.
    pub(crate) fn at(mut self, git_dir: &Path, work_tree: &Path) -> Self {
        self.cwd = work_tree.to_owned();
        let at = self.var("GIT_DIR", git_dir).var("GIT_WORK_TREE", work_tree);
        if tells_cases_apart(work_tree) {
            // A configuration that came from another machine may say otherwise: git would then put
            // the change of one file into another.
            return at.set("core.ignoreCase=false");
        }
        at
    }

    pub(crate) fn index(self, index: &Path) -> Self {
        self.var("GIT_INDEX_FILE", index)
    }

    pub(crate) fn input(mut self, bytes: Vec<u8>) -> Self {
        self.input = Some(bytes);
        self
    }

    /// Runs it and returns how it ended, whatever the exit code.
    pub(crate) fn output(&self) -> Result<Output> {
        let started = Instant::now();
        let mut pause = Duration::from_millis(10);
        let mut cleared = false;
        loop {
            let output = self.once()?;
            let locked = output.code != Some(0) && is_lock_trouble(&output.stderr);
            if !locked {
                return Ok(output);
            }
            if started.elapsed() > LOCK_PATIENCE {
                if cleared || !clear_abandoned(&output.stderr) {
                    return Ok(output);
                }
                cleared = true;
            }
            tracing::debug!(
                command = self.name(),
                "git is locked by another process, trying again"
            );
            std::thread::sleep(pause);
            pause = (pause * 2).min(Duration::from_millis(500));
        }
    }

    /// Runs it; any exit code but 0 is an error.
    pub(crate) fn run(&self) -> Result<Vec<u8>> {
        let output = self.output()?;
        match output.code {
            Some(0) => Ok(output.stdout),
            _ => Err(self.failed(&output)),
        }
    }

    /// Runs it and reads its one line as an object id.
    pub(crate) fn oid(&self) -> Result<Oid> {
        let stdout = self.run()?;
        let text = String::from_utf8_lossy(crate::bytes::line(&stdout));
        Oid::parse(&text).map_err(|_| Error::odd_answer(&self.name(), &stdout))
    }

    /// The error of a call that ended like this.
    pub(crate) fn failed(&self, output: &Output) -> Error {
        match output.code {
            None if output.stderr.is_empty() => Error::ended(self.name()),
            _ => Error::git(self.name(), &output.stderr),
        }
    }

    /// The subcommand and its arguments, bounded, for messages.
    fn name(&self) -> String {
        let words: Vec<_> = self.args.iter().map(|a| a.to_string_lossy()).collect();
        words.join(" ").chars().take(300).collect()
    }

    fn command(&self) -> Result<Command> {
        let mut command = Command::new(self.environment.program("git"));
        command
            .arg0("git")
            .env_clear()
            .envs(self.environment.vars().iter().map(|(k, v)| (k, v)));
        command
            .envs(VARIABLES.iter().copied())
            .envs(self.vars.iter().map(|(k, v)| (k, v)));
        for setting in SETTINGS
            .iter()
            .map(OsStr::new)
            .chain(self.settings.iter().map(|s| s.as_os_str()))
        {
            command.arg("-c").arg(setting);
        }
        command
            .args(&self.args)
            .current_dir(&self.cwd)
            .process_group(0);
        command
            .stdin(self.stdin()?)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        Ok(command)
    }

    /// Input goes through a file without a name: git can read it at its own pace, and nothing can block.
    fn stdin(&self) -> Result<Stdio> {
        let Some(input) = &self.input else {
            return Ok(Stdio::null());
        };
        let file = || -> std::io::Result<std::fs::File> {
            let mut file = nameless()?;
            file.write_all(input)?;
            file.seek(SeekFrom::Start(0))?;
            Ok(file)
        };
        let file = file()
            .map_err(|e| Error::io("write the input of git into", &std::env::temp_dir(), e))?;
        Ok(file.into())
    }

    fn once(&self) -> Result<Output> {
        let mut child = self.command()?.spawn().map_err(|e| self.cannot_start(e))?;
        let (stdout, stderr) = match self.collect(&mut child) {
            Ok(collected) => collected,
            Err(error) => {
                end(&mut child);
                return Err(error);
            }
        };
        let status = child
            .wait()
            .map_err(|e| Error::io("wait for git in", &self.cwd, e))?;
        Ok(Output {
            code: status.code(),
            stdout,
            stderr,
        })
    }

    fn cannot_start(&self, error: std::io::Error) -> Error {
        // Both a missing program and a missing working folder are "not found".
        if error.kind() == std::io::ErrorKind::NotFound && self.cwd.is_dir() {
            return Error::GitMissing;
        }
        Error::io("start git in", &self.cwd, error)
    }

    /// Reads both streams to their ends, or to the deadline.
    fn collect(&self, child: &mut Child) -> Result<(Vec<u8>, Vec<u8>)> {
        let until = Instant::now() + self.deadline;
        let (mut out, mut err) = (child.stdout.take(), child.stderr.take());
        let (mut stdout, mut stderr) = (Vec::new(), Vec::new());
        while out.is_some() || err.is_some() {
            let left = until.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return Err(Error::Deadline {
                    command: self.name(),
                    after: self.deadline,
                });
            }
            let (out_ready, err_ready) = wait_for(out.as_ref(), err.as_ref(), left);
            if out_ready {
                read_some(&mut out, &mut stdout, MOST_OUTPUT);
            }
            if err_ready {
                read_some(&mut err, &mut stderr, MOST_STDERR);
            }
            if stdout.len() >= MOST_OUTPUT {
                let what = format!("the output of `git {}`", self.name());
                return Err(Error::TooBig {
                    what,
                    limit: MOST_OUTPUT as u64,
                });
            }
        }
        Ok((stdout, stderr))
    }
}

/// Whether names that differ in case only are two files there.
fn tells_cases_apart(work_tree: &Path) -> bool {
    let there = |path: PathBuf| std::fs::symlink_metadata(path).is_ok();
    if there(work_tree.join(".git")) {
        return !there(work_tree.join(".GIT"));
    }
    // A warm tree: by its own name, where that has letters.
    let name = work_tree.file_name().unwrap_or_default().to_string_lossy();
    let other = name.to_uppercase();
    other != name && !there(work_tree.with_file_name(other))
}

/// In memory where that is possible: most inputs are a few hundred bytes.
#[cfg(target_os = "linux")]
fn nameless() -> std::io::Result<std::fs::File> {
    use rustix::fs::{MemfdFlags, memfd_create};
    match memfd_create(c"git's input", MemfdFlags::CLOEXEC) {
        Ok(memory) => Ok(memory.into()),
        Err(_) => tempfile::tempfile(),
    }
}

#[cfg(not(target_os = "linux"))]
fn nameless() -> std::io::Result<std::fs::File> {
    tempfile::tempfile()
}

/// Which of the two streams can be read now; both false when the time is over.
fn wait_for<A: AsFd, B: AsFd>(out: Option<&A>, err: Option<&B>, left: Duration) -> (bool, bool) {
    let mut fds = Vec::with_capacity(2);
    fds.extend(out.map(|s| PollFd::new(s, PollFlags::IN)));
    fds.extend(err.map(|s| PollFd::new(s, PollFlags::IN)));
    let timeout = Timespec::try_from(left).ok();
    if poll(&mut fds, timeout.as_ref()).is_err() {
        return (false, false);
    }
    let mut ready = fds.iter().map(|fd| !fd.revents().is_empty());
    let out_ready = out.is_some() && ready.next().unwrap_or(false);
    (out_ready, err.is_some() && ready.next().unwrap_or(false))
}

/// Reads once; keeps at most `most` bytes, and drops the stream at its end.
fn read_some<S: Read>(stream: &mut Option<S>, into: &mut Vec<u8>, most: usize) {
    let Some(source) = stream else { return };
    let mut chunk = [0; 64 << 10];
    match source.read(&mut chunk) {
        Ok(0) => *stream = None,
        Ok(n) => into.extend_from_slice(&chunk[..n.min(most.saturating_sub(into.len()))]),
        Err(e) if e.kind() == std::io::ErrorKind::Interrupted => {}
        Err(_) => *stream = None,
    }
}

/// Ends git and what it started (filters, checkout workers, merge drivers).
fn end(child: &mut Child) {
    if let Some(group) = i32::try_from(child.id()).ok().and_then(Pid::from_raw) {
        let _ = kill_process_group(group, Signal::KILL);
    }
    let _ = child.wait();
}

/// Removes the lock that was in the way where it is one on a ref of ours, and as old as our patience: only we
/// write these, in milliseconds, so whoever made it was killed, or lost its power.
fn clear_abandoned(stderr: &[u8]) -> bool {
    let text = String::from_utf8_lossy(stderr);
    let named = text.split_once("Unable to create '").map(|(_, rest)| rest);
    let Some((path, _)) = named.and_then(|rest| rest.split_once("': File exists")) else {
        return false;
    };
    let ours = path.contains("/refs/heads/offshoot") || path.contains("/refs/offshoot/");
    let modified = std::fs::metadata(path).and_then(|meta| meta.modified());
    let age = modified.ok().and_then(|time| time.elapsed().ok());
    let abandoned = ours && path.ends_with(".lock") && age.is_some_and(|age| age >= LOCK_PATIENCE);
    if abandoned {
        tracing::warn!(path, "an abandoned lock is removed");
    }
    abandoned && std::fs::remove_file(path).is_ok()
}

/// Whether git failed because another git was at it, so that trying again helps.
fn is_lock_trouble(stderr: &[u8]) -> bool {
    let text = String::from_utf8_lossy(stderr);
    let lock_file = text.contains(".lock': File exists");
    let config = text.contains("could not lock config file") && text.contains("File exists");
    // `worktree add` and `remove` look at every other entry, also at one just being made or removed.
    let admin = text.contains("/worktrees/")
        && (text.contains("failed to read") || text.contains("unable to read"))
        // "Success": the file was there, and still empty.
        && (text.contains("No such file or directory") || text.contains(": Success"));
    lock_file || config || admin
}

#[cfg(test)]
mod tests;
