//! The runs of the workspace's repositories, as last heard: read at once, without asking the daemon.

use crate::repositories::Repositories;
use protocol::run::Run;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;

/// Ended runs kept of each repository, besides the newest of each workflow file.
const KEPT: usize = 50;

/// How long a request waits for the first look at the runs, right after the start.
const PATIENCE: Duration = Duration::from_secs(5);

/// The runs as they are now. Clones share them.
#[derive(Debug, Clone)]
pub(crate) struct Runs {
    state: Arc<watch::Sender<Arc<Snapshot>>>,
}

/// The runs at one moment.
#[derive(Debug, Clone, Default)]
pub(crate) struct Snapshot {
    /// The workspace's repositories.
    pub(crate) repositories: Arc<Repositories>,
    runs: BTreeMap<String, Arc<Run>>,
    /// They were read at least once.
    read: bool,
}

impl Default for Runs {
    fn default() -> Self {
        Self {
            state: Arc::new(watch::Sender::new(Arc::default())),
        }
    }
}

impl Runs {
    /// The runs at this moment.
    pub(crate) fn now(&self) -> Arc<Snapshot> {
        Arc::clone(&self.state.borrow())
    }

    /// The runs once they were read; as they are, where that takes too long.
    pub(crate) async fn once_read(&self) -> Arc<Snapshot> {
        let mut changes = self.subscribe();
        let read = changes.wait_for(|now| now.read);
        // Without the daemon there is nothing to wait for; whoever asks finds that out next.
        let _ = tokio::time::timeout(PATIENCE, read).await;
        self.now()
    }

    /// To wait for changes.
    pub(crate) fn subscribe(&self) -> watch::Receiver<Arc<Snapshot>> {
        self.state.subscribe()
    }

    /// Puts all in the place of what was known.
    pub(crate) fn replace(&self, repositories: Repositories, runs: Vec<Run>) {
        let runs = runs
            .into_iter()
            .map(|run| (run.run_id.clone(), Arc::new(run)));
        self.state.send_replace(Arc::new(Snapshot {
            repositories: Arc::new(repositories),
            runs: runs.collect(),
            read: true,
        }));
    }

    /// A run is new, or changed.
    pub(crate) fn put(&self, run: Run) {
        self.state.send_modify(|now| {
            let now = Arc::make_mut(now);
            now.runs.insert(run.run_id.clone(), Arc::new(run));
            now.forget_old();
        });
    }

    /// A run is gone.
    pub(crate) fn remove(&self, run_id: &str) {
        self.state
            .send_if_modified(|now| Arc::make_mut(now).runs.remove(run_id).is_some());
    }

    /// A repository belongs to the workspace as it turns out.
    pub(crate) fn adopt(&self, root: PathBuf) {
        self.state.send_if_modified(|now| {
            let known = now.repositories.roots().contains(&root);
            if !known {
                Arc::make_mut(&mut Arc::make_mut(now).repositories).add(root);
            }
            !known
        });
    }
}

impl Snapshot {
    /// All runs, in no order that means anything.
    pub(crate) fn all(&self) -> impl Iterator<Item = &Arc<Run>> {
        self.runs.values()
    }

    /// A run by its whole id.
    pub(crate) fn get(&self, run_id: &str) -> Option<&Arc<Run>> {
        self.runs.get(run_id)
    }

    /// The newest run of a workflow file, by the path that the client has for it.
    pub(crate) fn newest_of(&self, file: &Path) -> Option<&Arc<Run>> {
        let (root, relative) = self.repositories.locate(file)?;
        self.all()
            .filter(|run| Path::new(&run.repo) == root && is_file(run, root, &relative))
            .max_by(|left, right| left.created_at.cmp(&right.created_at))
    }

    /// Path of a run's workflow file, as the client names it; none for a submitted task.
    pub(crate) fn workflow_file(&self, run: &Run) -> Option<PathBuf> {
        let file = Path::new(run.workflow_file.as_deref()?);
        let root = Path::new(&run.repo);
        let relative = file.strip_prefix(root).unwrap_or(file);
        Some(self.repositories.shown(root, relative))
    }

    /// Drops the oldest ended runs beyond what is kept.
    fn forget_old(&mut self) {
        if self.runs.len() <= KEPT * self.repositories.roots().len().max(1) {
            return;
        }
        let newest: Vec<String> = self.newest_of_each().collect();
        let ended = self.runs.values().filter(|run| run.ended_at.is_some());
        let oldest = ended
            .filter(|run| !newest.contains(&run.run_id))
            .min_by(|left, right| left.created_at.cmp(&right.created_at))
            .map(|run| run.run_id.clone());
        if let Some(oldest) = oldest {
            self.runs.remove(&oldest);
        }
    }

    fn newest_of_each(&self) -> impl Iterator<Item = String> {
        let mut newest = BTreeMap::<(&str, Option<&str>), &Run>::new();
        for run in self.runs.values() {
            let key = (run.repo.as_str(), run.workflow_file.as_deref());
            let known = newest.entry(key).or_insert(run);
            if known.created_at < run.created_at {
                *known = run;
            }
        }
        newest.into_values().map(|run| run.run_id.clone())
    }
}

/// The daemon names files in a repository relative to its root, others by their whole path.
fn is_file(run: &Run, root: &Path, relative: &Path) -> bool {
    run.workflow_file.as_deref().is_some_and(|file| {
        let file = Path::new(file);
        file == relative || file.strip_prefix(root).is_ok_and(|file| file == relative)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::repositories::Folder;

    fn run(id: &str, file: &str, created: &str, ended: bool) -> Run {
        Run {
            run_id: id.to_owned(),
            repo: "/w".to_owned(),
            workflow_file: Some(file.to_owned()),
            created_at: created.to_owned(),
            ended_at: ended.then(|| created.to_owned()),
            ..Run::default()
        }
    }

    fn repositories() -> Repositories {
        let folder = Folder {
            named: "/link".into(),
            real: "/w".into(),
        };
        let mut repositories = Repositories::new(vec![folder]);
        repositories.add("/w".into());
        repositories
    }

    #[test]
    fn the_newest_run_of_a_file_is_found_by_the_clients_path() {
        let runs = Runs::default();
        let known = vec![
            run("a-1", "a.yaml", "1", true),
            run("a-2", "/w/a.yaml", "2", false),
            run("b-1", "b.yaml", "3", true),
        ];
        runs.replace(repositories(), known);
        let newest = |path: &str| {
            let now = runs.now();
            now.newest_of(Path::new(path)).map(|run| run.run_id.clone())
        };
        assert_eq!(newest("/link/a.yaml").as_deref(), Some("a-2"));
        assert_eq!(newest("/w/a.yaml").as_deref(), Some("a-2"));
        assert_eq!(newest("/link/c.yaml"), None);
        assert_eq!(newest("/elsewhere/a.yaml"), None);
        runs.put(run("a-3", "a.yaml", "4", false));
        assert_eq!(newest("/link/a.yaml").as_deref(), Some("a-3"));
        let now = runs.now();
        let file = now.workflow_file(now.get("a-2").unwrap());
        assert_eq!(file.as_deref(), Some(Path::new("/link/a.yaml")));
    }

    #[test]
    fn old_runs_are_forgotten_but_not_open_ones_nor_the_newest_of_a_file() {
        let runs = Runs::default();
        runs.replace(
            repositories(),
            vec![
                run("open", "o.yaml", "0", false),
                run("old", "old.yaml", "0", true),
            ],
        );
        for number in 0..200 {
            runs.put(run(
                &format!("a-{number}"),
                "a.yaml",
                &format!("1-{number:03}"),
                true,
            ));
        }
        let now = runs.now();
        assert_eq!(now.all().count(), KEPT);
        assert!(now.get("open").is_some() && now.get("old").is_some());
        assert!(now.get("a-199").is_some() && now.get("a-0").is_none());
    }
}
