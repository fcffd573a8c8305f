//! Markers lie in the repository, in a folder that two runs of one workflow share. Each watch says
//! here which marker folder it looks at, so that a marker that names nobody ends neither.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};

/// A marker folder that a watch looks at.
#[derive(Debug)]
pub(super) struct Claim(PathBuf);

fn table() -> MutexGuard<'static, HashMap<PathBuf, usize>> {
    static TABLE: OnceLock<Mutex<HashMap<PathBuf, usize>>> = OnceLock::new();
    TABLE
        .get_or_init(Mutex::default)
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
}

impl Claim {
    pub(super) fn new(folder: &Path) -> Self {
        *table().entry(folder.to_owned()).or_default() += 1;
        Self(folder.to_owned())
    }

    /// Whether another watch looks at the same folder.
    pub(super) fn is_shared(&self) -> bool {
        table().get(&self.0).is_some_and(|&count| count > 1)
    }
}

impl Drop for Claim {
    fn drop(&mut self) {
        let mut table = table();
        if let Some(count) = table.get_mut(&self.0) {
            *count -= 1;
            if *count == 0 {
                table.remove(&self.0);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_claims_share_until_one_goes() {
        let folder = Path::new("/claim-test/markers");
        let first = Claim::new(folder);
        assert!(!first.is_shared());
        let second = Claim::new(folder);
        assert!(first.is_shared() && second.is_shared());
        drop(second);
        assert!(!first.is_shared());
    }
}
