//! The crate against real git, in temporary folders.
//!
//! Every repository's path has a space and a non-ASCII letter in it. Git sees a home of the
//! test's own; nothing of the machine's configuration.

mod adding;
mod again;
mod applying;
mod bases;
mod conflicts;
mod dirty;
mod discarding;
mod files;
mod harvesting;
mod including;
mod kinds;
mod landing;
mod listing;
mod opening;
mod recycling;
mod removing;
mod repositories;
mod settling;
mod sharing;
mod submodules;

use std::fs;
use std::path::{Path, PathBuf};

use crate::*;

/// A repository with one commit, and a folder for worktrees beside it.
struct Fixture {
    folder: tempfile::TempDir,
    repo: Repo,
}

impl Fixture {
    fn new() -> Self {
        let fixture = Self::bare_bones(&["init", "-q", "-b", "main"]);
        fixture.write("readme.md", "hello\n");
        fixture.write("src/a.txt", "one\ntwo\nthree\nfour\nfive\n");
        fixture.write("src/b c.txt", "bee\n");
        fixture.commit("start");
        fixture
    }

    /// Without a commit; `init` is run by git in the repository's folder.
    fn bare_bones(init: &[&str]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().join("the répo");
        fs::create_dir_all(&root).unwrap();
        fs::create_dir_all(folder.path().join("home")).unwrap();
        write(
            folder.path(),
            "home/.gitconfig",
            "[user]\nname = Ada L\nemail = ada@example.org\n",
        );
        run(folder.path(), &root, init);
        let repo = Repo::open(&root, environment(folder.path())).unwrap();
        Self { folder, repo }
    }

    fn root(&self) -> &Path {
        self.repo.root()
    }

    /// Runs git in the main checkout.
    fn git(&self, args: &[&str]) -> String {
        run(self.folder.path(), self.root(), args)
    }

    fn git_in(&self, folder: &Path, args: &[&str]) -> String {
        run(self.folder.path(), folder, args)
    }

    fn write(&self, path: &str, content: &str) {
        write(self.root(), path, content);
    }

    fn commit(&self, message: &str) -> Oid {
        commit_all(self.folder.path(), self.root(), message)
    }

    fn head(&self) -> Oid {
        self.repo.head().unwrap().commit
    }

    fn who(&self) -> Identity {
        self.repo.identity().unwrap()
    }

    /// Where worktrees go.
    fn trees(&self) -> PathBuf {
        fs::canonicalize(self.folder.path())
            .unwrap()
            .join("wörk trees")
    }

    /// A worktree of a step at HEAD.
    fn step(&self, name: &str) -> Worktree {
        self.step_at(name, &self.head())
    }

    fn step_at(&self, name: &str, base: &Oid) -> Worktree {
        let branch = self.repo.step_branch("run", name).unwrap();
        self.repo
            .add_worktree(&AddWorktree {
                path: self.trees().join(name),
                branch,
                base: base.clone(),
            })
            .unwrap()
    }

    fn job(&self, worktree: &Worktree) -> HarvestJob {
        HarvestJob {
            path: worktree.path.clone(),
            branch: worktree.branch.clone(),
            base: worktree.base.clone(),
            message: "Do the step\n\nOffshoot-Run: run\n".into(),
            identity: self.who(),
            exclude: vec![".cursor-skill-*".into(), ".skill-completed.txt".into()],
            creates: Vec::new(),
            artifact_store: self.folder.path().join("artifacts"),
            limits: ArtifactLimits::default(),
        }
    }

    fn harvest(&self, worktree: &Worktree) -> Harvest {
        self.repo.harvest(&self.job(worktree)).unwrap()
    }

    /// The commit of a step that writes these files on top of `base`.
    fn result(&self, name: &str, base: &Oid, files: &[(&str, &str)]) -> Oid {
        let worktree = self.step_at(name, base);
        for (path, content) in files {
            write(&worktree.path, path, content);
        }
        self.harvest(&worktree).commit.unwrap()
    }

    /// The files of a commit.
    fn files(&self, commit: &Oid) -> Vec<String> {
        let text = self.git(&["ls-tree", "-r", "--name-only", "-z", commit.as_str()]);
        text.split_terminator('\0').map(str::to_owned).collect()
    }

    fn show(&self, commit: &Oid, path: &str) -> String {
        self.git(&["show", &format!("{commit}:{path}")])
    }
}

fn environment(folder: &Path) -> Environment {
    Environment::filtered([
        ("PATH", std::env::var_os("PATH").unwrap_or_default()),
        ("HOME", folder.join("home").into()),
        ("GIT_CONFIG_NOSYSTEM", "1".into()),
    ])
}

/// Runs git as a user or an agent would: no settings of ours.
fn run(folder: &Path, at: &Path, args: &[&str]) -> String {
    let output = try_run(folder, at, args);
    assert_eq!(
        output.code,
        Some(0),
        "git {args:?}: {}",
        String::from_utf8_lossy(&output.stderr)
    );
    String::from_utf8_lossy(&output.stdout)
        .trim_end_matches('\n')
        .to_owned()
}

fn try_run(folder: &Path, at: &Path, args: &[&str]) -> git::Output {
    git::Call::new(&environment(folder), at)
        .args(args)
        .output()
        .unwrap()
}

fn commit_all(folder: &Path, at: &Path, message: &str) -> Oid {
    run(folder, at, &["add", "-A"]);
    run(
        folder,
        at,
        &["commit", "-q", "--allow-empty", "-m", message],
    );
    Oid::parse(&run(folder, at, &["rev-parse", "HEAD"])).unwrap()
}

#[expect(
    clippy::disallowed_methods,
    reason = "test files need not be written atomically"
)]
fn write(root: &Path, path: &str, content: &str) {
    let path = root.join(path);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, content).unwrap();
}

fn clean(outcome: BaseOutcome) -> Base {
    match outcome {
        BaseOutcome::Clean(base) => base,
        BaseOutcome::Conflict(conflict) => panic!("conflict: {conflict:?}"),
    }
}

fn conflict(outcome: BaseOutcome) -> Conflict {
    match outcome {
        BaseOutcome::Conflict(conflict) => *conflict,
        BaseOutcome::Clean(base) => panic!("no conflict: {base:?}"),
    }
}
