//! Where a watcher works: the repository, the settings, and what it has of the environment.

use super::files::WORKTREES;
use super::plan::{self, owner_and_name};
use crate::context::Context;
use crate::git;
use daemon::settings::{Sources, load, user_config_path};
use model::settings::TenantSettings;
use protocol::Error;
use std::fs::{File, TryLockError};
use std::path::PathBuf;
use worktree::Repo;

/// What a watcher has around it.
#[derive(Debug)]
pub(super) struct Surroundings {
    /// Root of the repository.
    pub(super) root: PathBuf,
    /// Its own git directory.
    git_dir: PathBuf,
    /// The watcher's environment.
    pub(super) environment: Vec<(String, String)>,
    /// The repository's settings.
    pub(super) settings: TenantSettings,
    /// `owner/name`, where the repository's remote tells.
    github_repo: Option<String>,
    /// Names of variables that the configured agents need.
    of_agents: Vec<String>,
}

impl Surroundings {
    /// Looks around. What is wrong with the settings is for those that they are about to say.
    pub(super) fn find(context: &Context) -> Result<Self, Error> {
        let repo = of_hand_offs(git::open(&context.repo)?)?;
        let environment: Vec<(String, String)> = context.environment().into_iter().collect();
        let user = user_config_path(&environment);
        let settings = load(&Sources {
            repo: Some(repo.root()),
            user_config: user.as_deref(),
            env: &environment,
            flags: &[],
        })
        .tenant;
        // Reports and hand-offs lie in the repository; its `git status` is to stay as it is.
        repo.exclude_block().map_err(|error| git::edge(&error))?;
        let named = environment
            .iter()
            .find(|(name, _)| name == "GITHUB_REPO" || name == "GITHUB_REPOSITORY");
        let remote = || repo.remote_url("origin").ok().flatten();
        let mut of_agents: Vec<String> = settings
            .agents
            .values()
            .flat_map(|agent| agent.env.clone())
            .collect();
        of_agents.sort();
        of_agents.dedup();
        Ok(Self {
            root: repo.root().to_owned(),
            git_dir: repo.git_dir().to_owned(),
            github_repo: named
                .map(|(_, value)| value.clone())
                .or_else(|| owner_and_name(&remote()?)),
            of_agents,
            settings,
            environment,
        })
    }

    /// Makes this process the one watcher here, whatever state folder another one has; none where there is
    /// another. A file system without locks leaves that to the lock in the state folder.
    pub(super) fn lock(&self) -> Option<Option<File>> {
        let Ok(folder) = File::open(&self.git_dir) else {
            return Some(None);
        };
        match folder.try_lock() {
            Ok(()) => Some(Some(folder)),
            Err(TryLockError::WouldBlock) => None,
            Err(TryLockError::Error(_)) => Some(None),
        }
    }

    /// The part that a plan is made with.
    pub(super) fn for_plan(&self, now: i64) -> plan::Surroundings<'_> {
        plan::Surroundings {
            root: &self.root,
            environment: &self.environment,
            kept: &self.settings.env,
            of_agents: &self.of_agents,
            github_repo: self.github_repo.as_deref(),
            now,
        }
    }
}

/// The repository whose hand-offs lie here: from a step's worktree that of the run, which has them all.
fn of_hand_offs(repo: Repo) -> Result<Repo, Error> {
    let main = repo.main_root();
    if repo.root() != main && repo.root().starts_with(main.join(WORKTREES)) {
        return git::open(main);
    }
    Ok(repo)
}
