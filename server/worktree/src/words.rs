//! What clashes or changed, in words for people.

use std::fmt;

use crate::apply::{Clash, ClashReason};
use crate::shared::Escaped;

impl fmt::Display for Clash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.path.display())?;
        f.write_str(match self.reason {
            ClashReason::BothChanged => ": changed here and in the result",
            ClashReason::FolderInTheWay => ": a folder with files git does not track is in the way",
            ClashReason::Submodule => ": a submodule, which is yours to move",
        })
    }
}

impl fmt::Display for Escaped {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (&self.before, &self.after) {
            (None, _) => write!(f, "{} is new", self.what),
            (_, None) => write!(f, "{} is gone", self.what),
            _ => write!(f, "{} changed", self.what),
        }
    }
}
