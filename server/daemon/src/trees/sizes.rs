//! Sizes on disk: measured in the background, and remembered.

use super::broom::Chore;
use super::{Size, Trees};
use std::path::Path;
use std::sync::PoisonError;
use std::time::{Duration, Instant};

/// A size that is older is measured again when somebody asks for it.
const STALE: Duration = Duration::from_secs(60);
/// Between two measurements of what never changes.
const RARELY: Duration = Duration::from_secs(1800);

impl Trees {
    /// The size of a worktree as it was last measured; measures it in the background where that is a
    /// while ago.
    pub(crate) fn size(&self, path: &Path) -> Option<u64> {
        self.size_of(path, |_| STALE)
    }

    /// The same for who looks every few seconds, all day long: what does not change is measured more and more
    /// rarely.
    pub(super) fn rough_size(&self, path: &Path) -> Option<u64> {
        self.size_of(path, |same| {
            STALE.saturating_mul(1 << same.min(5)).min(RARELY)
        })
    }

    fn size_of(&self, path: &Path, stale: impl Fn(u32) -> Duration) -> Option<u64> {
        let mut sizes = self.sizes.lock().unwrap_or_else(PoisonError::into_inner);
        let known = sizes.get(path).copied();
        if known.is_none_or(|size| size.asked.elapsed() > stale(size.same)) {
            let bytes = known.and_then(|size| size.bytes);
            let (asked, same) = (Instant::now(), known.map_or(0, |size| size.same));
            sizes.insert(path.to_owned(), Size { bytes, asked, same });
            self.broom.give(Chore::Measure(path.to_owned()));
        }
        known.and_then(|size| size.bytes)
    }

    pub(super) fn measured(&self, path: &Path, bytes: u64) {
        let mut sizes = self.sizes.lock().unwrap_or_else(PoisonError::into_inner);
        if path.exists()
            && let Some(size) = sizes.get_mut(path)
        {
            size.same = match size.bytes == Some(bytes) {
                true => size.same.saturating_add(1),
                false => 0,
            };
            size.bytes = Some(bytes);
        }
    }

    pub(super) fn forget_size(&self, path: &Path) {
        let mut sizes = self.sizes.lock().unwrap_or_else(PoisonError::into_inner);
        sizes.remove(path);
    }
}
