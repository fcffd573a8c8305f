//! The part of a folder that a task is asked to look at.

use std::path::{Path, PathBuf};

/// Files and folders, relative to the folder that the task works on. None at all means all of it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Within(Vec<PathBuf>);

impl Within {
    /// These.
    pub fn new(mut paths: Vec<PathBuf>) -> Self {
        paths.sort();
        paths.dedup();
        Self(paths)
    }

    /// Whether it is less than everything.
    pub(crate) fn is_part(&self) -> bool {
        !self.0.is_empty() && !self.0.contains(&PathBuf::new())
    }

    /// Whether a file belongs to it.
    pub(crate) fn covers(&self, path: &str) -> bool {
        !self.is_part() || self.0.iter().any(|one| Path::new(path).starts_with(one))
    }

    /// Adds the files that are named: whoever names one wants it looked at, also where git ignores it.
    pub(crate) fn with_named(&self, root: &Path, mut files: Vec<PathBuf>) -> Vec<PathBuf> {
        let named = self.0.iter().filter(|path| root.join(path).is_file());
        files.extend(named.cloned());
        files.sort();
        files.dedup();
        files
    }

    /// As an artifact tells it.
    pub(crate) fn told(&self) -> Vec<String> {
        let all = if self.is_part() { &self.0[..] } else { &[] };
        all.iter()
            .map(|path| path.to_string_lossy().into_owned())
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::Within;
    use std::path::{Path, PathBuf};

    #[test]
    fn folders_cover_what_lies_below_them() {
        let check = |within: &[&str], path: &str, expected: bool| {
            let within = Within::new(within.iter().map(PathBuf::from).collect());
            assert_eq!(within.covers(path), expected, "{within:?} {path}");
        };
        check(&[], "a/b.c", true);
        check(&["a"], "a/b.c", true);
        check(&["a/b.c"], "a/b.c", true);
        check(&["b", "a/b"], "a/b.c", false);
        check(&["b", ""], "a/b.c", true);
    }

    #[test]
    fn named_files_are_looked_at_whoever_ignores_them() {
        let folder = tempfile::tempdir().expect("a folder");
        crate::write(folder.path(), ".env", "a").expect("a file");
        let paths = [".env", "gone", "."].map(PathBuf::from);
        let files = Within::new(paths.to_vec()).with_named(folder.path(), vec!["z".into()]);
        assert_eq!(files, [Path::new(".env"), Path::new("z")]);
    }
}
