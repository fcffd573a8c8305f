//! A repository as seen from one checkout: where it lies, what HEAD is, who commits, what is dirty.

use std::path::{Path, PathBuf};
use std::sync::Mutex;

use crate::bytes;
use crate::environment::Environment;
use crate::error::{Error, Result};
use crate::git::Call;
use crate::oid::Oid;
use crate::read::Held;

/// One checkout of a repository: the main one, or a linked worktree that the user works in.
/// Plain data: cheap to clone, safe to share; nothing stays open between calls, but within one piece of work.
#[derive(Debug, Clone)]
pub struct Repo {
    root: PathBuf,
    git_dir: PathBuf,
    common_dir: PathBuf,
    environment: Environment,
    owner: Option<PathBuf>,
    held: Option<Held>,
}

/// What HEAD is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Head {
    /// The commit that is checked out.
    pub commit: Oid,
    /// The short name of the branch; `None` when HEAD is detached.
    pub branch: Option<String>,
}

/// Who commits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identity {
    /// The name.
    pub name: String,
    /// The address.
    pub email: String,
    /// True when git has no identity configured and ours stands in: worth a warning.
    pub fallback: bool,
}

impl Repo {
    /// Finds the checkout that contains `path`. Paths are canonical afterwards. Any bytes may be
    /// in them, but for a line break in the path of the repository itself.
    ///
    /// # Errors
    /// [`Error::NotARepository`], [`Error::NoWorkTree`], [`Error::GitMissing`], [`Error::GitTooOld`].
    pub fn open(path: &Path, environment: Environment) -> Result<Self> {
        let folder = std::fs::canonicalize(path).map_err(|e| Error::io("open", path, e))?;
        let folder = if folder.is_dir() {
            folder
        } else {
            folder.parent().unwrap_or(&folder).to_owned()
        };
        let call = Call::new(&environment, &folder);
        check_version(&environment, &call)?;
        let asked = [
            "--is-inside-work-tree",
            "--path-format=absolute",
            "--git-dir",
            "--git-common-dir",
            "--show-toplevel",
        ];
        let call = call.arg("rev-parse").args(asked);
        let output = call.output()?;
        let lines: Vec<&[u8]> = bytes::line(&output.stdout).split(|b| *b == b'\n').collect();
        match (output.code, lines.as_slice()) {
            (Some(0), [b"true", git_dir, common, root]) => Ok(Self {
                root: canonical(root)?,
                git_dir: canonical(git_dir)?,
                common_dir: canonical(common)?,
                environment,
                owner: None,
                held: None,
            }),
            (_, [b"false", ..]) => Err(Error::NoWorkTree {
                path: path.to_owned(),
            }),
            _ if says_no_repository(&output.stderr) => Err(Error::NotARepository {
                path: path.to_owned(),
            }),
            (Some(0), _) => Err(Error::odd_answer(
                "rev-parse --show-toplevel",
                &output.stdout,
            )),
            _ => Err(match not_trusted(&output.stderr) {
                Some(path) => Error::NotSafe { path },
                None => call.failed(&output),
            }),
        }
    }

    /// The same for somebody whose worktrees are told from those of others: by a folder of theirs that holds
    /// what they know about them.
    #[must_use]
    pub fn owned_by(self, owner: &Path) -> Self {
        Self {
            owner: Some(owner.to_owned()),
            ..self
        }
    }

    /// Whose worktrees are made.
    pub(crate) fn owner(&self) -> Option<&Path> {
        self.owner.as_deref()
    }

    /// The root folder of the checkout.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// The root folder of the main checkout, which all worktrees of the repository share; this one's where the
    /// repository lies elsewhere, as that of a submodule does, or has no main checkout.
    pub fn main_root(&self) -> &Path {
        let beside = self
            .common_dir
            .file_name()
            .is_some_and(|name| name == ".git");
        let main = self.common_dir.parent().filter(|_| beside);
        main.unwrap_or(&self.root)
    }

    /// The folder with objects, refs and config, shared by all worktrees.
    pub fn common_dir(&self) -> &Path {
        &self.common_dir
    }

    /// The folder with this checkout's own HEAD and index; the common one for the main checkout.
    pub fn git_dir(&self) -> &Path {
        &self.git_dir
    }

    /// What git is given as its environment.
    pub fn environment(&self) -> &Environment {
        &self.environment
    }

    pub(crate) fn holding(&self, held: Option<Held>) -> Self {
        Self {
            held,
            ..self.clone()
        }
    }

    pub(crate) fn kept_open(&self) -> Option<&Held> {
        self.held.as_ref()
    }

    /// A call of git on this checkout.
    pub(crate) fn git(&self, command: &str) -> Call {
        self.git_at(&self.git_dir, &self.root, command)
    }

    /// A call of git on another worktree of the repository.
    pub(crate) fn git_at(&self, git_dir: &Path, work_tree: &Path, command: &str) -> Call {
        Call::new(&self.environment, &self.root)
            .at(git_dir, work_tree)
            .arg(command)
    }

    /// A call that makes commits: both author and committer are `identity`.
    pub(crate) fn git_as(&self, identity: &Identity, command: &str) -> Call {
        let call = self.git(command);
        let call = call
            .var("GIT_AUTHOR_NAME", &identity.name)
            .var("GIT_AUTHOR_EMAIL", &identity.email);
        call.var("GIT_COMMITTER_NAME", &identity.name)
            .var("GIT_COMMITTER_EMAIL", &identity.email)
    }

    /// The commit and branch that are checked out.
    ///
    /// # Errors
    /// [`Error::NoCommits`] when the branch has none yet.
    pub fn head(&self) -> Result<Head> {
        let no_commits = || Error::NoCommits {
            path: self.root.clone(),
        };
        let commit = self.resolve_ref("HEAD")?.ok_or_else(no_commits)?;
        Ok(Head {
            commit,
            branch: self.head_branch(&self.git_dir)?,
        })
    }

    /// The branch that HEAD of a checkout names, also when that branch does not exist.
    pub(crate) fn head_branch(&self, git_dir: &Path) -> Result<Option<String>> {
        let text = std::fs::read(git_dir.join("HEAD")).unwrap_or_default();
        match bytes::lossy(bytes::line(&text)).strip_prefix("ref: refs/heads/") {
            // What a reftable repository keeps there for old programs.
            Some(".invalid") => {
                let call = self
                    .git_at(git_dir, &self.root, "symbolic-ref")
                    .args(["--quiet", "--short", "HEAD"]);
                let output = call.output()?;
                Ok((output.code == Some(0)).then(|| bytes::lossy(bytes::line(&output.stdout))))
            }
            branch => Ok(branch.map(str::to_owned)),
        }
    }

    /// The user's identity as git would use it, or ours where none is configured.
    pub fn identity(&self) -> Result<Identity> {
        let output = self
            .git("var")
            .set("user.useConfigOnly=true")
            .arg("GIT_AUTHOR_IDENT")
            .output()?;
        let text = bytes::lossy(bytes::line(&output.stdout));
        let named = text
            .split_once(" <")
            .and_then(|(name, rest)| Some((name, rest.split_once("> ")?.0)));
        Ok(match named {
            Some((name, email)) if output.code == Some(0) && !name.is_empty() => Identity {
                name: name.to_owned(),
                email: email.to_owned(),
                fallback: false,
            },
            _ => Identity {
                name: "Offshoot".into(),
                email: "offshoot@localhost".into(),
                fallback: true,
            },
        })
    }

    /// Files of the checkout that differ from HEAD or are untracked (a folder of only untracked
    /// files counts as one), relative to the root. Ignored files do not count.
    pub fn dirty_paths(&self) -> Result<Vec<PathBuf>> {
        let output = self
            .git("status")
            .args(["--porcelain=v1", "-z", "--no-renames"])
            .run()?;
        Ok(bytes::fields(&output)
            .filter_map(|entry| entry.get(3..))
            .map(bytes::path)
            .collect())
    }

    /// Whether anything is uncommitted.
    pub fn is_dirty(&self) -> Result<bool> {
        Ok(!self.dirty_paths()?.is_empty())
    }
}

fn canonical(path: &[u8]) -> Result<PathBuf> {
    let path = bytes::path(path);
    std::fs::canonicalize(&path).map_err(|e| Error::io("open", &path, e))
}

fn says_no_repository(stderr: &[u8]) -> bool {
    let text = bytes::lossy(stderr);
    text.contains("not a git repository") || text.contains("not a git working tree")
}

/// `fatal: detected dubious ownership in repository at '/path'`
fn not_trusted(stderr: &[u8]) -> Option<PathBuf> {
    let text = bytes::lossy(stderr);
    let (_, rest) = text.split_once("detected dubious ownership in repository at '")?;
    Some(PathBuf::from(
        rest.split_once("'\n").map_or(rest, |(path, _)| path),
    ))
}

/// Asks `git --version` once per PATH: clients may bring different ones.
fn check_version(environment: &Environment, call: &Call) -> Result<()> {
    static GOOD: Mutex<Vec<Option<std::ffi::OsString>>> = Mutex::new(Vec::new());
    let path = environment.get("PATH").map(ToOwned::to_owned);
    let good = || {
        GOOD.lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner)
    };
    if good().contains(&path) {
        return Ok(());
    }
    let found = bytes::lossy(bytes::line(&call.clone().arg("--version").run()?));
    if !new_enough(&found) {
        return Err(Error::GitTooOld { found });
    }
    good().push(path);
    Ok(())
}

/// `git version 2.47.3`, `git version 2.39.2 (Apple Git-143)`. 2.38 has `merge-tree --write-tree`.
fn new_enough(answer: &str) -> bool {
    let mut numbers = answer
        .split_whitespace()
        .nth(2)
        .unwrap_or_default()
        .split('.')
        .map(|n| n.parse::<u32>().ok());
    match (numbers.next().flatten(), numbers.next().flatten()) {
        (Some(major), Some(minor)) => (major, minor) >= (2, 38),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions() {
        for (answer, expected) in [
            ("git version 2.47.3", true),
            ("git version 2.38.0", true),
            ("git version 2.37.9", false),
            ("git version 3.0", true),
            ("git version 2.39.2 (Apple Git-143)", true),
            ("hub version", false),
        ] {
            assert_eq!(new_enough(answer), expected, "{answer}");
        }
    }
}
