//! The repositories of the workspace, and how their paths and the client's become each other. Pure; the
//! daemon says what a folder's repository is ([`crate::feed`]).

use std::path::{Component, Path, PathBuf};

/// Folders of the workspace and the repositories they are in.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Repositories {
    folders: Vec<Folder>,
    roots: Vec<PathBuf>,
}

/// A folder of the workspace.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Folder {
    /// As the client names it.
    pub(crate) named: PathBuf,
    /// Without symbolic links: as the daemon names it.
    pub(crate) real: PathBuf,
}

impl Repositories {
    /// These folders; their repositories are not known yet.
    pub(crate) fn new(folders: Vec<Folder>) -> Self {
        Self {
            folders,
            roots: Vec::new(),
        }
    }

    /// A repository (by its canonical root) that a folder of the workspace is in, or that is in a folder.
    pub(crate) fn add(&mut self, root: PathBuf) {
        if !self.roots.contains(&root) {
            self.roots.push(root);
        }
    }

    /// Canonical roots, in the order they were found.
    pub(crate) fn roots(&self) -> &[PathBuf] {
        &self.roots
    }

    /// Whether a repository that nobody named belongs to the workspace: it lies in one of its folders, or
    /// around one.
    pub(crate) fn concerns(&self, root: &Path) -> bool {
        self.roots.iter().any(|known| known == root)
            || self
                .folders
                .iter()
                .any(|folder| root.starts_with(&folder.real))
    }

    /// Where a file of a repository lies for the client.
    pub(crate) fn shown(&self, root: &Path, relative: &Path) -> PathBuf {
        let path = root.join(relative);
        let around = |folder: &&Folder| path.starts_with(&folder.real);
        let longest = self
            .folders
            .iter()
            .filter(around)
            .max_by_key(|folder| depth(&folder.real));
        if let Some(folder) = longest
            && let Ok(rest) = path.strip_prefix(&folder.real)
        {
            return joined(&folder.named, rest);
        }
        let root_named = self.folders.iter().find_map(|folder| {
            let inside = folder.real.strip_prefix(root).ok()?;
            named_root(&folder.named, inside)
        });
        root_named.map_or(path, |root| joined(&root, relative))
    }

    /// The repository that a path of the client's is in, and the path in it.
    pub(crate) fn locate(&self, path: &Path) -> Option<(&Path, PathBuf)> {
        let real = self.real(path);
        let holds = |root: &&PathBuf| real.starts_with(root);
        let root = self
            .roots
            .iter()
            .filter(holds)
            .max_by_key(|root| depth(root))?;
        let relative = real.strip_prefix(root).ok()?.to_owned();
        Some((root, relative))
    }

    /// A path of the client's as the daemon names it, as far as the folders tell.
    fn real(&self, path: &Path) -> PathBuf {
        let holds = |folder: &&Folder| path.starts_with(&folder.named);
        let folder = self
            .folders
            .iter()
            .filter(holds)
            .max_by_key(|folder| depth(&folder.named));
        if let Some(folder) = folder
            && let Ok(rest) = path.strip_prefix(&folder.named)
        {
            return joined(&folder.real, rest);
        }
        // A file of the repository outside of the folder that is open.
        let outside = self.folders.iter().find_map(|folder| {
            let root = self
                .roots
                .iter()
                .find(|root| folder.real.starts_with(root))?;
            let named = named_root(&folder.named, folder.real.strip_prefix(root).ok()?)?;
            Some(joined(root, path.strip_prefix(named).ok()?))
        });
        outside.unwrap_or_else(|| path.to_owned())
    }
}

/// The name of a root, from the name of a folder `inside` it.
fn named_root(named: &Path, inside: &Path) -> Option<PathBuf> {
    named.ends_with(inside).then(|| {
        let up = inside.components().count();
        named.ancestors().nth(up).unwrap_or(named).to_owned()
    })
}

/// `join` of an empty path would add a separator.
fn joined(base: &Path, rest: &Path) -> PathBuf {
    if rest.as_os_str().is_empty() {
        base.to_owned()
    } else {
        base.join(rest)
    }
}

fn depth(path: &Path) -> usize {
    path.components()
        .filter(|part| matches!(part, Component::Normal(_)))
        .count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_of_daemon_and_client_become_each_other() {
        // Each: folders (named, real), roots, then the repository, the path in it, and where the client sees it.
        #[expect(clippy::type_complexity, reason = "one row is one case")]
        let cases: &[(&[(&str, &str)], &[&str], (&str, &str, &str))] = &[
            (&[("/w", "/w")], &["/w"], ("/w", "a/b.rs", "/w/a/b.rs")),
            // By a symbolic link.
            (&[("/link", "/w")], &["/w"], ("/w", "a.rs", "/link/a.rs")),
            // The folder is inside the repository; the file is in the folder, or beside it.
            (
                &[("/w/in", "/w/in")],
                &["/w"],
                ("/w", "in/a.rs", "/w/in/a.rs"),
            ),
            (&[("/w/in", "/w/in")], &["/w"], ("/w", "b.rs", "/w/b.rs")),
            (
                &[("/link/in", "/w/in")],
                &["/w"],
                ("/w", "b.rs", "/link/b.rs"),
            ),
            (
                &[("/link", "/w/in")],
                &["/w"],
                ("/w", "in/a.rs", "/link/a.rs"),
            ),
            // The repository is in a subfolder of the folder.
            (
                &[("/w", "/w")],
                &["/w/sub"],
                ("/w/sub", "a.rs", "/w/sub/a.rs"),
            ),
            // Several roots, one inside the other.
            (
                &[("/x", "/real/x"), ("/y", "/y")],
                &["/real/x", "/y", "/y/vendored"],
                ("/y/vendored", "a.rs", "/y/vendored/a.rs"),
            ),
            (
                &[("/x", "/real/x"), ("/y", "/y")],
                &["/real/x", "/y"],
                ("/real/x", "ä #%/a.rs", "/x/ä #%/a.rs"),
            ),
        ];
        for (folders, roots, (root, relative, shown)) in cases {
            let folders = folders.iter().map(|(named, real)| Folder {
                named: named.into(),
                real: real.into(),
            });
            let mut repositories = Repositories::new(folders.collect());
            roots.iter().for_each(|root| repositories.add(root.into()));
            let seen = repositories.shown(Path::new(root), Path::new(relative));
            assert_eq!(seen, Path::new(shown));
            let found = repositories.locate(Path::new(shown));
            assert_eq!(
                found,
                Some((Path::new(root), PathBuf::from(relative))),
                "{shown}"
            );
        }
    }

    #[test]
    fn what_is_elsewhere_is_in_no_repository() {
        let mut repositories = Repositories::new(vec![Folder {
            named: "/w".into(),
            real: "/w".into(),
        }]);
        repositories.add("/w".into());
        assert_eq!(repositories.locate(Path::new("/www/a")), None);
        assert!(!repositories.concerns(Path::new("/other")));
        assert!(repositories.concerns(Path::new("/w/sub")));
    }
}
