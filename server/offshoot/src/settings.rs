//! Settings for verbs that do their work without the daemon: read as the daemon reads them.

use crate::git;
use daemon::settings::{Sources, load, user_config_path};
use model::diagnostic::Severity;
use model::settings::TenantSettings;
use std::path::{Path, PathBuf};

/// The settings that hold in a folder: those of the main checkout, as those of a worktree may be older, or not
/// committed at all. The error is a sentence.
pub(crate) fn of_folder(
    folder: &Path,
    environment: &[(String, String)],
) -> Result<TenantSettings, String> {
    let root = match git::open(folder) {
        Ok(repo) => main_checkout(repo.common_dir()).unwrap_or_else(|| repo.root().to_owned()),
        // Anywhere else the folder speaks for itself.
        Err(_) => folder.to_owned(),
    };
    let user = user_config_path(environment);
    let loaded = load(&Sources {
        repo: Some(&root),
        user_config: user.as_deref(),
        env: environment,
        flags: &[],
    });
    let first = loaded
        .diagnostics
        .iter()
        .find(|one| one.diagnostic.severity == Severity::Error);
    match first {
        Some(bad) => Err(format!(
            "the settings cannot be used: {}",
            bad.diagnostic.message
        )),
        None => Ok(loaded.tenant),
    }
}

fn main_checkout(common_dir: &Path) -> Option<PathBuf> {
    (common_dir.file_name()? == ".git").then(|| common_dir.parent().map(Path::to_owned))?
}
