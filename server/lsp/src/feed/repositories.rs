//! Finds the repositories of the workspace's folders: the daemon says which one a folder is in; a folder in
//! none is searched for some a little below it.

use crate::repositories::{Folder, Repositories};
use client::Api;
use protocol::config::TrustParams;
use protocol::{Error, ErrorKind};
use std::path::{Path, PathBuf};
use walkdir::WalkDir;

/// How deep below a folder repositories are looked for.
const DEPTH: usize = 2;
/// Entries looked at below one folder.
const ENTRIES: usize = 5000;
/// Repositories taken below one folder.
const FOUND: usize = 64;

/// Asks for each folder. `trusted`: the client's word, passed on for each repository.
pub(super) async fn find<A: Api>(
    api: &A,
    folders: Vec<PathBuf>,
    trusted: Option<bool>,
) -> Result<Repositories, Error> {
    let folders = tokio::task::spawn_blocking(|| folders.into_iter().map(real).collect::<Vec<_>>());
    let folders = folders.await.unwrap_or_default();
    let mut repositories = Repositories::new(folders.clone());
    for folder in folders {
        if let Some(root) = root_of(api, &folder.real, trusted).await? {
            repositories.add(root);
            continue;
        }
        let below = tokio::task::spawn_blocking(move || below(&folder.real)).await;
        for candidate in below.unwrap_or_default() {
            if let Some(root) = root_of(api, &candidate, trusted).await? {
                repositories.add(root);
            }
        }
    }
    Ok(repositories)
}

fn real(named: PathBuf) -> Folder {
    let real = named.canonicalize().unwrap_or_else(|_| named.clone());
    Folder { named, real }
}

/// The repository of a folder. Distrust is not passed on: it is this session's, while a word given at a
/// terminal stays.
async fn root_of<A: Api>(
    api: &A,
    folder: &Path,
    trusted: Option<bool>,
) -> Result<Option<PathBuf>, Error> {
    let params = TrustParams {
        repo: folder.display().to_string(),
        trusted: trusted.filter(|trusted| *trusted),
    };
    match api.trust_set(params).await {
        Ok(trust) => Ok(Some(PathBuf::from(trust.repo))),
        Err(error) if error.kind == ErrorKind::Unreachable => Err(error),
        Err(error) => {
            tracing::debug!(%error, folder = %folder.display(), "no repository");
            Ok(None)
        }
    }
}

/// Folders below that hold a `.git`.
fn below(folder: &Path) -> Vec<PathBuf> {
    let walk = WalkDir::new(folder)
        .max_depth(DEPTH + 1)
        .sort_by_file_name();
    let entries = walk.into_iter().filter_entry(|entry| {
        let name = entry.file_name();
        entry.depth() == 0 || name == ".git" || !name.to_string_lossy().starts_with('.')
    });
    entries
        .take(ENTRIES)
        .filter_map(Result::ok)
        .filter(|entry| entry.file_name() == ".git")
        .filter_map(|entry| Some(entry.path().parent()?.to_owned()))
        .take(FOUND)
        .collect()
}
