//! A folder with files in it, and what comes of loading them.

mod agents;
mod background_agents;
mod precedence;
mod problems;
mod reload;
mod set;

use super::{Loaded, Scope, Sources, load};
use std::path::{Path, PathBuf};

const AUTO: &str = ".tapps-agents/auto_execution_config.yaml";
const PROJECT: &str = ".tapps-agents/config.yaml";
const AGENTIC: &str = "agentic_config.yaml";
const USER: &str = "home/config.yaml";

/// A repository in a temporary folder, with the user's file beside it.
struct Place {
    folder: tempfile::TempDir,
    env: Vec<(String, String)>,
    flags: Vec<(String, String)>,
}

impl Place {
    fn new(files: &[(&str, &str)]) -> Self {
        let place = Self {
            folder: tempfile::tempdir().unwrap(),
            env: Vec::new(),
            flags: Vec::new(),
        };
        for (name, text) in files {
            place.write(name, text.as_bytes());
        }
        place
    }

    fn with(mut self, env: &[(&str, &str)], flags: &[(&str, &str)]) -> Self {
        let own = |pairs: &[(&str, &str)]| {
            let pairs = pairs.iter();
            pairs
                .map(|(a, b)| ((*a).to_owned(), (*b).to_owned()))
                .collect()
        };
        self.env = own(env);
        self.flags = own(flags);
        self
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    #[expect(
        clippy::disallowed_methods,
        reason = "a test writes what a person would have saved"
    )]
    fn write(&self, name: &str, text: &[u8]) {
        let path = self.path(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }

    fn text(&self, name: &str) -> String {
        std::fs::read_to_string(self.path(name)).unwrap()
    }

    fn load(&self) -> Loaded {
        self.ask(load)
    }

    fn ask<T>(&self, question: impl FnOnce(&Sources<'_>) -> T) -> T {
        let user = self.path(USER);
        question(&Sources {
            repo: Some(self.folder.path()),
            user_config: Some(&user),
            env: &self.env,
            flags: &self.flags,
        })
    }

    /// `value @ origin`, with the line where it was a file.
    fn show(&self, loaded: &Loaded, key: &str) -> String {
        let value = loaded.get(key).unwrap().remove(0);
        let line = value
            .origin
            .line()
            .map(|line| format!(":{line}"))
            .unwrap_or_default();
        format!("{} @ {}{line}", value.text(), value.origin.name())
    }

    /// `file:line:column severity code: message | hint`, lines and columns from 1.
    fn problems(&self, loaded: &Loaded) -> Vec<String> {
        loaded
            .diagnostics
            .iter()
            .map(|found| self.problem(found))
            .collect()
    }

    fn problem(&self, found: &super::FileDiagnostic) -> String {
        let diagnostic = &found.diagnostic;
        let name = found.written.name();
        let name = Path::new(&name)
            .strip_prefix(self.folder.path())
            .map_or(name.clone(), |path| path.display().to_string());
        let start = diagnostic.range.start;
        let hint = diagnostic
            .hint
            .as_ref()
            .map(|hint| format!(" | {hint}"))
            .unwrap_or_default();
        format!(
            "{name}:{}:{} {} {}: {}{hint}",
            start.line + 1,
            start.column + 1,
            diagnostic.severity,
            diagnostic.code,
            diagnostic.message,
        )
    }
}

/// The values that some files give.
fn check(files: &[(&str, &str)], expected: &[(&str, &str)]) {
    let place = Place::new(files);
    let loaded = place.load();
    assert_eq!(place.problems(&loaded), Vec::<String>::new(), "{files:?}");
    for (key, value) in expected {
        assert_eq!(place.show(&loaded, key), *value, "{key} of {files:?}");
    }
}

/// The problems that some files have.
fn check_problems(files: &[(&str, &str)], expected: &[&str]) {
    let place = Place::new(files);
    assert_eq!(place.problems(&place.load()), expected, "{files:?}");
}

#[test]
fn scopes_have_names() {
    assert_eq!(Scope::parse("auto"), Some(Scope::Auto));
    assert_eq!(Scope::parse("agentic"), None);
}
