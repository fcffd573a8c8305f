//! Reading files on all cores. Those that did not change since the last time are not read into trees again.

use super::cache::Key;
use super::record::Record;
use crate::input::{Input, read};
use std::collections::HashMap;
use std::num::NonZero;
use std::path::Path;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

/// A file.
#[derive(Debug)]
pub(super) enum Read {
    /// It was read anew.
    New(Key, Record),
    /// It is as it was.
    Known(Key),
    /// Too large, no text, gone.
    Not,
}

/// Reads some files; the answers are in the order of the files.
pub(super) fn portion(root: &Path, files: &[String], known: &HashMap<Key, Record>) -> Vec<Read> {
    let next = AtomicUsize::new(0);
    let done: Mutex<Vec<(usize, Read)>> = Mutex::new(Vec::with_capacity(files.len()));
    let cores = std::thread::available_parallelism().map_or(1, NonZero::get);
    std::thread::scope(|scope| {
        for _ in 0..cores.min(files.len()) {
            scope.spawn(|| {
                while let Some((index, path)) = take(&next, files) {
                    let read = one(root, path, known);
                    let mut done = done.lock().unwrap_or_else(|held| held.into_inner());
                    done.push((index, read));
                }
            });
        }
    });
    let mut done = done.into_inner().unwrap_or_else(|held| held.into_inner());
    done.sort_by_key(|(index, _)| *index);
    done.into_iter().map(|(_, read)| read).collect()
}

fn take<'a>(next: &AtomicUsize, files: &'a [String]) -> Option<(usize, &'a String)> {
    let index = next.fetch_add(1, Ordering::Relaxed);
    files.get(index).map(|path| (index, path))
}

fn one(root: &Path, path: &str, known: &HashMap<Key, Record>) -> Read {
    let Input::Text(bytes) = read(&root.join(path)) else {
        return Read::Not;
    };
    let key = Key::of(path, &bytes);
    if known.contains_key(&key) {
        Read::Known(key)
    } else {
        Read::New(key, Record::read(path, &bytes))
    }
}
