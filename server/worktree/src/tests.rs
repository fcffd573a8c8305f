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
mod entering;
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

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::ffi::OsStringExt;
use std::os::unix::fs::PermissionsExt;
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

    /// A file of the checkout.
    fn read(&self, path: &str) -> String {
        read(self.root(), path)
    }

    /// Every file of the checkout: mode and bytes.
    fn disk(&self) -> BTreeMap<PathBuf, (u32, Vec<u8>)> {
        let files = walkdir::WalkDir::new(self.root()).into_iter();
        let files = files.filter_entry(|entry| entry.file_name() != ".git");
        let files = files.map(|entry| entry.unwrap());
        let files = files.filter(|entry| !entry.file_type().is_dir());
        let one = |entry: walkdir::DirEntry| {
            let mode = entry.metadata().unwrap().permissions().mode();
            let content = match entry.file_type() {
                kind if kind.is_symlink() => {
                    let target = fs::read_link(entry.path()).unwrap();
                    target.into_os_string().into_vec()
                }
                kind if kind.is_file() => fs::read(entry.path()).unwrap(),
                _ => Vec::new(),
            };
            let path = entry.path().strip_prefix(self.root()).unwrap().to_owned();
            (path, (mode, content))
        };
        files.map(one).collect()
    }

    /// A program beside the repository.
    fn program(&self, name: &str, text: &str) -> String {
        write(self.folder.path(), name, &format!("#!/bin/sh\n{text}\n"));
        let path = self.folder.path().join(name);
        fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
        path.display().to_string()
    }

    /// The checkout as it is, as the base of a run.
    fn taken(&self) -> Result<WorkingTree> {
        self.taken_within(UntrackedLimits::default())
    }

    fn taken_within(&self, limits: UntrackedLimits) -> Result<WorkingTree> {
        let exclude = [".cursor-skill-*".to_owned()];
        let message = "With what is uncommitted";
        self.repo
            .working_tree_commit(&self.who(), message, &exclude, limits)
    }

    /// Brings a result of the run `r` into the checkout; the files that this wrote.
    #[track_caller]
    fn applied(&self, base: &Oid, result: &Oid) -> Vec<String> {
        applied(self.repo.apply("r", base, result).unwrap())
    }

    /// Commits a result of the run `r` onto what is checked out.
    #[track_caller]
    fn landed(&self, base: &Oid, result: &Oid) -> Landed {
        let outcome = self.repo.apply_commit(&Landing {
            run: "r",
            base,
            result,
            only: &[],
            message: "m",
            who: &self.who(),
        });
        match outcome.unwrap() {
            LandOutcome::Landed(landed) => landed,
            LandOutcome::Clashes(clashes) => panic!("{clashes:?}"),
        }
    }
}

#[track_caller]
fn applied(outcome: ApplyOutcome) -> Vec<String> {
    match outcome {
        ApplyOutcome::Applied(changes) => changes
            .iter()
            .map(|c| c.path.to_string_lossy().into_owned())
            .collect(),
        ApplyOutcome::Clashes(clashes) => panic!("{clashes:?}"),
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

#[track_caller]
fn read(root: &Path, path: &str) -> String {
    match fs::read_to_string(root.join(path)) {
        Ok(text) => text,
        Err(error) => panic!("{path}: {error}"),
    }
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
