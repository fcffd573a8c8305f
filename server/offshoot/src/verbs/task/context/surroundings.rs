//! Where a context task works, and how it may ask Context7: the folder, the main checkout, the time and the key.

use super::super::ground::{Folder, perform};
use super::interruptible::Interruptible;
use crate::context::Context;
use crate::{git, settings};
use artifact::Artifact;
use jiff::Timestamp;
use model::settings::KnowledgeSettings;
use protocol::{Error, ErrorKind};
use std::io;
use std::path::PathBuf;
use std::time::Duration;
use tasks::context::{Access as Context7, FOLDER, Key, Policy, Surroundings};
use tasks::ground::Ground;
use tasks::web::{Offline, Web};
use worktree::Repo;

/// What the story of this task gives it.
const TIMEOUT: u64 = 1800;

#[derive(Debug, clap::Args)]
pub(super) struct Limits {
    /// Days after which documentation is stale: `critical=7`, `active=14`, or `stable=` instead of what the settings
    /// say
    #[arg(long, value_name = "KIND=DAYS", value_parser = age)]
    max_age: Vec<(String, u32)>,
    /// At most this many seconds
    #[arg(long, value_name = "S", default_value_t = TIMEOUT)]
    timeout: u64,
}

#[derive(Debug, Default, clap::Args)]
pub(super) struct Access {
    /// Do not ask Context7, also where there is a key
    #[arg(long)]
    offline: bool,
}

/// Arguments of the tasks that only look at what is there.
#[derive(Debug, clap::Args)]
pub(super) struct Look {
    /// The folder; without it the repository, or the working directory
    pub(super) folder: Option<PathBuf>,
    #[command(flatten)]
    limits: Limits,
}

impl Look {
    /// Does a task that only looks, with the knowledge base and without a network.
    pub(super) async fn perform(
        &self,
        context: &Context,
        work: fn(&dyn Ground, &Surroundings) -> io::Result<Artifact>,
    ) -> Result<Artifact, Error> {
        let folder = self.folder.as_ref();
        let place = Place::open(context, folder, &self.limits, Access::default())?;
        place
            .perform(move |ground, _, around| work(ground, around))
            .await
    }
}

fn age(text: &str) -> Result<(String, u32), String> {
    let (kind, days) = text
        .split_once('=')
        .ok_or("write it as KIND=DAYS, for example `stable=45`")?;
    if !["critical", "active", "stable"].contains(&kind) {
        return Err("the kinds are `critical`, `active` and `stable`".to_owned());
    }
    let days = days.parse().map_err(|_| "the days are a whole number")?;
    Ok((kind.to_owned(), days))
}

impl Limits {
    fn policy(&self, settings: KnowledgeSettings) -> Policy {
        let mut policy = Policy {
            stable: settings.stale_after_days,
            ..Policy::default()
        };
        for (kind, days) in &self.max_age {
            *match kind.as_str() {
                "critical" => &mut policy.critical,
                "active" => &mut policy.active,
                _ => &mut policy.stable,
            } = *days;
        }
        policy
    }
}

impl Access {
    /// How Context7 is asked, or why it is not. The key comes from the environment and from nowhere else.
    fn decide(&self) -> Result<Context7, String> {
        let variable = |name: &str| std::env::var(name).unwrap_or_default();
        if self.offline {
            return Err("the network may not be used (--offline)".to_owned());
        }
        let key = variable("CONTEXT7_API_KEY");
        if key.trim().is_empty() {
            return Err("there is no API key (CONTEXT7_API_KEY is not set)".to_owned());
        }
        let key = Key::new(&key).ok_or("CONTEXT7_API_KEY is set to something that is no key")?;
        Context7::new(Some(&variable("CONTEXT7_API_URL")), Some(key))
    }
}

/// The folder that a task works on, and what it is told.
pub(super) struct Place {
    folder: Folder,
    repo: Option<Repo>,
    around: Surroundings,
    settings: KnowledgeSettings,
}

impl Place {
    pub(super) fn open(
        context: &Context,
        folder: Option<&PathBuf>,
        limits: &Limits,
        access: Access,
    ) -> Result<Self, Error> {
        let time = Duration::from_secs(limits.timeout);
        let folder = Folder::open(context, folder.map(PathBuf::as_path), time)?;
        let repo = git::open(folder.root()).ok();
        let checkout = repo.as_ref().map_or_else(|| folder.root(), Repo::main_root);
        let environment: Vec<(String, String)> = context.environment().into_iter().collect();
        let settings = settings::of_folder(folder.root(), &environment)
            .map(|settings| settings.knowledge)
            .map_err(|message| invalid(&message).hint("see `offshoot config validate`"))?;
        let around = Surroundings {
            checkout: checkout.to_owned(),
            now: Timestamp::now(),
            policy: limits.policy(settings),
            access: access.decide(),
        };
        Ok(Self {
            folder,
            repo,
            around,
            settings,
        })
    }

    /// Bytes that are left of the knowledge base when it is cleaned.
    pub(super) fn max_bytes(&self) -> u64 {
        self.settings.max_bytes
    }

    /// Keeps the knowledge base out of the user's `git status`, where something is about to be written there. It is
    /// no reason to fail where that cannot be done.
    pub(super) fn announce_writes(&self, fetches: bool) {
        let there = self.around.checkout.join(FOLDER).is_dir();
        if let Some(repo) = self
            .repo
            .as_ref()
            .filter(|_| there || (fetches && self.around.access.is_ok()))
        {
            let _ = repo.exclude_block();
        }
    }

    /// Does a task that may ask Context7.
    pub(super) async fn perform<T: Send + 'static>(
        self,
        work: impl FnOnce(&dyn Ground, &dyn Web, &Surroundings) -> io::Result<T> + Send + 'static,
    ) -> Result<T, Error> {
        let around = self.around;
        perform(self.folder, move |ground| match &around.access {
            Ok(_) => work(ground, &Interruptible::new(ground), &around),
            Err(_) => work(ground, &Offline, &around),
        })
        .await
    }
}

/// A share that is none.
pub(super) fn invalid(message: &str) -> Error {
    Error::new(ErrorKind::InvalidInput, message.to_owned())
}
