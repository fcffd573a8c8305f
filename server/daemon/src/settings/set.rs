//! `config set`: one value into one file, judged before anything is written.

use super::edit;
use super::error::Error;
use super::layer;
use super::load::{Sources, load};
use super::value::{FileDiagnostic, Origin, Written};
use model::diagnostic::{Diagnostic, Severity};
use serde_yaml::{Mapping, Value as Yaml};
use settings::document::{self, start};
use settings::{Scope, Setting, reference, table};
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

/// Held from reading a file to having written it; the data is in the file.
static TURN: Mutex<()> = Mutex::new(());

/// What was changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Changed {
    /// The key as it stands in the file.
    pub key: String,
    /// The file.
    pub file: PathBuf,
    /// A stronger source still decides: the change has no effect yet.
    pub shadowed_by: Option<Origin>,
}

/// Sets a key. Without scope it goes where it belongs: into the repository's file where there is a
/// repository and the key may stand there, else into the user's. The value is YAML or plain text.
///
/// # Errors
/// See [`Error`]; nothing is written then.
pub fn set(
    sources: &Sources<'_>,
    scope: Option<Scope>,
    key: &str,
    text: &str,
) -> Result<Changed, Error> {
    let row = table::row_of(key).ok_or_else(|| Error::unknown_key(key))?;
    let (scope, row, key) = place(sources, scope, row, key)?;
    let path = sources.file(scope).ok_or(match scope {
        Scope::User => Error::NoHome,
        _ => Error::NoRepository { scope },
    })?;
    let value = row
        .kind
        .parse_text(text)
        .and_then(|value| row.kind.read(&value).map(|_| value));
    let value = value.map_err(|found| Error::Invalid(as_given(&key, found)))?;
    // Between reading and writing no other session may write: its change would be lost.
    let turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
    let old = layer::text(&path)
        .map_err(|found| bad_file(&path, vec![found]))?
        .unwrap_or_default();
    let new = changed_text(&path, &old, &key, &value)?;
    still_good(scope, &path, &old, &new)?;
    write(&path, &new).map_err(|source| Error::Io {
        file: path.clone(),
        source,
    })?;
    drop(turn);
    let shadowed_by = shadow(sources, &key, &path);
    Ok(Changed {
        key,
        file: path,
        shadowed_by,
    })
}

/// The scope, and the spelling of the key there.
fn place(
    sources: &Sources<'_>,
    scope: Option<Scope>,
    row: &'static Setting,
    key: &str,
) -> Result<(Scope, &'static Setting, String), Error> {
    let writable =
        |row: &Setting, scope: Scope| row.scopes.contains(&scope) && scope != Scope::Agentic;
    let spellings: Vec<&'static Setting> = std::iter::once(row)
        .chain(
            reference()
                .iter()
                .filter(|other| other.canonical() == row.canonical() && other.key != row.key),
        )
        .collect();
    let Some(scope) = scope else {
        let mut order = spellings
            .iter()
            .flat_map(|row| row.scopes.iter().map(move |scope| (*row, *scope)));
        let usable = |(row, scope): &(&'static Setting, Scope)| {
            writable(row, *scope) && sources.file(*scope).is_some()
        };
        let found = order
            .find(usable)
            .or_else(|| Some((row, *row.scopes.first()?)));
        let (row, scope) = found.unwrap_or((row, Scope::User));
        return Ok((scope, row, spelt(row, key)));
    };
    match spellings.iter().find(|row| writable(row, scope)) {
        Some(row) => Ok((scope, row, spelt(row, key))),
        None => Err(Error::Scope {
            key: key.to_owned(),
            scope,
            allowed: row.scopes.to_vec(),
        }),
    }
}

fn spelt(row: &Setting, key: &str) -> String {
    if row.is_pattern() {
        key.to_owned()
    } else {
        row.key.to_owned()
    }
}

fn as_given(key: &str, found: Vec<settings::Problem>) -> Vec<FileDiagnostic> {
    let diagnostics = found.into_iter().map(|found| {
        let message = format!("{key} {}", found.message);
        let mut diagnostic = Diagnostic::new(start(), found.code, Severity::Error, message);
        diagnostic.hint = found.hint;
        FileDiagnostic {
            written: Written::Flag(key.to_owned()),
            diagnostic,
        }
    });
    diagnostics.collect()
}

fn bad_file(path: &Path, found: Vec<Diagnostic>) -> Error {
    let diagnostics = found.into_iter().map(|diagnostic| FileDiagnostic {
        written: Written::File(path.to_path_buf()),
        diagnostic,
    });
    Error::BadFile {
        file: path.to_path_buf(),
        diagnostics: diagnostics.collect(),
    }
}

/// The new text, proved to mean the old one with this one value changed.
fn changed_text(path: &Path, old: &str, key: &str, value: &Yaml) -> Result<String, Error> {
    let before = document::parse(old).map_err(|found| bad_file(path, found))?;
    let segments: Vec<String> = key.split('.').map(str::to_owned).collect();
    let rendered = edit::render(value).unwrap_or_default();
    let shape = || Error::Shape {
        file: path.to_path_buf(),
        key: key.to_owned(),
        value: rendered.clone(),
    };
    let (mark, body) = match old.strip_prefix('\u{feff}') {
        Some(body) => ("\u{feff}", body),
        None => ("", old),
    };
    let new = edit::put(body, &segments, &rendered).ok_or_else(shape)?;
    let wanted = with(before.written, &segments, value).ok_or_else(shape)?;
    match serde_yaml::from_str::<Yaml>(&new) {
        Ok(got) if got == wanted => Ok(format!("{mark}{new}")),
        _ => Err(shape()),
    }
}

/// The tree with a value put at a path; none where the path leads through something else.
fn with(tree: Yaml, path: &[String], value: &Yaml) -> Option<Yaml> {
    let Some((name, rest)) = path.split_first() else {
        return Some(value.clone());
    };
    let mut map = match tree {
        Yaml::Null => Mapping::new(),
        Yaml::Mapping(map) => map,
        _ => return None,
    };
    let child = map.get(name.as_str()).cloned().unwrap_or(Yaml::Null);
    map.insert(Yaml::String(name.clone()), with(child, rest, value)?);
    Some(Yaml::Mapping(map))
}

/// The change must not bring errors that were not there (two values that do not go together).
fn still_good(scope: Scope, path: &Path, old: &str, new: &str) -> Result<(), Error> {
    let errors = |text: &str| -> Vec<Diagnostic> {
        let content = settings::read(scope, text);
        let found = content.diagnostics.into_iter();
        found
            .filter(|found| found.severity == Severity::Error)
            .collect()
    };
    let before = errors(old);
    let fresh = errors(new)
        .into_iter()
        .filter(|found| !before.iter().any(|known| known.message == found.message))
        .map(|diagnostic| FileDiagnostic {
            written: Written::File(path.to_path_buf()),
            diagnostic,
        })
        .collect::<Vec<_>>();
    if fresh.is_empty() {
        Ok(())
    } else {
        Err(Error::Invalid(fresh))
    }
}

/// Temporary file and rename, so that a reader sees the old text or the new one. A link stays a link.
fn write(path: &Path, text: &str) -> io::Result<()> {
    let target = fs::canonicalize(path).unwrap_or_else(|_| path.to_path_buf());
    let folder = target.parent().unwrap_or(Path::new("/"));
    fs::create_dir_all(folder)?;
    let name = target.file_name().unwrap_or_default().to_string_lossy();
    let temporary = folder.join(format!(".{name}.{}.tmp", std::process::id()));
    // One of that name was left by a process that died; a link of that name would lead elsewhere.
    let _ = fs::remove_file(&temporary);
    let mut file = File::create_new(&temporary)?;
    let written = file
        .write_all(text.as_bytes())
        .and_then(|()| match fs::metadata(&target) {
            Ok(meta) => file.set_permissions(meta.permissions()),
            Err(_) => Ok(()),
        });
    let done = written
        .and_then(|()| file.sync_all())
        .and_then(|()| fs::rename(&temporary, &target));
    if done.is_err() {
        // The error that is reported is the first one; a file that stays behind does no harm.
        let _ = fs::remove_file(&temporary);
    }
    done
}

fn shadow(sources: &Sources<'_>, key: &str, path: &Path) -> Option<Origin> {
    let values = load(sources).get(key).ok()?;
    let origin = values.into_iter().next()?.origin;
    (origin.file() != Some(path)).then_some(origin)
}
