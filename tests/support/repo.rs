//! A git repository as a user has one, and a fingerprint of everything in it that must not change.
#![expect(clippy::disallowed_methods, reason = "the harness lays out files")]

use crate::call::{Call, Output, Spawned, tool};
use crate::sandbox::Sandbox;
use crate::tree;
use serde_json::Value;
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

/// A repository in a sandbox.
#[derive(Debug)]
pub struct Repo<'a> {
    pub(crate) sandbox: &'a Sandbox,
    /// Its root.
    pub path: PathBuf,
}

/// What must be the same before and after a run: name -> content.
pub type Fingerprint = BTreeMap<String, String>;

impl<'a> Repo<'a> {
    /// `git init` and one commit with these files; none makes a repository without commits.
    #[track_caller]
    pub fn create(sandbox: &'a Sandbox, path: PathBuf, files: &[(&str, &str)]) -> Self {
        fs::create_dir_all(&path).expect("a folder for the repository");
        let repo = Self { sandbox, path };
        repo.git(&["init", "--quiet"]);
        if !files.is_empty() {
            repo.commit("first", files);
        }
        repo
    }

    /// A repository that is there already, for example a linked worktree.
    pub fn at(sandbox: &'a Sandbox, path: impl Into<PathBuf>) -> Self {
        Self {
            sandbox,
            path: path.into(),
        }
    }

    /// Another folder of the same sandbox, as a repository.
    pub fn beside(&self, path: impl Into<PathBuf>) -> Repo<'a> {
        Self::at(self.sandbox, path)
    }

    /// Runs git here.
    #[track_caller]
    pub fn git(&self, args: &[&str]) -> String {
        tool("git", &self.path, &self.sandbox.environment(), args)
            .trim_end()
            .to_owned()
    }

    /// Writes a file (and its folders).
    pub fn write(&self, path: &str, text: &str) {
        let path = self.path.join(path);
        fs::create_dir_all(path.parent().expect("a file has a folder")).expect("folders");
        fs::write(path, text).expect("a file");
    }

    /// Reads a file of the working tree.
    #[track_caller]
    pub fn read(&self, path: &str) -> String {
        match fs::read_to_string(self.path.join(path)) {
            Ok(text) => text,
            Err(error) => panic!("{path}: {error}"),
        }
    }

    /// Reads a file of a commit or branch.
    #[track_caller]
    pub fn show(&self, revision: &str, path: &str) -> String {
        tool(
            "git",
            &self.path,
            &self.sandbox.environment(),
            &["show", &format!("{revision}:{path}")],
        )
    }

    /// Whether a commit or branch has a file.
    pub fn has(&self, revision: &str, path: &str) -> bool {
        self.git(&["ls-tree", "-r", "-z", "--name-only", revision])
            .split('\0')
            .any(|name| name == path)
    }

    /// Writes files and commits everything.
    #[track_caller]
    pub fn commit(&self, message: &str, files: &[(&str, &str)]) -> String {
        for (path, text) in files {
            self.write(path, text);
        }
        self.git(&["add", "--all"]);
        self.git(&["commit", "--quiet", "--message", message]);
        self.git(&["rev-parse", "HEAD"])
    }

    /// A call of the binary here.
    pub fn call(&self, args: &[&str]) -> Call {
        self.sandbox.call(&self.path).args(args)
    }

    /// Runs the binary here.
    #[track_caller]
    pub fn offshoot(&self, args: &[&str]) -> Output {
        self.call(args).run()
    }

    /// Runs it here with `--json`.
    #[track_caller]
    pub fn json(&self, args: &[&str]) -> Value {
        self.call(&["--json"]).args(args).json()
    }

    /// Starts it here.
    #[track_caller]
    pub fn spawn(&self, args: &[&str]) -> Spawned {
        self.call(args).spawn()
    }

    /// Working tree, index, HEAD, branches of the user, stash, config and hooks, as they are now.
    ///
    /// Left out are the places the architecture names as exceptions: our refs, `.git/worktrees`, the marked
    /// block in `.git/info/exclude`, and the folders under `.tapps-agents/` that it covers.
    #[track_caller]
    pub fn fingerprint(&self) -> Fingerprint {
        let mut all: Fingerprint = tree::contents(&self.path, &|path| !is_ours(path))
            .into_iter()
            .map(|(name, content)| (format!("tree {name}"), content))
            .collect();
        for (name, args) in [
            ("status", ["status", "--porcelain=v2"].as_slice()),
            ("index", &["ls-files", "--stage", "--debug"]),
            ("HEAD", &["rev-parse", "--symbolic-full-name", "HEAD"]),
            ("stash", &["stash", "list"]),
            ("config", &["config", "--local", "--list"]),
        ] {
            all.insert(name.to_owned(), self.git(args));
        }
        for line in self
            .git(&["for-each-ref", "--format=%(refname) %(objectname)"])
            .lines()
        {
            let (name, target) = line.split_once(' ').unwrap_or((line, ""));
            if !name.contains("/offshoot") {
                all.insert(name.to_owned(), target.to_owned());
            }
        }
        all
    }
}

fn is_ours(path: &Path) -> bool {
    const OURS: [&str; 6] = [
        "worktrees",
        "metrics",
        "audit",
        "reports",
        "workflows",
        "kb",
    ];
    path == Path::new(".git")
        || OURS
            .iter()
            .any(|name| path == Path::new(".tapps-agents").join(name))
}
