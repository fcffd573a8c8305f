//! All worktrees that the daemon made: what is noted of each, which of them are kept warm to be used
//! again, their sizes and ports. What git has to do with it is in the crate `worktree`.

mod broom;
pub(crate) mod governor;
mod leases;
mod plan;
mod record;

use broom::{Broom, Chore};
pub(crate) use plan::Plan;
use record::Seat;
pub(crate) use record::{Port, Record, Reuse};
use std::collections::{BTreeMap, HashMap};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};
use worktree::{AddWorktree, Recycled, Repo, SalvageRef, WarmTree, Worktree};

/// Below the folder of worktrees, so that a tree can be renamed there.
const FOLDER: &str = ".offshoot-warm";
/// A size that is older is measured again when somebody asks for it.
const STALE: Duration = Duration::from_secs(60);

/// What a worktree is noted to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum SeatState {
    /// A step's.
    Active,
    /// On its way to being warm.
    Tidied,
    /// Waiting for a step.
    Warm,
    /// A step is being given it.
    Taken,
}

#[derive(Debug, Clone)]
struct Known {
    record: Record,
    state: SeatState,
}

/// A size, and when it was measured; none while it is being measured for the first time.
#[derive(Debug, Clone, Copy)]
struct Size {
    bytes: Option<u64>,
    asked: Instant,
}

/// All of them.
#[derive(Debug)]
pub(crate) struct Trees {
    root: PathBuf,
    known: Mutex<BTreeMap<String, Known>>,
    sizes: Mutex<HashMap<PathBuf, Size>>,
    /// Trees kept per repository, at most.
    warm: Mutex<u32>,
    /// New worktrees whose setup has not been done.
    pending: Mutex<HashMap<PathBuf, Plan>>,
    /// What the governor wants people to know.
    problems: Mutex<Vec<String>>,
    /// Somebody wants the disk to be looked at now.
    look: tokio::sync::Notify,
    broom: Broom,
}

/// For whom a worktree is made, and how.
#[derive(Debug, Clone)]
pub(crate) struct Want {
    pub(crate) task: String,
    pub(crate) run: Option<String>,
    pub(crate) step: String,
    /// Its tree may be a used one, and used again.
    pub(crate) reusable: bool,
    /// It goes on on the branch it has, which is there already.
    pub(crate) again: bool,
    pub(crate) plan: Plan,
}

/// A worktree that was made.
#[derive(Debug)]
pub(crate) struct Made {
    pub(crate) worktree: Worktree,
    /// Setup was done in it already.
    pub(crate) set_up: bool,
}

impl Trees {
    /// Reads what is noted below the folder of worktrees, and starts to clear up what was left.
    pub(crate) fn open(worktrees: &Path) -> Arc<Self> {
        let (broom, chores) = Broom::new();
        let trees = Arc::new(Self {
            root: crate::core::canonical(worktrees).join(FOLDER),
            known: Mutex::default(),
            sizes: Mutex::default(),
            warm: Mutex::new(model::worktrees::WorktreeLimits::default().warm),
            pending: Mutex::default(),
            problems: Mutex::default(),
            look: tokio::sync::Notify::new(),
            broom,
        });
        trees.read_all();
        broom::start(&trees, chores);
        trees
    }

    fn read_all(&self) {
        let entries = std::fs::read_dir(&self.root).into_iter().flatten();
        for entry in entries.flatten() {
            let id = entry.file_name().to_string_lossy().into_owned();
            let seat = Seat(entry.path());
            let Some(record) = seat.read() else {
                self.broom.give(Chore::Delete(seat.0));
                continue;
            };
            let state = if seat.tree().exists() {
                self.broom.give(Chore::Tidy(id.clone()));
                SeatState::Tidied
            } else {
                SeatState::Active
            };
            self.lock().insert(id, Known { record, state });
        }
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<String, Known>> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn seat(&self, id: &str) -> Seat {
        Seat(self.root.join(id))
    }

    /// What people should know about the disk.
    pub(crate) fn problems(&self) -> Vec<String> {
        self.problems
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    fn tell(&self, problems: Vec<String>) {
        *self.problems.lock().unwrap_or_else(PoisonError::into_inner) = problems;
    }

    /// Has the governor look at the disk now.
    pub(crate) fn look_now(&self) {
        self.look.notify_one();
    }

    async fn looked_for(&self) {
        self.look.notified().await;
    }

    /// How many trees are kept per repository from now on.
    pub(crate) fn keep_warm(&self, most: u32) {
        *self.warm.lock().unwrap_or_else(PoisonError::into_inner) = most;
    }

    fn most_warm(&self) -> u32 {
        *self.warm.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Forgets records of worktrees that are not there any more. For the start, when it is known which
    /// worktrees steps own.
    pub(crate) fn keep_only(&self, owned: &[PathBuf]) {
        let gone: Vec<String> = {
            let known = self.lock();
            let active = known
                .iter()
                .filter(|(_, one)| one.state == SeatState::Active);
            let lost = active.filter(|(_, one)| {
                !owned.contains(&one.record.worktree) && !one.record.worktree.exists()
            });
            lost.map(|(id, _)| id.clone()).collect()
        };
        gone.iter().for_each(|id| self.drop_seat(id));
    }

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
                }) => {
                    tracing::debug!(intact, set_up, "a warm tree is used again");
                    let used = Some((id, record, set_up));
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

    fn warm_tree(&self, id: &str, record: &Record, plan: &Plan) -> WarmTree {
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
        used: Option<(String, Record, bool)>,
    ) -> worktree::Result<Made> {
        let set_up = used.as_ref().is_some_and(|(_, _, set_up)| *set_up);
        let (id, before) = match used {
            Some((id, before, _)) => (id, Some(before).filter(|_| set_up)),
            None => (
                crate::ids::random(10).unwrap_or_else(|_| want.task.clone()),
                None,
            ),
        };
        let seat = self.seat(&id);
        let noted = std::fs::create_dir_all(&seat.0)
            .map_err(|error| error.to_string())
            .and_then(|()| self.record(repo, &worktree, want, settings, &seat, before))
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
        set_up: Option<Record>,
    ) -> Result<Record, String> {
        if set_up.is_none() {
            let _ = std::fs::remove_file(seat.set_up());
        }
        let remembered = match settings {
            Some(settings) => repo
                .remember(worktree, &seat.index())
                .map_err(|error| error.to_string())?
                .map(|remembered| (settings, remembered)),
            None => None,
        };
        let reuse = remembered.map(|(settings, remembered)| Reuse {
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
            bytes: None,
            id_length: worktree.base.as_str().len() / 2,
            reuse,
        })
    }

    /// Leases ports to a worktree. None where there are not enough.
    pub(crate) fn lease(&self, worktree: &Path, names: &[String]) -> Option<Vec<Port>> {
        let from = u16::try_from(crate::clock::now().0.unsigned_abs() % 12_000).unwrap_or(0);
        let mut known = self.lock();
        let taken = known.values().filter(|one| one.state == SeatState::Active);
        let taken = taken
            .flat_map(|one| &one.record.ports)
            .map(|port| port.number);
        // Found under the lock: two worktrees never look at the same port at once.
        let ports = leases::find(names, &taken.collect(), from);
        let (id, one) = known
            .iter_mut()
            .find(|(_, one)| one.state == SeatState::Active && one.record.worktree == worktree)?;
        if ports.len() < names.len() {
            return None;
        }
        one.record.ports.clone_from(&ports);
        self.seat(id).write(&one.record).ok()?;
        Some(ports)
    }

    /// What is noted of an active worktree.
    pub(crate) fn record_of(&self, worktree: &Path) -> Option<Record> {
        let known = self.lock();
        let mut active = known.values().filter(|one| one.state == SeatState::Active);
        let one = active.find(|one| one.record.worktree == worktree)?;
        Some(one.record.clone())
    }

    /// The ports of an active worktree.
    pub(crate) fn ports_of(&self, worktree: &Path) -> Vec<Port> {
        self.record_of(worktree)
            .map(|record| record.ports)
            .unwrap_or_default()
    }

    /// Changes what is noted of an active worktree.
    pub(crate) fn change(&self, worktree: &Path, change: impl FnOnce(&mut Record, &Path)) {
        let mut known = self.lock();
        let mut active = known
            .iter_mut()
            .filter(|(_, one)| one.state == SeatState::Active);
        let found = active.find(|(_, one)| one.record.worktree == worktree);
        let Some((id, one)) = found else { return };
        let seat = self.seat(id);
        change(&mut one.record, &seat.0);
        if let Err(error) = seat.write(&one.record) {
            tracing::warn!(%error, "a change could not be noted");
            one.record.reuse = None;
        }
    }

    /// Remembers what is still to be done in a new worktree.
    pub(crate) fn await_set_up(&self, worktree: &Path, plan: &Plan) {
        let mut pending = self.pending.lock().unwrap_or_else(PoisonError::into_inner);
        pending.insert(worktree.to_owned(), plan.clone());
    }

    /// The commands that are to be run in a new worktree; none where there are none.
    pub(crate) fn pending(&self, worktree: &Path) -> Option<String> {
        let pending = self.pending.lock().unwrap_or_else(PoisonError::into_inner);
        let plan = pending.get(worktree)?;
        (!plan.commands.is_empty()).then(|| Plan::script(&plan.commands))
    }

    /// Notes that setup is done: what it put there may stay when the tree is used again.
    pub(crate) fn set_up_done(&self, repo: &Repo, worktree: &Path) {
        let mut pending = self.pending.lock().unwrap_or_else(PoisonError::into_inner);
        let plan = pending.remove(worktree);
        drop(pending);
        let Some(print) = plan.and_then(|plan| plan.print().cloned()) else {
            return;
        };
        self.change(worktree, |record, seat| {
            let seat = Seat(seat.to_owned());
            let Some(reuse) = &mut record.reuse else {
                return;
            };
            match repo.remember_set_up(worktree, &seat.index(), &seat.set_up()) {
                Ok(()) => reuse.set_up = Some(print),
                Err(error) => tracing::info!(%error, "setup is to be done again"),
            }
        });
    }

    /// Forgets a worktree that was taken back.
    pub(crate) fn forget(&self, worktree: &Path) {
        let mut pending = self.pending.lock().unwrap_or_else(PoisonError::into_inner);
        pending.remove(worktree);
        drop(pending);
        let found = {
            let known = self.lock();
            let found = known
                .iter()
                .find(|(_, one)| one.state == SeatState::Active && one.record.worktree == worktree);
            found.map(|(id, _)| id.clone())
        };
        found.iter().for_each(|id| self.drop_seat(id));
    }

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
                self.park(id);
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

    fn park(&self, id: &str) {
        let mut known = self.lock();
        let Some(one) = known.get_mut(id) else { return };
        one.state = SeatState::Tidied;
        one.record.since = crate::clock::now().0;
        one.record.ports.clear();
        self.forget_size(&one.record.worktree);
        if let Err(error) = self.seat(id).write(&one.record) {
            tracing::debug!(%error, "a warm tree's record is old");
        }
        self.broom.give(Chore::Tidy(id.to_owned()));
    }

    /// Makes a tree ready to be used again, on the broom's thread; keeps no more than are wanted.
    fn tidy(&self, id: &str) {
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
        if let Err(why) = warm.tidy(record.id_length) {
            tracing::info!(why, "a tree is not kept warm");
            return self.drop_seat(id);
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

    /// Throws a warm tree away; false where a step has been given it meanwhile.
    pub(crate) fn evict(&self, id: &str) -> bool {
        let warm = self
            .lock()
            .get(id)
            .is_some_and(|one| one.state == SeatState::Warm);
        if warm {
            self.drop_seat(id);
        }
        warm
    }

    fn drop_seat(&self, id: &str) {
        self.lock().remove(id);
        let seat = self.seat(id).0;
        if seat.exists() {
            match worktree::set_aside(&seat) {
                Ok(folder) => self.delete(folder),
                Err(_) => self.delete(seat),
            }
        }
    }

    /// Deletes a folder in the background.
    pub(crate) fn delete(&self, folder: PathBuf) {
        self.broom.give(Chore::Delete(folder));
    }

    /// Warm trees: their ids, records and folders.
    pub(crate) fn warm(&self) -> Vec<(String, Record, PathBuf)> {
        let known = self.lock();
        let warm = known
            .iter()
            .filter(|(_, one)| matches!(one.state, SeatState::Warm | SeatState::Tidied));
        warm.map(|(id, one)| (id.clone(), one.record.clone(), self.seat(id).tree()))
            .collect()
    }

    /// Records of worktrees that steps have.
    pub(crate) fn active(&self) -> Vec<Record> {
        let known = self.lock();
        let active = known.values().filter(|one| one.state == SeatState::Active);
        active.map(|one| one.record.clone()).collect()
    }

    /// The size of a worktree as it was last measured; measures it in the background where that is a
    /// while ago.
    pub(crate) fn size(&self, path: &Path) -> Option<u64> {
        let mut sizes = self.sizes.lock().unwrap_or_else(PoisonError::into_inner);
        let known = sizes.get(path).copied();
        if known.is_none_or(|size| size.asked.elapsed() > STALE) {
            let bytes = known.and_then(|size| size.bytes);
            let asked = Instant::now();
            sizes.insert(path.to_owned(), Size { bytes, asked });
            self.broom.give(Chore::Measure(path.to_owned()));
        }
        known.and_then(|size| size.bytes)
    }

    fn measured(&self, path: &Path, bytes: u64) {
        let mut sizes = self.sizes.lock().unwrap_or_else(PoisonError::into_inner);
        if path.exists()
            && let Some(size) = sizes.get_mut(path)
        {
            size.bytes = Some(bytes);
        }
    }

    fn forget_size(&self, path: &Path) {
        let mut sizes = self.sizes.lock().unwrap_or_else(PoisonError::into_inner);
        sizes.remove(path);
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

#[cfg(test)]
mod tests;
