//! What became of an attempt, read from its folder; and how it is called dead.

use std::io;
use std::path::Path;

use super::folder::{self, LOCK, Lock, RESULT, REVOKED, STARTED, Started};
use super::result::AttemptResult;

/// What an attempt is at this moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Condition {
    /// No supervisor has taken it yet. One may be on its way: revoke it before you start another.
    NotStarted,
    /// A supervisor holds the lock; `started` is there unless it took it just now.
    Running {
        /// Who runs it.
        started: Option<Started>,
    },
    /// It is over, and this is how.
    Ended(Box<AttemptResult>),
    /// It began, nobody holds the lock, and there is no result; or it was revoked.
    Dead,
}

/// Looks at an attempt. The lock decides; a file alone says nothing about life.
pub fn inspect(dir: &Path) -> io::Result<Condition> {
    if let Some(result) = folder::read(dir, RESULT)? {
        return Ok(Condition::Ended(Box::new(result)));
    }
    // Written only under the lock, while nobody lived: from then on nothing runs here.
    if folder::has(dir, REVOKED) {
        return Ok(Condition::Dead);
    }
    if Lock::is_held(&dir.join(LOCK))? {
        return Ok(Condition::Running {
            started: folder::read(dir, STARTED)?,
        });
    }
    // It may have ended between the two looks above.
    if let Some(result) = folder::read(dir, RESULT)? {
        return Ok(Condition::Ended(Box::new(result)));
    }
    let began = folder::has(dir, STARTED);
    Ok(if began {
        Condition::Dead
    } else {
        Condition::NotStarted
    })
}

/// What came of calling an attempt dead.
#[derive(Debug, Clone, PartialEq, Eq)]
#[must_use]
pub enum Revocation {
    /// It is dead and will never run. What is left of its tree is for `kill_tree`.
    Revoked,
    /// Its supervisor lives (or somebody else looks at it just now: ask again).
    StillAlive,
    /// It had ended by itself, and this is how.
    Ended(Box<AttemptResult>),
}

/// Calls an attempt dead, unless its supervisor lives: takes the lock, and writes `revoked` under it.
pub fn revoke(dir: &Path) -> io::Result<Revocation> {
    let Some(_lock) = Lock::try_take(dir)? else {
        return Ok(Revocation::StillAlive);
    };
    if let Some(result) = folder::read(dir, RESULT)? {
        return Ok(Revocation::Ended(Box::new(result)));
    }
    folder::write_durable(dir, REVOKED, &folder::Stop::new("revoked"))?;
    Ok(Revocation::Revoked)
}
