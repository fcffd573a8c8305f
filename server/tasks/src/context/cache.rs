//! The knowledge base on disk: opened, read, and changed under its locks. Each file is written whole or not at all,
//! entries before what is known of them: whatever ends a change, the next one makes the index anew.

use super::counts::Counts;
use super::entry::Entry;
use super::lock::{self, Lock};
use super::names;
use super::queue::Queue;
use super::shelf::{self, Index, Library, Topic};
use super::{stamp, yaml};
use crate::ground::{Ground, Halt};
use crate::sheet;
use jiff::Timestamp;
use serde_yaml::Mapping;
use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};

/// Where it lies, from the main checkout.
pub const FOLDER: &str = ".tapps-agents/kb/context7-cache";
/// A larger entry is not read.
const LARGEST: u64 = 4 << 20;

/// The knowledge base of a repository.
#[derive(Debug, Clone)]
pub(crate) struct Cache {
    root: PathBuf,
}

impl Cache {
    /// That of this checkout. Nothing is made.
    pub(crate) fn open(checkout: &Path) -> Result<Self, Halt> {
        let mut root = checkout.to_owned();
        for part in Path::new(FOLDER) {
            root.push(part);
            if root.is_symlink() {
                let message =
                    format!("`{FOLDER}` is or lies below a link: it is not written through");
                return Err(Halt::Failed(message));
            }
        }
        Ok(Self { root })
    }

    pub(crate) fn root(&self) -> &Path {
        &self.root
    }

    /// What is held, sorted.
    pub(crate) fn libraries(&self) -> Vec<Library> {
        shelf::read(&self.root)
    }

    /// An entry that is held.
    pub(crate) fn entry(&self, topic: &Topic) -> Option<Entry> {
        let mut bytes = Vec::new();
        let file = File::open(self.root.join(&topic.file)).ok()?;
        file.take(LARGEST).read_to_end(&mut bytes).ok()?;
        Some(Entry::parse(&String::from_utf8_lossy(&bytes)))
    }

    pub(crate) fn counts(&self) -> Counts {
        Counts::read(&self.root)
    }

    pub(crate) fn queue(&self) -> Queue {
        Queue::read(&self.root)
    }

    /// Puts an entry there, in place of the one before. It counts as used.
    pub(crate) fn store(
        &self,
        ground: &dyn Ground,
        entry: &Entry,
        now: Timestamp,
    ) -> Result<(), Halt> {
        let refused = |_| Halt::Failed(format!("`{}` cannot be the name of a file", entry.library));
        let folder = names::folder(&entry.library).map_err(refused)?;
        let file = names::file(&entry.topic).map_err(refused)?;
        let _of_library = self.lock_library(ground, &folder)?;
        let _of_all = self.lock(ground)?;
        self.prepare().map_err(failed)?;
        let before = shelf::read_one(&self.root, &folder);
        let known = before
            .as_ref()
            .and_then(|library| library.topic(&entry.topic));
        let place = known.map_or_else(
            || Path::new("libraries").join(&folder).join(file),
            |topic| topic.file.clone(),
        );
        let library = before.filter(|library| !library.topics.is_empty());
        let library = library.map_or_else(|| entry.library.clone(), |library| library.name);
        let named = Entry {
            library,
            ..entry.clone()
        };
        sheet::write(&self.root, &place.to_string_lossy(), &named.render()).map_err(failed)?;
        let mut held = self.libraries();
        if let Some(library) = held.iter_mut().find(|library| library.folder == folder) {
            library.id = named.id.or(library.id.take());
            used(library, &entry.topic, now);
        }
        self.settle(&held, now).map_err(failed)
    }

    /// Notes that entries were used; `hits` is added to the counts of their libraries.
    pub(crate) fn touch(
        &self,
        ground: &dyn Ground,
        uses: &[(PathBuf, String)],
        hits: u64,
        now: Timestamp,
    ) -> Result<(), Halt> {
        let _of_all = self.lock(ground)?;
        self.touch_locked(uses, hits, now).map_err(failed)
    }

    /// The same where nobody has the lock at this moment; else it is left.
    pub(crate) fn touch_if_free(
        &self,
        uses: &[(PathBuf, String)],
        now: Timestamp,
    ) -> io::Result<()> {
        match lock::take(&self.lock_file("global"))? {
            Some(_of_all) => self.touch_locked(uses, 0, now),
            None => Ok(()),
        }
    }

    fn touch_locked(
        &self,
        uses: &[(PathBuf, String)],
        hits: u64,
        now: Timestamp,
    ) -> io::Result<()> {
        let mut held = self.libraries();
        for (folder, topic) in uses {
            if let Some(library) = held.iter_mut().find(|library| library.folder == *folder) {
                library.hits += hits;
                used(library, topic, now);
            }
        }
        self.settle(&held, now)
    }

    /// Removes entries, and libraries that have none then.
    pub(crate) fn remove(
        &self,
        ground: &dyn Ground,
        topics: &[&Topic],
        now: Timestamp,
    ) -> Result<(), Halt> {
        let _of_all = self.lock(ground)?;
        for topic in topics {
            match fs::remove_file(self.root.join(&topic.file)) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(failed(error)),
                _ => {}
            }
        }
        for topic in topics {
            self.sweep(&topic.file);
        }
        self.settle(&self.libraries(), now).map_err(failed)
    }

    /// Removes the folder of a file that is gone, where nothing but `meta.yaml` is left in it, and those above.
    fn sweep(&self, file: &Path) {
        let mut below = file.parent();
        while let Some(folder) = below.filter(|folder| *folder != Path::new("libraries")) {
            let full = self.root.join(folder);
            let left = fs::read_dir(&full).into_iter().flatten().flatten();
            if left
                .map(|entry| entry.file_name())
                .any(|name| name != "meta.yaml")
            {
                return;
            }
            let _ = fs::remove_file(full.join("meta.yaml"));
            if fs::remove_dir(&full).is_err() {
                return;
            }
            below = folder.parent();
        }
    }

    /// Makes the index anew where it does not say what is there.
    pub(crate) fn mend(&self, ground: &dyn Ground, now: Timestamp) -> Result<bool, Halt> {
        let held = self.libraries();
        let wrong = |held: &[Library]| {
            let index = yaml::read(&self.root.join("index.yaml")).unwrap_or_default();
            let mut right = Index::read(&self.root).of(held, now);
            if let Some(time) = index.get("last_updated") {
                right.insert("last_updated".into(), time.clone());
            }
            right != index
        };
        if !self.root.is_dir() || !wrong(&held) {
            return Ok(false);
        }
        let _of_all = self.lock(ground)?;
        self.prepare().map_err(failed)?;
        self.settle(&self.libraries(), now).map_err(failed)?;
        Ok(true)
    }

    pub(crate) fn count(&self, ground: &dyn Ground, more: &Counts) -> Result<(), Halt> {
        if *more == Counts::default() || !self.root.is_dir() {
            return Ok(());
        }
        let _of_all = self.lock(ground)?;
        Counts::add(&self.root, more).map_err(failed)
    }

    /// Changes the queue of what is to be fetched again.
    pub(crate) fn change_queue(
        &self,
        ground: &dyn Ground,
        now: Timestamp,
        change: impl FnOnce(&mut Queue),
    ) -> Result<(), Halt> {
        let _of_all = self.lock(ground)?;
        let before = self.queue();
        let mut queue = before.clone();
        change(&mut queue);
        if queue == before {
            return Ok(());
        }
        self.prepare().map_err(failed)?;
        queue.write(&self.root, now).map_err(failed)
    }

    /// Writes what is known of these: `meta.yaml` where it changed, and the index.
    fn settle(&self, held: &[Library], now: Timestamp) -> io::Result<()> {
        for library in held {
            let meta = shelf::meta(library);
            if meta != library.meta {
                let place = Path::new("libraries")
                    .join(&library.folder)
                    .join("meta.yaml");
                sheet::write(&self.root, &place.to_string_lossy(), &yaml::render(&meta))?;
            }
        }
        let index = Index::read(&self.root).of(held, now);
        sheet::write(&self.root, "index.yaml", &yaml::render(&index))
    }

    /// What belongs there from the beginning.
    fn prepare(&self) -> io::Result<()> {
        for folder in ["libraries", "topics"] {
            fs::create_dir_all(self.root.join(folder))?;
        }
        let empty = [
            ("version", "1.0".into()),
            ("last_updated", serde_yaml::Value::Null),
        ];
        let empty = |list: &str, total: bool| {
            let mut mapping: Mapping = empty
                .clone()
                .into_iter()
                .map(|(key, value)| (key.into(), value))
                .collect();
            if total {
                mapping.insert("total_entries".into(), 0.into());
            }
            mapping.insert(list.into(), Mapping::new().into());
            yaml::render(&mapping)
        };
        for (name, text) in [
            ("index.yaml", empty("libraries", true)),
            ("cross-references.yaml", empty("topics", false)),
            (".refresh-queue", String::new()),
        ] {
            if fs::symlink_metadata(self.root.join(name)).is_err() {
                sheet::write(&self.root, name, &text)?;
            }
        }
        Ok(())
    }

    fn lock(&self, ground: &dyn Ground) -> Result<Lock, Halt> {
        lock::wait(ground, &self.lock_file("global"))
    }

    /// The lock that others take to change a library: first that, then the one of all.
    fn lock_library(&self, ground: &dyn Ground, folder: &Path) -> Result<Lock, Halt> {
        lock::wait(ground, &self.lock_file(&folder.to_string_lossy()))
    }

    fn lock_file(&self, name: &str) -> PathBuf {
        self.root.join(".locks").join(format!("{name}.lock"))
    }
}

fn used(library: &mut Library, topic: &str, now: Timestamp) {
    library.accessed = Some(library.accessed.map_or(now, |before| before.max(now)));
    if let Some(topic) = library.topics.iter_mut().find(|one| one.name == topic) {
        topic.accessed = Some(topic.accessed.map_or(now, |before| before.max(now)));
    }
}

fn failed(error: io::Error) -> Halt {
    Halt::Failed(format!("the knowledge base cannot be written: {error}"))
}

/// A time as the artifacts tell it: to the second.
pub(crate) fn told(at: Timestamp) -> String {
    let text = stamp::text(at);
    text.split('.').next().unwrap_or_default().to_owned() + "Z"
}

#[cfg(test)]
mod tests;
