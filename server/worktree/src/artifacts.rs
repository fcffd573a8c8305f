//! Files that git ignores but a step declared: copied out of its worktree, and into others.

use std::fs;
use std::path::{Component, Path, PathBuf};

use walkdir::WalkDir;

use crate::bytes;
use crate::error::{Error, Result};
use crate::repo::Repo;

/// How much may be copied for one declared path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ArtifactLimits {
    /// Of all files together.
    pub bytes: u64,
    /// Files, folders and links together.
    pub entries: usize,
}

impl Default for ArtifactLimits {
    fn default() -> Self {
        Self {
            bytes: 256 << 20,
            entries: 10_000,
        }
    }
}

/// An ignored artifact, and where its copy lies.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredArtifact {
    /// Relative to the worktree's root. A file or a folder.
    pub path: PathBuf,
    /// The copy.
    pub stored: PathBuf,
}

impl Repo {
    /// Puts stored artifacts into a worktree. What the worktree has already stays as it is: a
    /// file that is tracked there is the merged one. Returns the paths that were laid.
    ///
    /// # Errors
    /// [`Error::NotOurWorktree`]; those of the file system.
    pub fn lay_artifacts(
        &self,
        worktree: &Path,
        artifacts: &[StoredArtifact],
    ) -> Result<Vec<PathBuf>> {
        let worktree = self.worktree_at(worktree)?.path;
        let mut laid = Vec::new();
        for artifact in artifacts {
            if !bytes::stays_inside(&artifact.path) || !parents_stay(&worktree, &artifact.path) {
                continue;
            }
            let from = Source {
                path: &artifact.stored,
                root: &artifact.stored,
            };
            copy(from, &worktree, &artifact.path, ArtifactLimits::default())?;
            laid.push(artifact.path.clone());
        }
        Ok(laid)
    }
}

/// Whether the folders above a path, as far as they exist, are folders of the root and no links.
pub(crate) fn parents_stay(root: &Path, path: &Path) -> bool {
    let mut at = root.to_owned();
    for component in path.parent().into_iter().flat_map(Path::components) {
        at.push(component);
        match fs::symlink_metadata(&at) {
            Ok(meta) if !meta.is_dir() => return false,
            Ok(_) => {}
            Err(_) => return true,
        }
    }
    true
}

/// What is to be copied, and the folder that its links must not leave.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Source<'a> {
    pub(crate) path: &'a Path,
    pub(crate) root: &'a Path,
}

/// Copies a file or folder to `<folder>/<name>`. What exists at the target stays; links are
/// copied as links, and only those that lead to somewhere below the source's root.
///
/// # Errors
/// [`Error::TooBig`] before anything is copied.
pub(crate) fn copy(
    from: Source<'_>,
    folder: &Path,
    name: &Path,
    limits: ArtifactLimits,
) -> Result<()> {
    for entry in measure(from.path, limits)? {
        let rest = entry
            .path()
            .strip_prefix(from.path)
            .unwrap_or(Path::new(""));
        let place = if rest.as_os_str().is_empty() {
            name.to_owned()
        } else {
            name.join(rest)
        };
        let target = folder.join(&place);
        // A link in the target's way would lead the copy out of the folder.
        if parents_stay(folder, &place) {
            copy_entry(&entry, &target, from.root)
                .map_err(|e| Error::io("copy an artifact to", &target, e))?;
        }
    }
    Ok(())
}

fn measure(from: &Path, limits: ArtifactLimits) -> Result<Vec<walkdir::DirEntry>> {
    let mut entries = Vec::new();
    let mut bytes = 0;
    for entry in WalkDir::new(from)
        .follow_links(false)
        .max_open(16)
        .sort_by_file_name()
    {
        let entry = entry.map_err(|e| Error::io("read", from, e.into()))?;
        if entry.file_type().is_file() {
            bytes += entry.metadata().map_or(0, |m| m.len());
        }
        if bytes > limits.bytes || entries.len() >= limits.entries {
            return Err(Error::TooBig {
                what: format!("the artifact {}", from.display()),
                limit: limits.bytes,
            });
        }
        entries.push(entry);
    }
    Ok(entries)
}

fn copy_entry(entry: &walkdir::DirEntry, to: &Path, root: &Path) -> std::io::Result<()> {
    if let Some(parent) = to.parent() {
        fs::create_dir_all(parent)?;
    }
    if fs::symlink_metadata(to).is_ok() {
        return Ok(());
    }
    let kind = entry.file_type();
    if kind.is_dir() {
        return fs::create_dir(to);
    }
    if kind.is_symlink() {
        let target = fs::read_link(entry.path())?;
        let inside = leads_inside(entry.path(), &target, root);
        return if inside {
            std::os::unix::fs::symlink(target, to)
        } else {
            Ok(())
        };
    }
    // Sockets, pipes and devices are no artifacts.
    if kind.is_file() {
        fs::copy(entry.path(), to).map(drop)
    } else {
        Ok(())
    }
}

/// Whether a relative link ends below the root, by its text: what it names need not exist.
fn leads_inside(link: &Path, target: &Path, root: &Path) -> bool {
    let Ok(place) = link.strip_prefix(root) else {
        return false;
    };
    let mut depth = place.components().count().saturating_sub(1);
    for component in target.components() {
        match component {
            Component::Normal(_) => depth += 1,
            Component::CurDir => {}
            Component::ParentDir if depth > 0 => depth -= 1,
            _ => return false,
        }
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_that_leave_are_seen() {
        for (link, target, expected) in [
            ("/w/a/l", "b", true),
            ("/w/a/l", "../b", true),
            ("/w/a/l", "../../b", false),
            ("/w/l", "../w/x", false),
            ("/w/l", "/etc/passwd", false),
            ("/elsewhere/l", "x", false),
        ] {
            assert_eq!(
                leads_inside(Path::new(link), Path::new(target), Path::new("/w")),
                expected,
                "{link} {target}"
            );
        }
    }
}
