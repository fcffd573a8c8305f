//! Why a setting could not be read or written.

use super::value::{FileDiagnostic, Written};
use settings::{Scope, table};
use std::io;
use std::path::PathBuf;

/// Why a setting could not be read or written. No file has changed.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// No such key.
    #[error("unknown setting `{key}`")]
    UnknownKey {
        /// As given.
        key: String,
        /// The nearest one.
        nearest: Option<&'static str>,
    },
    /// The key cannot stand in files of that scope.
    #[error("`{key}` cannot be set in scope `{}`: it belongs in {}", scope.as_str(), scopes(allowed))]
    Scope {
        /// As given.
        key: String,
        /// As given.
        scope: Scope,
        /// Where it can stand.
        allowed: Vec<Scope>,
    },
    /// The file of the scope lies in a repository, and there is none.
    #[error("scope `{}` needs a repository: run it inside one, or with --repo", scope.as_str())]
    NoRepository {
        /// The scope.
        scope: Scope,
    },
    /// No folder for the user's file is known.
    #[error("the user's settings have no place: set HOME or XDG_CONFIG_HOME")]
    NoHome,
    /// The value is not one of this setting, or does not go with the others.
    #[error("{}", first(.0))]
    Invalid(Vec<FileDiagnostic>),
    /// The file has errors, so that an edit could make things worse.
    #[error("{} has errors, correct them first: {}", file.display(), first(diagnostics))]
    BadFile {
        /// The file.
        file: PathBuf,
        /// Its errors.
        diagnostics: Vec<FileDiagnostic>,
    },
    /// The text is written in a way that cannot be edited safely.
    #[error("cannot change `{key}` in {} without risk to the rest of it: write `{key}: {value}` by hand", file.display())]
    Shape {
        /// The file.
        file: PathBuf,
        /// The key.
        key: String,
        /// What to write.
        value: String,
    },
    /// Reading or writing failed.
    #[error("cannot write {}: {source}", file.display())]
    Io {
        /// The file.
        file: PathBuf,
        /// What the system says.
        source: io::Error,
    },
}

impl Error {
    pub(super) fn unknown_key(key: &str) -> Self {
        Self::UnknownKey {
            key: key.to_owned(),
            nearest: table::nearest_key(key),
        }
    }

    /// What to do about it.
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::UnknownKey { nearest, .. } => {
                nearest.map(|near| format!("did you mean `{near}`?"))
            }
            Self::Invalid(found)
            | Self::BadFile {
                diagnostics: found, ..
            } => found
                .first()
                .and_then(|found| found.diagnostic.hint.clone()),
            _ => None,
        }
    }

    /// The problems in detail.
    pub fn diagnostics(&self) -> &[FileDiagnostic] {
        match self {
            Self::Invalid(found)
            | Self::BadFile {
                diagnostics: found, ..
            } => found,
            _ => &[],
        }
    }
}

fn first(found: &[FileDiagnostic]) -> String {
    found.first().map_or_else(String::new, |found| {
        let line = match found.written {
            Written::File(_) => format!("line {}: ", found.diagnostic.range.start.line + 1),
            _ => String::new(),
        };
        format!("{line}{}", found.diagnostic.message)
    })
}

fn scopes(allowed: &[Scope]) -> String {
    let names: Vec<_> = allowed
        .iter()
        .map(|scope| format!("{} (scope `{}`)", scope.file_name(), scope.as_str()))
        .collect();
    names.join(" or ")
}
