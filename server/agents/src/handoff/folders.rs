//! Folders whose changes wake somebody: for an agent's side that waits for command files. What is found
//! there is for the caller to look at.

use super::hub::{self, Names, Refused, Subscription};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use tokio::sync::Notify;

/// Beyond this the caller's poll has to do: an editor's own watches come out of the same supply.
const MOST: usize = 2_000;

/// A set of watched folders, not including what is in folders below them.
#[derive(Debug, Default)]
pub struct Folders {
    wake: Arc<Notify>,
    held: BTreeMap<PathBuf, Subscription>,
}

impl Folders {
    /// Watches these and no others; those that are not there are passed over. To be called before a look, so
    /// that nothing that comes between the two is missed. Gives why one cannot be watched.
    pub fn fit(&mut self, wanted: impl IntoIterator<Item = PathBuf>) -> Option<String> {
        let mut problem = None;
        let mut held = BTreeMap::new();
        for folder in wanted {
            if held.len() >= MOST {
                problem = Some(format!("more than {MOST} folders"));
                break;
            }
            let kept = self.held.remove(&folder).filter(Subscription::is_live);
            match kept.map_or_else(|| self.hold(&folder), Ok) {
                Ok(subscription) => drop(held.insert(folder, subscription)),
                Err(Refused::Absent) => {}
                Err(Refused::Unwatchable(reason)) => problem = Some(reason),
            }
        }
        self.held = held;
        problem
    }

    fn hold(&self, folder: &Path) -> Result<Subscription, Refused> {
        hub::subscribe(folder, &Arc::new(Names::Any), &self.wake)
    }

    /// Waits until something changed in one of them. Cancel-safe.
    pub async fn changed(&self) {
        self.wake.notified().await;
    }
}
