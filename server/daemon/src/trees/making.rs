//! A worktree for a step: of a warm tree where there is one that fits, else anew; and noting it.

use super::record::Seat;
use super::{Known, Made, Plan, Record, Reuse, SeatState, Trees, Want};
use std::path::Path;
use worktree::{AddWorktree, Recycled, Remembered, Repo, WarmTree, Worktree};

/// A warm tree that became a worktree.
struct Used {
    id: String,
    /// What was noted of it before.
    before: Record,
    /// What setup put there is still whole.
    set_up: bool,
    remembered: Option<Remembered>,
}

impl Trees {
    /// Makes a worktree: of a warm tree where there is one, else anew.
    pub(crate) fn make(
        &self,
        repo: &Repo,
        job: &AddWorktree,
        want: &Want,
    ) -> worktree::Result<Made> {
        let settings = match want.reusable && self.most_warm() > 0 {
            true => repo.checkout_settings().ok(),
            false => None,
        };
        while let Some((id, record)) = settings
            .as_deref()
            .filter(|_| !want.again)
            .and_then(|settings| self.take(repo.root(), settings, &want.plan))
        {
            let warm = self.warm_tree(&id, &record, &want.plan);
            match repo.recycle(job, &warm) {
                Ok(Recycled::Made {
                    worktree,
                    set_up,
                    intact,
                    remembered,
                }) => {
                    tracing::debug!(intact, set_up, "a warm tree is used again");
                    let used = Some(Used {
                        id,
                        before: record,
                        set_up,
                        remembered,
                    });
                    return self.note(repo, worktree, want, settings, used);
                }
                Ok(Recycled::Doubt(why, folder)) => {
                    tracing::info!(why, "a warm tree is thrown away");
                    self.drop_seat(&id);
                    folder.into_iter().for_each(|folder| self.delete(folder));
                }
                Err(error) => {
                    self.put_back(&id);
                    return Err(error);
                }
            }
        }
        let worktree = match want.again {
            true => repo.add_worktree_again(job)?,
            false => repo.add_worktree(job)?,
        };
        self.note(repo, worktree, want, settings, None)
    }

    /// Takes the tree that is best for this: with the same setup, then the one used last.
    fn take(&self, repo: &Path, settings: &str, plan: &Plan) -> Option<(String, Record)> {
        let mut known = self.lock();
        let fits = |one: &Known| {
            let reuse = one.record.reuse.as_ref()?;
            let fits = one.state == SeatState::Warm
                && one.record.repo == repo
                && reuse.settings == settings;
            fits.then(|| (reuse.set_up.as_ref() == plan.print(), one.record.since))
        };
        let best = known
            .iter()
            .filter_map(|(id, one)| Some((fits(one)?, id.clone())));
        let (_, id) = best.max()?;
        let one = known.get_mut(&id)?;
        one.state = SeatState::Taken;
        Some((id, one.record.clone()))
    }

    fn put_back(&self, id: &str) {
        if let Some(one) = self.lock().get_mut(id) {
            one.state = SeatState::Warm;
        }
    }

    pub(super) fn warm_tree(&self, id: &str, record: &Record, plan: &Plan) -> WarmTree {
        let seat = self.seat(id);
        let reuse = record.reuse.as_ref();
        let same = reuse
            .is_some_and(|reuse| reuse.set_up.is_some() && reuse.set_up.as_ref() == plan.print());
        WarmTree {
            tree: seat.tree(),
            index: seat.index(),
            set_up: same.then(|| seat.set_up()),
            inputs: reuse.map(|reuse| reuse.inputs.clone()).unwrap_or_default(),
            folder_mode: reuse.map_or(0, |reuse| reuse.folder_mode),
        }
    }

    /// Notes a worktree that was just made. Nobody but git has been in it yet.
    fn note(
        &self,
        repo: &Repo,
        worktree: Worktree,
        want: &Want,
        settings: Option<String>,
        used: Option<Used>,
    ) -> worktree::Result<Made> {
        let set_up = used.as_ref().is_some_and(|used| used.set_up);
        let id = match &used {
            Some(used) => used.id.clone(),
            None => crate::ids::random(10).unwrap_or_else(|_| want.task.clone()),
        };
        let seat = self.seat(&id);
        let noted = std::fs::create_dir_all(&seat.0)
            .map_err(|error| error.to_string())
            .and_then(|()| self.record(repo, &worktree, want, settings, &seat, used))
            .and_then(|record| {
                let written = seat.write(&record).map_err(|error| error.to_string());
                written.map(|()| record)
            });
        match noted {
            Ok(record) => {
                let state = SeatState::Active;
                self.lock().insert(id, Known { record, state });
            }
            Err(error) => {
                // The worktree is as good without: its tree is not used again, and no port is leased.
                tracing::warn!(error, "a worktree could not be noted");
                self.drop_seat(&id);
            }
        }
        Ok(Made { worktree, set_up })
    }

    fn record(
        &self,
        repo: &Repo,
        worktree: &Worktree,
        want: &Want,
        settings: Option<String>,
        seat: &Seat,
        used: Option<Used>,
    ) -> Result<Record, String> {
        let remembered = match (&used, &settings) {
            (Some(used), _) => used.remembered.clone(),
            (None, Some(_)) => repo
                .remember(worktree, &seat.index())
                .map_err(|error| error.to_string())?,
            (None, None) => None,
        };
        let set_up = used.filter(|used| used.set_up).map(|used| used.before);
        if set_up.is_none() {
            let _ = std::fs::remove_file(seat.set_up());
        }
        let reuse = settings.zip(remembered);
        let reuse = reuse.map(|(settings, remembered)| Reuse {
            settings,
            folder_mode: remembered.folder_mode,
            set_up: want.plan.print().cloned().filter(|_| set_up.is_some()),
            inputs: want.plan.inputs.clone(),
        });
        Ok(Record {
            repo: repo.root().to_owned(),
            worktree: worktree.path.clone(),
            task: want.task.clone(),
            run: want.run.clone(),
            step: want.step.clone(),
            since: crate::clock::now().0,
            ports: Vec::new(),
            laid: set_up
                .as_ref()
                .map(|before| before.laid.clone())
                .unwrap_or_default(),
            not_ignored: set_up.map(|before| before.not_ignored).unwrap_or_default(),
            teardown: want.plan.teardown.clone(),
            bytes: None,
            id_length: worktree.base.as_str().len() / 2,
            reuse,
        })
    }
}
