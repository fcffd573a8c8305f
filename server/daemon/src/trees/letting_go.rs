//! The end of a step's worktree: kept warm, or thrown away; and the end of a warm tree.

use super::broom::{self, Chore};
use super::{Known, Plan, SeatState, Trees};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use worktree::{Repo, SalvageRef};

/// What became of a warm tree that was to go.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Evicted {
    /// It is gone.
    Gone,
    /// A step has been given it, or it was gone before.
    Taken,
    /// Somebody has it open: it stays.
    Open(String),
}

impl Trees {
    /// Lets go of a worktree: saves what only it holds, and keeps its tree warm where that may be, or
    /// throws it away. Its ports are free again.
    pub(crate) fn release(
        &self,
        repo: &Repo,
        path: &Path,
        salvage_name: &str,
        keep: bool,
    ) -> worktree::Result<Option<SalvageRef>> {
        let found = {
            let known = self.lock();
            let mut active = known
                .iter()
                .filter(|(_, one)| one.state == SeatState::Active);
            let found = active.find(|(_, one)| one.record.worktree == path);
            found.map(|(id, one)| (id.clone(), one.record.clone()))
        };
        if let Some((_, record)) = &found {
            take_out(path, &record.not_ignored);
        }
        if let Some((id, record)) = &found
            && keep
            && record.reuse.is_some()
            && self.most_warm() > 0
            && worktree::occupant(path).is_none()
        {
            let seat = self.seat(id);
            let away = repo.put_away(path, salvage_name, Some(&seat.tree()))?;
            if away.folder.is_some() || seat.tree().exists() {
                self.park(id, repo);
            } else {
                self.drop_seat(id);
            }
            return Ok(away.salvaged);
        }
        let away = repo.put_away(path, salvage_name, None)?;
        away.folder
            .into_iter()
            .for_each(|folder| self.delete(folder));
        found.iter().for_each(|(id, _)| self.drop_seat(id));
        self.forget_size(path);
        Ok(away.salvaged)
    }

    fn park(&self, id: &str, repo: &Repo) {
        let mut known = self.lock();
        let Some(one) = known.get_mut(id) else { return };
        one.state = SeatState::Tidied;
        one.record.since = crate::clock::now().0;
        one.record.ports.clear();
        one.record.bytes = None;
        self.forget_size(&one.record.worktree);
        if let Err(error) = self.seat(id).write(&one.record) {
            tracing::debug!(%error, "a warm tree's record is old");
        }
        let repo = Some(Box::new(repo.clone()));
        self.broom.give(Chore::Tidy(id.to_owned(), repo));
    }

    /// Makes a tree ready to be used again, on the broom's thread; keeps no more than are wanted.
    pub(super) fn tidy(&self, id: &str, repo: Option<&Repo>) {
        let record = match self.lock().get(id) {
            Some(one) if one.state == SeatState::Tidied => one.record.clone(),
            _ => return,
        };
        let seat = self.seat(id);
        let mut warm = self.warm_tree(id, &record, &Plan::default());
        warm.set_up = record
            .reuse
            .as_ref()
            .and_then(|reuse| reuse.set_up.as_ref())
            .map(|_| seat.set_up());
        let settings = record.reuse.as_ref().map(|reuse| &reuse.settings);
        let as_then = |repo: &&Repo| repo.checkout_settings().ok().as_ref() == settings;
        let repo = repo.filter(as_then);
        // One that somebody has open stays as it is; it is looked at again before a step gets it.
        if worktree::seen_in(&seat.tree()).is_none() {
            let tidied = warm.tidy(record.id_length, repo);
            let doubt = match tidied {
                Ok(()) if repo.is_some() && repo.filter(as_then).is_none() => {
                    Some("git's settings changed".to_owned())
                }
                tidied => tidied.err(),
            };
            if let Some(why) = doubt {
                tracing::info!(why, "a tree is not kept warm");
                return self.drop_seat(id);
            }
        }
        let bytes = broom::size(&seat.tree());
        if let Some(one) = self.lock().get_mut(id) {
            one.state = SeatState::Warm;
            one.record.bytes = Some(bytes);
            let _ = seat.write(&one.record);
        }
        for id in self.too_many(&record.repo) {
            self.evict(&id);
        }
    }

    /// The warm trees of a repository that are more than are kept, the oldest first.
    fn too_many(&self, repo: &Path) -> Vec<String> {
        let known = self.lock();
        let mut warm: Vec<(i64, &String)> = known
            .iter()
            .filter(|(_, one)| one.state == SeatState::Warm && one.record.repo == repo)
            .map(|(id, one)| (one.record.since, id))
            .collect();
        warm.sort_unstable();
        let most = usize::try_from(self.most_warm()).unwrap_or(usize::MAX);
        let more = warm.len().saturating_sub(most);
        warm.into_iter()
            .take(more)
            .map(|(_, id)| id.clone())
            .collect()
    }

    /// Throws a warm tree away. One that somebody has open stays; the answer says who. Gone is also what a
    /// step has been given meanwhile: nothing is to be done about that.
    pub(crate) fn evict(&self, id: &str) -> Evicted {
        let is_warm = |known: &BTreeMap<String, Known>| {
            known
                .get(id)
                .is_some_and(|one| matches!(one.state, SeatState::Warm | SeatState::Tidied))
        };
        if !is_warm(&self.lock()) {
            return Evicted::Taken;
        }
        // Looked at without the lock: it takes a while.
        if let Some(who) = worktree::seen_in(&self.seat(id).tree()) {
            return Evicted::Open(who);
        }
        {
            // Under one lock: from here on no step is given it.
            let mut known = self.lock();
            if !is_warm(&known) {
                return Evicted::Taken;
            }
            known.remove(id);
        }
        self.throw_away(id);
        Evicted::Gone
    }
}

/// Takes copies of private files out that git would take for work: they are in the main checkout.
fn take_out(root: &Path, paths: &[PathBuf]) {
    for path in paths {
        let path = root.join(path);
        if std::fs::remove_file(&path).is_err() {
            let _ = worktree::remove_folder(&path);
        }
    }
}
