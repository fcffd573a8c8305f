//! One file watcher per process for all hand-offs. A subscriber names a folder and the names in it
//! that matter; whatever else happens there wakes nobody. Where the system cannot watch (no
//! inotify, no watches left) the poll of each hand-off has to do.

use notify::event::{AccessKind, AccessMode, EventKind, ModifyKind, RenameMode};
use notify::{Event, RecommendedWatcher, RecursiveMode, Watcher};
use std::collections::HashMap;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use tokio::sync::Notify;

/// Which names in a folder matter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Names {
    Any,
    These(Vec<OsString>),
}

impl Default for Names {
    fn default() -> Self {
        Self::These(Vec::new())
    }
}

type Table = HashMap<PathBuf, Entry>;

#[derive(Debug, Default)]
struct Entry {
    /// Whether the system still watches: not after the folder was deleted or moved.
    live: bool,
    subscribers: Vec<Subscriber>,
}

#[derive(Debug)]
struct Subscriber {
    id: u64,
    names: Arc<Names>,
    wake: Arc<Notify>,
}

/// The watcher's thread takes only `table`. Whoever talks to the watcher waits for that thread, so
/// it holds `watcher` and never `table` meanwhile.
#[derive(Debug)]
struct Hub {
    watcher: Mutex<Option<RecommendedWatcher>>,
    table: Arc<Mutex<Table>>,
    next: Mutex<u64>,
}

/// A folder that is watched until this is dropped.
#[derive(Debug)]
pub(super) struct Subscription {
    folder: PathBuf,
    id: u64,
}

fn hub() -> &'static Hub {
    static HUB: OnceLock<Hub> = OnceLock::new();
    HUB.get_or_init(|| {
        let table = Arc::new(Mutex::new(Table::new()));
        let seen = Arc::clone(&table);
        let watcher = notify::recommended_watcher(move |event| dispatch(&seen, event));
        let watcher = watcher.inspect_err(|error| tracing::warn!(%error, "no file events"));
        Hub {
            watcher: Mutex::new(watcher.ok()),
            table,
            next: Mutex::new(0),
        }
    })
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Why a folder is not watched.
#[derive(Debug)]
pub(super) enum Refused {
    /// It is not there (any more).
    Absent,
    /// Only the poll is left; why, for people.
    Unwatchable(String),
}

/// Watches a folder (a real path: what comes through a symlink has another name).
pub(super) fn subscribe(
    folder: &Path,
    names: &Arc<Names>,
    wake: &Arc<Notify>,
) -> Result<Subscription, Refused> {
    let hub = hub();
    let mut watcher = lock(&hub.watcher);
    let none = || Refused::Unwatchable("the system offers none".to_owned());
    let watcher = watcher.as_mut().ok_or_else(none)?;
    let id = {
        let mut next = lock(&hub.next);
        *next += 1;
        *next
    };
    let subscriber = Subscriber {
        id,
        names: Arc::clone(names),
        wake: Arc::clone(wake),
    };
    let was_live = {
        let mut table = lock(&hub.table);
        let entry = table.entry(folder.to_owned()).or_default();
        entry.subscribers.push(subscriber);
        std::mem::replace(&mut entry.live, true)
    };
    let subscription = Subscription {
        folder: folder.to_owned(),
        id,
    };
    if was_live {
        return Ok(subscription);
    }
    // The folder may be another one of the same name, and the watcher may still know the old one.
    let _ = watcher.unwatch(folder);
    if let Err(error) = watcher.watch(folder, RecursiveMode::NonRecursive) {
        let mut table = lock(&hub.table);
        if let Some(entry) = table.get_mut(folder) {
            entry.live = false;
        }
        forget(&mut table, &subscription);
        std::mem::forget(subscription);
        return Err(reason(&error));
    }
    Ok(subscription)
}

fn reason(error: &notify::Error) -> Refused {
    match &error.kind {
        notify::ErrorKind::PathNotFound => Refused::Absent,
        notify::ErrorKind::Io(error) if error.kind() == std::io::ErrorKind::NotFound => {
            Refused::Absent
        }
        notify::ErrorKind::MaxFilesWatch => Refused::Unwatchable(
            "the system's limit of watches is reached; raise fs.inotify.max_user_watches"
                .to_owned(),
        ),
        _ => Refused::Unwatchable(error.to_string()),
    }
}

/// Takes the subscriber out; gives whether the folder has none left.
fn forget(table: &mut Table, subscription: &Subscription) -> bool {
    let Some(entry) = table.get_mut(&subscription.folder) else {
        return false;
    };
    entry
        .subscribers
        .retain(|subscriber| subscriber.id != subscription.id);
    let last = entry.subscribers.is_empty();
    if last {
        table.remove(&subscription.folder);
    }
    last
}

impl Subscription {
    /// Whether the folder that was subscribed to is still watched.
    pub(super) fn is_live(&self) -> bool {
        let hub = hub();
        // Not while another subscriber renews the watch: until then events are lost.
        let _settled = lock(&hub.watcher);
        lock(&hub.table)
            .get(&self.folder)
            .is_some_and(|entry| entry.live)
    }
}

impl Drop for Subscription {
    fn drop(&mut self) {
        let hub = hub();
        let mut watcher = lock(&hub.watcher);
        let last = forget(&mut lock(&hub.table), self);
        if let Some(watcher) = watcher.as_mut().filter(|_| last) {
            let _ = watcher.unwatch(&self.folder);
        }
    }
}

/// On the watcher's thread, for each event.
fn dispatch(table: &Mutex<Table>, event: notify::Result<Event>) {
    let Ok(event) = event else {
        return wake_all(table);
    };
    if event.need_rescan() {
        return wake_all(table);
    }
    // Our own looks open files: they must not wake us again.
    let reading = matches!(event.kind, EventKind::Access(kind) if kind != AccessKind::Close(AccessMode::Write));
    if reading {
        return;
    }
    let gone = matches!(
        event.kind,
        EventKind::Remove(_)
            | EventKind::Modify(ModifyKind::Name(RenameMode::From | RenameMode::Both))
    );
    let mut table = lock(table);
    for path in &event.paths {
        // Every folder on the way to a watched one is watched too, so this finds them all.
        if gone && table.contains_key(path) {
            // The watcher drops the folder and all below it.
            for (_, entry) in table
                .iter_mut()
                .filter(|(folder, _)| folder.starts_with(path))
            {
                entry.live = false;
                entry
                    .subscribers
                    .iter()
                    .for_each(|subscriber| subscriber.wake.notify_one());
            }
        }
        let (Some(folder), Some(name)) = (path.parent(), path.file_name()) else {
            continue;
        };
        let Some(entry) = table.get(folder) else {
            continue;
        };
        for subscriber in &entry.subscribers {
            let wanted = match &*subscriber.names {
                Names::Any => true,
                Names::These(names) => names.iter().any(|wanted| wanted == name),
            };
            if wanted {
                subscriber.wake.notify_one();
            }
        }
    }
}

fn wake_all(table: &Mutex<Table>) {
    for entry in lock(table).values() {
        entry
            .subscribers
            .iter()
            .for_each(|subscriber| subscriber.wake.notify_one());
    }
}
