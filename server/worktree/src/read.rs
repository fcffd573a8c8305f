//! Reading with libgit2, which costs no process; with `git` where libgit2 cannot open the
//! repository (partial clone, sha256, reftable, sparse index).

use std::ops::Deref;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::bytes;
use crate::error::{Error, Result};
use crate::oid::Oid;
use crate::repo::Repo;

/// A repository that stays open over several questions. Opening one reads its configuration and costs as
/// much as most answers.
#[derive(Clone)]
pub(crate) struct Held(Arc<Mutex<git2::Repository>>);

impl std::fmt::Debug for Held {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Held")
    }
}

/// An open repository to ask: one that is held, or one for this question.
pub(crate) enum Reader<'a> {
    Held(MutexGuard<'a, git2::Repository>),
    Own(git2::Repository),
}

impl Deref for Reader<'_> {
    type Target = git2::Repository;

    fn deref(&self) -> &git2::Repository {
        match self {
            Reader::Held(repo) => repo,
            Reader::Own(repo) => repo,
        }
    }
}

impl Repo {
    /// The same repository, kept open for reading while the result is: for a piece of work, not for longer.
    #[must_use]
    pub fn held(&self) -> Self {
        if self.kept_open().is_some() {
            return self.clone();
        }
        let open = git2::Repository::open(self.git_dir()).ok();
        self.holding(open.map(|repo| Held(Arc::new(Mutex::new(repo)))))
    }

    /// One question may not be asked within another: a held repository is locked meanwhile.
    pub(crate) fn reader(&self) -> Option<Reader<'_>> {
        match self.kept_open() {
            Some(Held(repo)) => Some(Reader::Held(
                repo.lock().unwrap_or_else(PoisonError::into_inner),
            )),
            None => git2::Repository::open(self.git_dir()).ok().map(Reader::Own),
        }
    }

    /// The commit that a full ref name or `HEAD` leads to; `None` when there is no such ref.
    pub(crate) fn resolve_ref(&self, name: &str) -> Result<Option<Oid>> {
        let found = self
            .reader()
            .and_then(|repo| match repo.refname_to_id(name) {
                Ok(oid) => Some(Some(oid.to_string())),
                Err(e) if e.code() == git2::ErrorCode::NotFound => Some(None),
                Err(_) => None,
            });
        match found {
            Some(Some(text)) => Oid::parse(&text).map(Some),
            Some(None) => Ok(None),
            None => self.resolve_with_git(name),
        }
    }

    /// The address of a remote; `None` where there is no such remote.
    pub fn remote_url(&self, name: &str) -> Result<Option<String>> {
        let key = format!("remote.{name}.url");
        let output = self.git("config").args(["--get", &key]).output()?;
        let url = bytes::lossy(bytes::line(&output.stdout));
        Ok((output.code == Some(0) && !url.is_empty()).then_some(url))
    }

    /// As [`Repo::resolve_ref`], for any expression that git understands.
    pub(crate) fn resolve_with_git(&self, rev: &str) -> Result<Option<Oid>> {
        let output = self
            .git("rev-parse")
            .args(["--verify", "--quiet", "--end-of-options", rev])
            .output()?;
        match output.code {
            Some(0) => Oid::parse(&bytes::lossy(bytes::line(&output.stdout))).map(Some),
            _ => Ok(None),
        }
    }

    /// Whether `ancestor` is reachable from `of`; a commit is its own ancestor.
    pub(crate) fn is_ancestor(&self, ancestor: &Oid, of: &Oid) -> Result<bool> {
        if ancestor == of {
            return Ok(true);
        }
        let read = || -> Option<bool> {
            let (a, o) = (
                git2::Oid::from_str(ancestor.as_str()).ok()?,
                git2::Oid::from_str(of.as_str()).ok()?,
            );
            self.reader()?.graph_descendant_of(o, a).ok()
        };
        if let Some(answer) = read() {
            return Ok(answer);
        }
        let call = self
            .git("merge-base")
            .args(["--is-ancestor", ancestor.as_str(), of.as_str()]);
        let output = call.output()?;
        match output.code {
            Some(0) => Ok(true),
            Some(1) => Ok(false),
            _ => Err(call.failed(&output)),
        }
    }

    /// The tree of a commit.
    pub(crate) fn tree_of(&self, commit: &Oid) -> Result<Oid> {
        let read = || -> Option<Oid> {
            let id = git2::Oid::from_str(commit.as_str()).ok()?;
            let text = self.reader()?.find_commit(id).ok()?.tree_id().to_string();
            Oid::parse(&text).ok()
        };
        match read() {
            Some(tree) => Ok(tree),
            None => self
                .resolve_with_git(&format!("{commit}^{{tree}}"))?
                .ok_or_else(|| Error::no_ref(commit.as_str())),
        }
    }

    /// Makes sure that a commit we once made or saw was not collected since.
    ///
    /// # Errors
    /// [`Error::Collected`].
    pub fn still_there(&self, commit: &Oid) -> Result<()> {
        match self.tree_of(commit) {
            Err(Error::NoSuchRef { .. }) => Err(Error::Collected {
                commit: commit.clone(),
            }),
            other => other.map(drop),
        }
    }

    /// What lies at a path in a tree: the id of the blob or tree, or `None`.
    pub(crate) fn entry_at(&self, tree: &Oid, path: &std::path::Path) -> Result<Option<Oid>> {
        let read = || -> Option<Option<String>> {
            let id = git2::Oid::from_str(tree.as_str()).ok()?;
            let repo = self.reader()?;
            let tree = repo.find_tree(id).ok()?;
            match tree.get_path(path) {
                Ok(entry) => Some(Some(entry.id().to_string())),
                Err(e) if e.code() == git2::ErrorCode::NotFound => Some(None),
                Err(_) => None,
            }
        };
        match read() {
            Some(found) => found.map(|text| Oid::parse(&text)).transpose(),
            None => self.entry_with_git(tree, path),
        }
    }

    fn entry_with_git(&self, tree: &Oid, path: &std::path::Path) -> Result<Option<Oid>> {
        let call = self
            .git("--literal-pathspecs")
            .args(["ls-tree", "-z", "--full-tree", tree.as_str(), "--"])
            .arg(path);
        let output = call.run()?;
        // `<mode> <type> <oid>\t<path>`
        let Some(entry) = bytes::fields(&output).next() else {
            return Ok(None);
        };
        let oid = entry.split(|b| matches!(b, b' ' | b'\t')).nth(2);
        oid.map(|oid| Oid::parse(&bytes::lossy(oid))).transpose()
    }
}
