//! All worktrees that the daemon made: what is noted of each, which of them are kept warm to be used
//! again, their sizes and ports. What git has to do with it is in the crate `worktree`.

mod broom;
pub(crate) mod governor;
mod laying;
mod leases;
mod left_behind;
mod letting_go;
mod making;
mod plan;
mod record;
mod set_up;
mod sizes;

use broom::{Broom, Chore};
pub(crate) use letting_go::Evicted;
pub(crate) use plan::Plan;
use record::Seat;
pub(crate) use record::{Port, Record, Reuse};
use std::collections::{BTreeMap, HashMap};
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;
use std::sync::mpsc::Receiver;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;
use worktree::Worktree;

/// Below the folder of worktrees, so that a tree can be renamed there.
const FOLDER: &str = ".offshoot-warm";

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
    /// How long it has been the same, in measurements.
    same: u32,
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
    /// What is being laid into worktrees, by task; true where it is to end.
    laying: Mutex<HashMap<String, Arc<AtomicBool>>>,
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
        let (trees, chores) = Self::read(worktrees);
        let trees = Arc::new(trees);
        broom::start(&trees, chores);
        trees
    }

    fn read(worktrees: &Path) -> (Self, Receiver<Chore>) {
        let (broom, chores) = Broom::new();
        let trees = Self {
            root: crate::path::canonical(worktrees).join(FOLDER),
            known: Mutex::default(),
            sizes: Mutex::default(),
            warm: Mutex::new(model::worktrees::WorktreeLimits::default().warm),
            pending: Mutex::default(),
            laying: Mutex::default(),
            problems: Mutex::default(),
            look: tokio::sync::Notify::new(),
            broom,
        };
        trees.read_all();
        (trees, chores)
    }

    fn read_all(&self) {
        let entries = std::fs::read_dir(&self.root).into_iter().flatten();
        for entry in entries.flatten() {
            let seat = Seat(entry.path());
            // Killed while it was deleted: what its record says holds no more.
            if worktree::is_set_aside(&entry.file_name()) {
                self.broom.give(Chore::Delete(seat.0));
                continue;
            }
            let id = entry.file_name().to_string_lossy().into_owned();
            let Some(record) = seat.read() else {
                self.broom.give(Chore::Delete(seat.0));
                continue;
            };
            let state = match (seat.tree().exists(), record.bytes) {
                (false, _) => SeatState::Active,
                // Measured last of all: it was tidied.
                (true, Some(_)) => SeatState::Warm,
                (true, None) => {
                    self.broom.give(Chore::Tidy(id.clone(), None));
                    SeatState::Tidied
                }
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

    fn drop_seat(&self, id: &str) {
        self.lock().remove(id);
        self.throw_away(id);
    }

    /// The folder of one that is not known any more.
    fn throw_away(&self, id: &str) {
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
}

#[cfg(test)]
mod tests;
