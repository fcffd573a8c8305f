//! The names of our refs, and moving them with the old value checked.

use crate::bytes;
use crate::error::{Error, Result};
use crate::git::Call;
use crate::oid::Oid;
use crate::repo::Repo;

/// Where branches of runs lie below `refs/heads/`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Prefixes {
    /// Of result branches: `offshoot`, or `offshoot-run` where a branch `offshoot` is in the way.
    pub result: &'static str,
    /// Of step branches: `offshoot-step`, or `offshoot-run-step`.
    pub step: &'static str,
}

const USUAL: Prefixes = Prefixes {
    result: "offshoot",
    step: "offshoot-step",
};
const EVASIVE: Prefixes = Prefixes {
    result: "offshoot-run",
    step: "offshoot-run-step",
};

pub(crate) const BASE: &str = "refs/offshoot/base/";
pub(crate) const SALVAGE: &str = "refs/offshoot/salvage/";
/// Conflicts as they were resolved, below the run: by step, and for the results of all.
pub(crate) const RESOLVED: &str = "refs/offshoot/resolved/";
pub(crate) const UNDO: &str = "refs/offshoot/undo/";
/// In the repository of a submodule: commits of steps there.
pub(crate) const SUBMODULE: &str = "refs/offshoot/submodule/";

/// Every place where our refs lie, in both forms of the prefix.
pub(crate) const OURS: &[&str] = &[
    "refs/heads/offshoot/",
    "refs/heads/offshoot-step/",
    "refs/heads/offshoot-run/",
    "refs/heads/offshoot-run-step/",
    "refs/offshoot/",
];

impl Repo {
    /// The prefixes to use now. A branch named like a prefix makes git refuse every branch below it.
    pub fn prefixes(&self) -> Result<Prefixes> {
        for name in [USUAL.result, USUAL.step] {
            if self.resolve_ref(&format!("refs/heads/{name}"))?.is_some() {
                return Ok(EVASIVE);
            }
        }
        Ok(USUAL)
    }

    /// The short name of a run's result branch. A clash is seen when the branch is made.
    ///
    /// # Errors
    /// [`Error::BadName`] when the id cannot be part of a ref.
    pub fn result_branch(&self, run: &str) -> Result<String> {
        Ok(format!("{}/{}", self.prefixes()?.result, safe(run)?))
    }

    /// The short name of a step's branch.
    ///
    /// # Errors
    /// [`Error::BadName`] when an id cannot be part of a ref.
    pub fn step_branch(&self, run: &str, step: &str) -> Result<String> {
        Ok(format!(
            "{}/{}/{}",
            self.prefixes()?.step,
            safe(run)?,
            safe(step)?
        ))
    }

    /// Keeps a run's base commit from being collected: `refs/offshoot/base/<run>`.
    pub fn keep_base(&self, run: &str, commit: &Oid) -> Result<()> {
        self.git("update-ref")
            .args([&format!("{BASE}{}", safe(run)?), commit.as_str()])
            .run()
            .map(drop)
    }

    /// Forgets what was kept for a run: its base, resolved conflicts, its undo information. Branches and salvage stay.
    pub fn prune_refs(&self, run: &str) -> Result<()> {
        let run = safe(run)?;
        for name in [format!("{BASE}{run}"), format!("{UNDO}{run}")] {
            if let Some(oid) = self.resolve_ref(&name)? {
                self.delete_ref(&name, &oid)?;
            }
        }
        self.forget_merges(run)?;
        self.forget_submodule_commits(run)
    }

    /// Points a ref at `new` if it is still at `old` (`None`: if it does not exist).
    pub(crate) fn move_ref(&self, name: &str, new: &Oid, old: Option<&Oid>) -> Result<()> {
        move_ref(self.git("update-ref"), name, new, old)
    }

    /// Deletes a ref if it is still at `old`.
    pub(crate) fn delete_ref(&self, name: &str, old: &Oid) -> Result<()> {
        update_ref(self.git("update-ref"), name, &["-d", name, old.as_str()])
    }

    /// Refs below a prefix that ends in `/`: full name and what they point at.
    pub(crate) fn refs_below(&self, prefix: &str) -> Result<Vec<(String, Oid)>> {
        let format = "--format=%(objectname) %(refname)";
        let output = self.git("for-each-ref").args([format, prefix]).run()?;
        let lines = output
            .split(|b| *b == b'\n')
            .filter(|line| !line.is_empty());
        lines
            .map(|line| {
                let text = bytes::lossy(line);
                let (oid, name) = text
                    .split_once(' ')
                    .ok_or_else(|| Error::odd_answer("for-each-ref", line))?;
                Ok((name.to_owned(), Oid::parse(oid)?))
            })
            .collect()
    }

    /// Whether a branch, tag or other ref that is not in `but` contains the commit.
    pub(crate) fn is_kept_by_other(&self, commit: &Oid, but: &[&str]) -> Result<bool> {
        let output = self
            .git("for-each-ref")
            .args(["--format=%(refname)", "--contains", commit.as_str()])
            .run()?;
        let text = bytes::lossy(&output);
        Ok(text.lines().any(|name| !but.contains(&name)))
    }
}

/// As [`Repo::move_ref`], with a call of `update-ref` that knows more than that.
pub(crate) fn move_ref(call: Call, name: &str, new: &Oid, old: Option<&Oid>) -> Result<()> {
    let old = old.map_or_else(|| new.zero(), |oid| oid.as_str().to_owned());
    update_ref(call, name, &[name, new.as_str(), &old])
}

fn update_ref(call: Call, name: &str, args: &[&str]) -> Result<()> {
    let call = call.args(args);
    let output = call.output()?;
    match output.code {
        Some(0) => Ok(()),
        _ if lost_race(&output.stderr) => Err(Error::RefMoved {
            name: name.to_owned(),
        }),
        _ => Err(call.failed(&output)),
    }
}

/// The name, then with `-2` to `-99` behind it.
pub(crate) fn alternatives(wanted: &str) -> impl Iterator<Item = String> {
    let others = (2..100).map({
        let wanted = wanted.to_owned();
        move |n| format!("{wanted}-{n}")
    });
    std::iter::once(wanted.to_owned()).chain(others)
}

fn lost_race(stderr: &[u8]) -> bool {
    let text = bytes::lossy(stderr);
    [
        "reference already exists",
        "exists; cannot create",
        "but expected",
        "unable to resolve reference",
    ]
    .iter()
    .any(|sign| text.contains(sign))
}

/// The rules of `git check-ref-format` for one component, without starting git.
pub(crate) fn safe(name: &str) -> Result<&str> {
    let bad_char = |c: char| c.is_control() || c.is_whitespace() || "~^:?*[\\/".contains(c);
    let bad = name.is_empty()
        || name.starts_with(['.', '-'])
        || name.ends_with('.')
        || name.ends_with(".lock")
        || name.contains("..")
        || name.contains("@{")
        || name == "@"
        || name.chars().any(bad_char);
    if bad {
        Err(Error::BadName {
            name: name.to_owned(),
        })
    } else {
        Ok(name)
    }
}

/// The last component of a path as part of a ref: what a ref cannot hold becomes `-`.
pub(crate) fn sanitized(path: &std::path::Path) -> String {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let plain: String = name
        .chars()
        .map(|c| {
            if c.is_alphanumeric() || c == '_' {
                c
            } else {
                '-'
            }
        })
        .collect();
    format!("w{}", plain.trim_end_matches('-'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_git_would_refuse_are_refused() {
        for (name, expected) in [
            ("run-1a2b", true),
            ("größe", true),
            ("a.b", true),
            ("", false),
            ("a b", false),
            ("a/b", false),
            ("-a", false),
            ("a.lock", false),
            ("a..b", false),
            ("x@{1}", false),
            ("a\n", false),
        ] {
            assert_eq!(safe(name).is_ok(), expected, "{name:?}");
        }
    }
}
