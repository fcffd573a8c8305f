//! The checks of `doctor`.

use crate::context::Context;
use crate::git;
use crate::times;
use client::{Api, Client};
use protocol::config::RepoRef;
use protocol::daemon::{Empty, Enforcement};
use protocol::documents::{Check, CheckState as State};
use protocol::{Error, ErrorKind};
use rustix::fs::{FlockOperation, flock, statvfs};
use std::fs::File;
use worktree::Environment;

/// Below this the next large checkout may not fit.
const LITTLE: u64 = 2_000_000_000;
/// Below this nothing should be started.
const NOTHING: u64 = 100_000_000;

/// Git, the state's folder, and its disk.
pub(super) fn machine(context: &Context) -> Vec<Check> {
    let mut checks = vec![git_program(context)];
    match context.home.create().and_then(|()| try_writing(context)) {
        Ok(()) => {
            checks.push(Check::new(
                "state",
                State::Ok,
                context.home.root().display().to_string(),
            ));
            checks.extend(disk(context));
        }
        Err(error) => checks.push(Check::of_error("state", error)),
    }
    checks
}

fn git_program(context: &Context) -> Check {
    let environment = Environment::of_this_process();
    match worktree::git_version(&environment, &context.folder) {
        Ok(version) => Check::new("git", State::Ok, version),
        Err(error) => Check::of_error("git", git::edge(&error)),
    }
}

/// A disk that is full or read-only shows only when something is written.
fn try_writing(context: &Context) -> Result<(), Error> {
    let root = context.home.root();
    let written = tempfile::NamedTempFile::new_in(root).and_then(|mut file| {
        std::io::Write::write_all(&mut file, &[0; 4096])?;
        file.as_file().sync_all()
    });
    written.map_err(|error| {
        Error::new(
            ErrorKind::Storage,
            format!("`{}` cannot be written: {error}", root.display()),
        )
        .hint(
            "make room, or set OFFSHOOT_HOME to a folder on a local disk that this user can write",
        )
    })
}

fn disk(context: &Context) -> Option<Check> {
    let stat = statvfs(context.home.root()).ok()?;
    let free = stat.f_bavail.saturating_mul(stat.f_frsize);
    let state = match free {
        ..NOTHING => State::Fail,
        NOTHING..LITTLE => State::Warn,
        _ => State::Ok,
    };
    let check = Check::new("disk", state, format!("{} free", times::bytes(free)));
    Some(if state == State::Ok {
        check
    } else {
        check.hint("`offshoot worktree prune --all` removes what is kept of failed runs")
    })
}

/// The repository of the folder, and who commits.
pub(super) fn repository(context: &Context) -> Vec<Check> {
    let repo = match git::open(&context.repo) {
        Ok(repo) => repo,
        Err(error) if error.kind == ErrorKind::NotARepository => {
            let message = format!("{} is in no git repository", context.repo.display());
            let check = Check::new("repository", State::Warn, message);
            return vec![check.hint("runs need one: change into it, or name it with --repo")];
        }
        Err(error) => return vec![Check::of_error("repository", error)],
    };
    let mut checks = vec![match repo.head() {
        Ok(head) => {
            let place = head.branch.unwrap_or_else(|| "a detached HEAD".to_owned());
            Check::new(
                "repository",
                State::Ok,
                format!("{} on {place}", repo.root().display()),
            )
        }
        Err(error) => Check::of_error("repository", git::edge(&error)),
    }];
    checks.push(match repo.identity() {
        Ok(identity) if identity.fallback => {
            let check = Check::new("identity", State::Warn, "git does not know who you are");
            check.hint("git config --global user.name \"…\" and user.email: until then commits are by `Offshoot`")
        }
        Ok(identity) => Check::new("identity", State::Ok, format!("{} <{}>", identity.name, identity.email)),
        Err(error) => Check::of_error("identity", git::edge(&error)),
    });
    checks
}

/// The daemon, which is started where it does not run, and what it says of itself.
pub(super) async fn daemon(context: &Context) -> Vec<Check> {
    let stuck = stuck(context).await;
    let client = match context.daemon().await {
        Ok(client) => client,
        Err(error) => {
            let mut checks = vec![Check::of_error("daemon", error)];
            checks.extend(stuck);
            return checks;
        }
    };
    let mut checks = Vec::new();
    match client.daemon_status(Empty {}).await {
        Ok(status) => {
            let message = format!(
                "{} runs as process {} with {}",
                status.version,
                status.pid,
                times::count(status.pool.size as usize, "slot")
            );
            checks.push(Check::new("daemon", State::Ok, message));
            checks.push(Check::new("socket", State::Ok, status.socket));
            checks.push(limits(&status.enforcement));
            checks.extend(
                status
                    .problems
                    .iter()
                    .map(|problem| Check::new("problem", State::Fail, problem.clone())),
            );
        }
        Err(error) => checks.push(Check::of_error("daemon", error)),
    }
    checks.push(settings(context, &client).await);
    checks
}

/// A process that holds the lock and does not answer.
async fn stuck(context: &Context) -> Option<Check> {
    if context.running_daemon().await.is_ok() {
        return None;
    }
    let lock = File::open(context.home.lock_path()).ok()?;
    if flock(&lock, FlockOperation::NonBlockingLockShared).is_ok() {
        return None;
    }
    let owner = std::io::read_to_string(&lock).unwrap_or_default();
    let message = format!(
        "a process holds the lock and does not answer: {}",
        owner.trim()
    );
    Some(Check::new("lock", State::Fail, message).hint("wait a moment, or end that process"))
}

fn limits(enforcement: &Enforcement) -> Check {
    let message = format!(
        "processes by {}, memory by {}, processor by {}, writes by {}",
        enforcement.tree, enforcement.memory, enforcement.cpu, enforcement.writes
    );
    let weak =
        enforcement.tree == "group" || enforcement.memory == "none" || enforcement.writes == "none";
    let check = Check::new(
        "limits",
        if weak { State::Warn } else { State::Ok },
        message,
    );
    if enforcement.writes == "none" {
        check.hint("agents are not kept from writing outside their worktrees: what escapes is reported afterwards")
    } else {
        check
    }
}

async fn settings(context: &Context, client: &Client) -> Check {
    let repo = Some(context.repo_text());
    let found = match client.config_show(RepoRef { repo }).await {
        Ok(settings) => settings.diagnostics,
        // Outside a repository there are still the user's own.
        Err(error) if error.kind == ErrorKind::NotARepository => {
            match client.config_show(RepoRef::default()).await {
                Ok(settings) => settings.diagnostics,
                Err(error) => return Check::of_error("settings", error),
            }
        }
        Err(error) => return Check::of_error("settings", error),
    };
    let Some(first) = found.first() else {
        return Check::new("settings", State::Ok, "no problems");
    };
    let state = if crate::diagnostics::any_error(&found) {
        State::Fail
    } else {
        State::Warn
    };
    let message = format!(
        "{}, the first: {}:{}: {}",
        times::count(found.len(), "problem"),
        first.file,
        first.line,
        first.message
    );
    Check::new("settings", state, message).hint("`offshoot config validate` shows all of them")
}
