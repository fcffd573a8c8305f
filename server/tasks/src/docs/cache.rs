//! What was read before: a record for each file, kept by the hash of its name and content and by the program that
//! read it. The port to where it is kept, and its form.

use super::record::Record;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::collections::HashMap;

/// Stands for the sources of this program: another one may see other things in the same file.
const PROGRAM: &str = concat!(
    env!("CARGO_PKG_VERSION"),
    "/",
    env!("OFFSHOOT_TASKS_SOURCES")
);
/// More than this is not kept, and not believed.
pub const LARGEST: usize = 256 << 20;

/// A place that outlives the task, one for each folder. It lies outside of the folder; losing it costs time only.
pub trait Cache: Sync {
    /// What was kept, if anything.
    fn load(&self) -> Option<Vec<u8>>;

    /// Keeps this instead, or not, as it can.
    fn store(&self, bytes: &[u8]);
}

/// Keeps nothing.
#[derive(Debug, Clone, Copy, Default)]
pub struct Forgetful;

impl Cache for Forgetful {
    fn load(&self) -> Option<Vec<u8>> {
        None
    }

    fn store(&self, _bytes: &[u8]) {}
}

/// A file as it is now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub(crate) struct Key([u64; 2]);

impl Key {
    pub(crate) fn of(path: &str, text: &[u8]) -> Self {
        let hash = Sha256::new()
            .chain_update(path)
            .chain_update([0])
            .chain_update(text)
            .finalize();
        let number = |range: std::ops::Range<usize>| {
            hash[range]
                .iter()
                .fold(0, |number, byte| number << 8 | u64::from(*byte))
        };
        Self([number(0..8), number(8..16)])
    }
}

/// The form in which records are kept.
#[derive(Serialize, Deserialize)]
struct Kept<R> {
    program: String,
    records: Vec<(Key, R)>,
}

/// The records of another time. What cannot be read is none.
pub(crate) fn load(cache: &dyn Cache) -> HashMap<Key, Record> {
    let bytes = cache
        .load()
        .filter(|bytes| bytes.len() <= LARGEST)
        .unwrap_or_default();
    match serde_json::from_slice::<Kept<Record>>(&bytes) {
        Ok(kept) if kept.program == PROGRAM => kept.records.into_iter().collect(),
        _ => HashMap::new(),
    }
}

/// Keeps the records of today.
pub(crate) fn store<'a>(cache: &dyn Cache, records: impl Iterator<Item = (Key, &'a Record)>) {
    let kept = Kept {
        program: PROGRAM.to_owned(),
        records: records.collect(),
    };
    if let Ok(bytes) = serde_json::to_vec(&kept)
        && bytes.len() <= LARGEST
    {
        cache.store(&bytes);
    }
}
