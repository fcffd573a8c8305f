//! The environment that git runs in: given by the caller, because the daemon's own is empty.

use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::OsStrExt;
use std::path::PathBuf;

use rustix::fs::{Access, access};

/// `GIT_*` variables that are let through: who commits, and where git's configuration lies.
/// Everything else (`GIT_DIR`, `GIT_INDEX_FILE`, `GIT_EXTERNAL_DIFF`…) would turn our git around.
const KEPT: &[&str] = &[
    "GIT_AUTHOR_NAME",
    "GIT_AUTHOR_EMAIL",
    "GIT_AUTHOR_DATE",
    "GIT_COMMITTER_NAME",
    "GIT_COMMITTER_EMAIL",
    "GIT_COMMITTER_DATE",
    "GIT_CONFIG_GLOBAL",
    "GIT_CONFIG_SYSTEM",
    "GIT_CONFIG_NOSYSTEM",
];

/// Variables for git, with all of `GIT_*` removed but identity and the place of the configuration.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Environment {
    vars: Vec<(OsString, OsString)>,
}

impl Environment {
    /// A filtered copy of these variables, as a client sent them.
    pub fn filtered<K, V>(vars: impl IntoIterator<Item = (K, V)>) -> Self
    where
        K: Into<OsString>,
        V: Into<OsString>,
    {
        let vars = vars
            .into_iter()
            .map(|(k, v)| (k.into(), v.into()))
            .filter(|(k, _)| keep(k));
        Self {
            vars: vars.collect(),
        }
    }

    /// A filtered copy of this process's own variables, for surfaces and tools.
    pub fn of_this_process() -> Self {
        Self::filtered(std::env::vars_os())
    }

    pub(crate) fn vars(&self) -> &[(OsString, OsString)] {
        &self.vars
    }

    pub(crate) fn get(&self, name: &str) -> Option<&OsStr> {
        self.vars
            .iter()
            .find(|(k, _)| k == name)
            .map(|(_, v)| v.as_os_str())
    }

    /// Where a program lies; its name where it is not on the PATH. Given a name and another PATH than ours, std
    /// copies this whole process to start it (1 ms and more); given a path, it does not.
    pub(crate) fn program(&self, name: &str) -> PathBuf {
        let found = self.get("PATH").and_then(|path| on_path(name, path));
        found.unwrap_or_else(|| name.into())
    }
}

/// The file that a name means on a PATH.
fn on_path(name: &str, path: &OsStr) -> Option<PathBuf> {
    let executable = |file: &PathBuf| file.is_file() && access(file, Access::EXEC_OK).is_ok();
    std::env::split_paths(path)
        .filter(|folder| folder.is_absolute())
        .map(|folder| folder.join(name))
        .find(executable)
}

fn keep(name: &OsStr) -> bool {
    !name.as_bytes().starts_with(b"GIT_") || KEPT.iter().any(|kept| name == *kept)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn git_variables_are_dropped_but_identity_and_config() {
        let env = Environment::filtered([
            ("PATH", "/bin"),
            ("GIT_DIR", "/elsewhere"),
            ("GIT_INDEX_FILE", "/i"),
            ("GIT_AUTHOR_NAME", "A"),
            ("GIT_CONFIG_GLOBAL", "/c"),
            ("GIT_CONFIG_COUNT", "1"),
        ]);
        let names: Vec<_> = env
            .vars()
            .iter()
            .map(|(k, _)| k.to_str().unwrap())
            .collect();
        assert_eq!(names, ["PATH", "GIT_AUTHOR_NAME", "GIT_CONFIG_GLOBAL"]);
        assert_eq!(env.get("GIT_DIR"), None);
        assert_eq!(env.get("PATH"), Some(OsStr::new("/bin")));
    }
}
