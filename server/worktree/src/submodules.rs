//! Submodules of a worktree: those that the user's checkout has, at the commits that its base names.
//!
//! Each is a linked worktree of the submodule's own repository below `.git/modules`. So nothing is
//! cloned or fetched and no address that a base holds is looked at; and what a step commits there is
//! in the user's repository at once. One that the user never initialised stays an empty folder, as git
//! leaves it.

mod take_in;

use std::fs;
use std::path::{Path, PathBuf};

use crate::add::{LOCK_REASON, Worktree, admin_dir, registered_path};
use crate::artifacts::parents_stay;
use crate::bytes;
use crate::error::{Error, Result};
use crate::git::Call;
use crate::oid::Oid;
use crate::repo::Repo;

/// Submodules of submodules of…
const DEEPEST: usize = 8;

/// A submodule that a worktree has to do without.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unfilled {
    /// Relative to the worktree's root.
    pub path: PathBuf,
    /// Why, and the way out.
    pub reason: String,
}

/// A submodule in a worktree of ours.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Submodule {
    /// Its folder.
    pub(crate) path: PathBuf,
    /// Its own git folder, below `<module>/worktrees/`.
    pub(crate) git_dir: PathBuf,
    /// The repository it belongs to.
    pub(crate) module: PathBuf,
}

/// A checkout with submodules in it.
struct Site<'a> {
    root: &'a Path,
    git_dir: &'a Path,
    /// Folders that hold its submodules' repositories by their names.
    modules: Vec<PathBuf>,
    depth: usize,
}

impl Repo {
    /// Fills the submodules of a worktree that nobody has worked in yet. Returns those that it has to
    /// do without although the user has them.
    ///
    /// # Errors
    /// Those of git.
    pub fn fill_submodules(&self, worktree: &Worktree) -> Result<Vec<Unfilled>> {
        let mut unfilled = Vec::new();
        let site = Site {
            root: &worktree.path,
            git_dir: &worktree.git_dir,
            modules: [self.git_dir(), self.common_dir()]
                .map(|dir| dir.join("modules"))
                .into(),
            depth: 0,
        };
        self.fill_site(&site, &mut unfilled)?;
        for one in &mut unfilled {
            if let Ok(path) = one.path.strip_prefix(&worktree.path) {
                one.path = path.to_owned();
            }
        }
        Ok(unfilled)
    }

    fn fill_site(&self, site: &Site<'_>, unfilled: &mut Vec<Unfilled>) -> Result<()> {
        let declaration = site.root.join(".gitmodules");
        let declared = fs::symlink_metadata(&declaration).is_ok_and(|meta| meta.is_file());
        if !declared || site.depth == DEEPEST {
            return Ok(());
        }
        let names = self.names(&declaration)?;
        for (path, commit) in self.links(site)? {
            let named = names.iter().find(|(_, at)| *at == path);
            let module = named.and_then(|(name, _)| site.module(name));
            let full = site.root.join(&path);
            let Some(module) = module else {
                if site.depth == 0 && is_repository(&self.root().join(&path).join(".git")) {
                    let reason = format!(
                        "its repository lies in your checkout itself; `git submodule absorbgitdirs {}` there moves it to where worktrees can use it",
                        path.display()
                    );
                    unfilled.push(Unfilled { path: full, reason });
                }
                continue;
            };
            // A link there would lead the checkout out of the worktree; what sparse checkouts leave out is not there.
            let folder = fs::symlink_metadata(&full).is_ok_and(|meta| meta.is_dir());
            if !folder || !parents_stay(site.root, &path) {
                continue;
            }
            if !self.has_commit(&module, &commit)? {
                let reason = format!(
                    "its commit {commit} is not in your repository; `git submodule update --init` in your checkout fetches it"
                );
                unfilled.push(Unfilled { path: full, reason });
                continue;
            }
            let git_dir = self.check_out_submodule(&module, &full, &commit)?;
            let below = Site {
                root: &full,
                git_dir: &git_dir,
                modules: vec![module.join("modules")],
                depth: site.depth + 1,
            };
            self.fill_site(&below, unfilled)?;
        }
        Ok(())
    }

    /// Names of submodules and their paths, as `.gitmodules` has them. git refuses names that lead elsewhere.
    fn names(&self, declaration: &Path) -> Result<Vec<(PathBuf, PathBuf)>> {
        let call = self.git("config").args(["-z", "--file"]).arg(declaration);
        let call = call.args(["--get-regexp", r"^submodule\..*\.path$"]);
        let output = call.output()?;
        // `submodule.<name>.path\n<path>`; 1: there is none.
        let entry = |field: &[u8]| {
            let end = field.iter().position(|b| *b == b'\n')?;
            let name = field[..end]
                .strip_prefix(b"submodule.")?
                .strip_suffix(b".path")?;
            let (name, path) = (bytes::path(name), bytes::path(&field[end + 1..]));
            (bytes::stays_inside(&name) && bytes::stays_inside(&path)).then_some((name, path))
        };
        match output.code {
            Some(0) => Ok(bytes::fields(&output.stdout).filter_map(entry).collect()),
            Some(1) => Ok(Vec::new()),
            _ => Err(call.failed(&output)),
        }
    }

    /// Paths and commits of the submodules that the checkout's index has.
    fn links(&self, site: &Site<'_>) -> Result<Vec<(PathBuf, Oid)>> {
        let call = self.git_at(site.git_dir, site.root, "ls-files");
        let output = call.args(["--stage", "-z"]).run()?;
        // `160000 <oid> <stage>\t<path>`
        let link = |entry: &[u8]| {
            let rest = entry.strip_prefix(b"160000 ")?;
            let tab = rest.iter().position(|b| *b == b'\t')?;
            let oid = rest.split(|b| *b == b' ').next()?;
            Some((
                bytes::path(&rest[tab + 1..]),
                Oid::parse(&bytes::lossy(oid)).ok()?,
            ))
        };
        Ok(bytes::fields(&output).filter_map(link).collect())
    }

    pub(crate) fn in_module(&self, module: &Path, command: &str) -> Call {
        Call::new(self.environment(), module)
            .var("GIT_DIR", module)
            .arg(command)
    }

    fn has_commit(&self, module: &Path, commit: &Oid) -> Result<bool> {
        let call = self.in_module(module, "cat-file");
        let output = call
            .args(["-e", &format!("{commit}^{{commit}}")])
            .output()?;
        Ok(output.code == Some(0))
    }

    /// Returns the git folder that it got.
    fn check_out_submodule(&self, module: &Path, at: &Path, commit: &Oid) -> Result<PathBuf> {
        let call = self
            .in_module(module, "worktree")
            .var("GIT_LFS_SKIP_SMUDGE", "1");
        let call = call.args([
            "add",
            "--quiet",
            "--detach",
            "--lock",
            "--reason",
            LOCK_REASON,
        ]);
        call.arg(at).arg(commit.as_str()).run()?;
        admin_dir(at).map_err(|reason| crate::add::not_ours(at, reason))
    }

    /// The submodules of a worktree of ours, the deepest first.
    pub(crate) fn submodules_below(&self, folder: &Path) -> Vec<Submodule> {
        let mut found = Vec::new();
        for root in [self.git_dir(), self.common_dir()] {
            for module in repositories_below(&root.join("modules")) {
                let entries = fs::read_dir(module.join("worktrees")).into_iter().flatten();
                let entries = entries.flatten().map(|entry| entry.path());
                found.extend(entries.filter_map(|git_dir| {
                    let locked = fs::read_to_string(git_dir.join("locked")).unwrap_or_default();
                    let path = registered_path(&git_dir)?;
                    let ours = locked.trim_end() == LOCK_REASON && path.starts_with(folder);
                    let module = module.clone();
                    ours.then_some(Submodule {
                        path,
                        git_dir,
                        module,
                    })
                }));
            }
        }
        found.sort_by(|a, b| b.path.cmp(&a.path));
        found.dedup();
        found
    }

    /// Has the submodules' repositories forget a worktree that goes, as git would.
    pub(crate) fn forget_submodules(&self, folder: &Path) -> Result<()> {
        for one in self.submodules_below(folder) {
            match fs::remove_dir_all(&one.git_dir) {
                Err(e) if e.kind() != std::io::ErrorKind::NotFound => {
                    return Err(Error::io("remove", &one.git_dir, e));
                }
                _ => {
                    let _ = fs::remove_dir(one.module.join("worktrees"));
                }
            }
        }
        Ok(())
    }
}

impl Site<'_> {
    /// The repository of a submodule, where the user has it.
    fn module(&self, name: &Path) -> Option<PathBuf> {
        let places = self.modules.iter().map(|folder| folder.join(name));
        let module = places.into_iter().find(|module| is_repository(module))?;
        fs::canonicalize(module).ok()
    }
}

/// The name under which commits in the submodules of a worktree are kept, from its branch: `<prefix>/<run>/<step>`.
pub(crate) fn kept_as(branch: &str) -> &str {
    branch.split_once('/').map_or(branch, |(_, name)| name)
}

fn is_repository(folder: &Path) -> bool {
    folder.join("HEAD").is_file() && folder.join("objects").is_dir()
}

/// The repositories of submodules below a folder `modules`, and of their submodules. A name may have slashes.
pub(crate) fn repositories_below(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut open = vec![(folder.to_owned(), 0)];
    while let Some((folder, depth)) = open.pop() {
        for entry in fs::read_dir(&folder).into_iter().flatten().flatten() {
            let path = entry.path();
            if depth > DEEPEST || !entry.file_type().is_ok_and(|kind| kind.is_dir()) {
                continue;
            }
            if is_repository(&path) {
                open.push((path.join("modules"), depth + 1));
                found.push(path);
            } else {
                open.push((path, depth + 1));
            }
        }
    }
    found
}
