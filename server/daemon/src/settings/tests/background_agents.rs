//! Whether a repository has an agent that watches.

use crate::settings::background_agents::{FILE, is_watched};
use std::path::Path;

#[expect(
    clippy::disallowed_methods,
    reason = "the test plays the user's editor"
)]
fn write(repo: &Path, text: &str) {
    let file = repo.join(FILE);
    std::fs::create_dir_all(file.parent().expect("a parent")).expect("made");
    std::fs::write(file, text).expect("written");
}

const GUIDE: &str = include_str!("../../../../settings/src/background_agents/guide.yaml");

#[test]
fn a_repository_is_watched_when_an_agent_is_on() {
    let folder = tempfile::tempdir().expect("a folder");
    assert!(!is_watched(folder.path()));
    write(folder.path(), GUIDE);
    assert!(is_watched(folder.path()));
    write(
        folder.path(),
        &GUIDE.replace("enabled: true", "enabled: false"),
    );
    assert!(!is_watched(folder.path()));
    write(folder.path(), &GUIDE.replace("type:", "tpye:"));
    assert!(!is_watched(folder.path()));
}
