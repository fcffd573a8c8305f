//! What is run beside an attempt, in folders of its exchange folder: setup and teardown of its worktree, and the
//! built-in task that is done before its agent.

use agents::attempt;
use std::path::Path;

/// The folder of setup, within the exchange folder of its attempt.
pub(crate) const SETUP: &str = "setup";
/// That of teardown.
pub(crate) const TEARDOWN: &str = "teardown";
/// That of a built-in task that is done before an agent begins.
pub(super) const GROUND: &str = "ground";

/// Makes room for the folder of something that is run beside an attempt. What is left of one that was begun by
/// a daemon that was killed goes first.
pub(super) async fn make_room(dir: &Path, name: &str) -> Result<(), String> {
    if dir.exists() {
        let before = dir.to_owned();
        let cleared = tokio::task::spawn_blocking(move || clear(&before)).await;
        if let Err(error) = cleared.map_err(std::io::Error::from).and_then(|done| done) {
            return Err(format!(
                "what is left of an earlier {name} cannot be cleared away: {error}"
            ));
        }
    }
    match dir.parent().map(std::fs::create_dir_all) {
        Some(Err(error)) => Err(format!("the folder for the {name} cannot be made: {error}")),
        _ => Ok(()),
    }
}

/// Ends and removes what an earlier daemon left of something that runs beside an attempt.
pub(super) fn clear(dir: &Path) -> std::io::Result<()> {
    attempt::end_leftover(dir)?;
    std::fs::remove_dir_all(dir)
}
