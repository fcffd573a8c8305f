//! Loading: all sources in, settings and diagnostics out.

use super::build::{self, Values};
use super::error::Error;
use super::layer::Layer;
use super::value::{FileDiagnostic, Value, Written};
use super::{background_agents, resolve, variables};
use model::diagnostic::Severity;
use model::settings::{MachineSettings, TenantSettings};
use settings::{Scope, Setting, table};
use std::path::{Path, PathBuf};

/// Where settings come from.
#[derive(Debug, Clone, Copy, Default)]
pub struct Sources<'a> {
    /// Root of the repository; none = the machine's settings alone.
    pub repo: Option<&'a Path>,
    /// The user's file, see [`user_config_path`]; none = no file.
    pub user_config: Option<&'a Path>,
    /// The environment of who asks: only `OFFSHOOT_…` and `HOME` are looked at.
    pub env: &'a [(String, String)],
    /// Keys with values as text, from the command line.
    pub flags: &'a [(String, String)],
}

impl Sources<'_> {
    /// The file of a scope, whether it exists or not.
    pub fn file(&self, scope: Scope) -> Option<PathBuf> {
        match scope {
            Scope::User => self.user_config.map(Path::to_path_buf),
            _ => self.repo.map(|repo| repo.join(scope.file_name())),
        }
    }
}

/// `$XDG_CONFIG_HOME/offshoot/config.yaml`, else `$HOME/.config/offshoot/config.yaml`.
pub fn user_config_path(env: &[(String, String)]) -> Option<PathBuf> {
    // The XDG specification: a path that is not absolute counts as not set.
    let folder = |wanted: &str| {
        let found = env.iter().find(|(name, _)| name == wanted);
        found
            .map(|(_, value)| PathBuf::from(value))
            .filter(|path| path.is_absolute())
    };
    let config =
        folder("XDG_CONFIG_HOME").or_else(|| folder("HOME").map(|home| home.join(".config")))?;
    Some(config.join(Scope::User.file_name()))
}

/// What came of loading.
#[derive(Debug, Clone, PartialEq)]
pub struct Loaded {
    /// For work in the repository.
    pub tenant: TenantSettings,
    /// For the machine; nothing of a repository is in it.
    pub machine: MachineSettings,
    /// Every setting that has one meaning, in the table's order; agents and personas by name.
    pub values: Vec<Value>,
    /// Problems of all sources. Those of files come in the order of the files and their lines.
    pub diagnostics: Vec<FileDiagnostic>,
    /// The files that count, existing or not: to be watched.
    pub files: Vec<PathBuf>,
    layers: Vec<Layer>,
}

impl Loaded {
    /// Whether something that was written cannot be used. Whoever starts work refuses then, with the
    /// diagnostics: running with a default that the user tried to change would be worse.
    pub fn has_errors(&self) -> bool {
        let mut severities = self
            .diagnostics
            .iter()
            .map(|found| found.diagnostic.severity);
        severities.any(|severity| severity == Severity::Error)
    }

    /// The values of a key, or of all keys below a section such as `offshoot.agents`.
    /// A key that only names another spelling gives the value of that.
    ///
    /// # Errors
    /// [`Error::UnknownKey`] with the nearest key.
    pub fn get(&self, key: &str) -> Result<Vec<Value>, Error> {
        let below = format!("{key}.");
        let row = table::row_of(key);
        let wanted = row.and_then(|row| row.same_as).unwrap_or(key);
        let found: Vec<Value> = self
            .values
            .iter()
            .filter(|value| value.key == wanted || value.key.starts_with(&below))
            .cloned()
            .collect();
        match row {
            _ if !found.is_empty() => Ok(found),
            // A name of the user's that nobody has set.
            Some(row) => Ok(vec![unset(row, key)]),
            None if is_section(key) => Ok(found),
            None => Err(Error::unknown_key(key)),
        }
    }
}

fn unset(row: &Setting, key: &str) -> Value {
    Value {
        key: key.to_owned(),
        value: row.default_value(),
        origin: super::value::Origin::Default,
    }
}

fn is_section(key: &str) -> bool {
    let path: Vec<String> = key.split('.').map(str::to_owned).collect();
    Scope::ALL
        .iter()
        .any(|scope| matches!(table::find(*scope, &path), table::Found::Section))
}

/// Loads all settings. Problems are in the answer; a value that has one is left out and the next
/// source counts.
pub fn load(sources: &Sources<'_>) -> Loaded {
    assemble(sources, &[])
}

/// Loads again. A file that has errors now and had none before keeps the values it had.
pub fn reload(sources: &Sources<'_>, previous: &Loaded) -> Loaded {
    assemble(sources, &previous.layers)
}

fn assemble(sources: &Sources<'_>, before: &[Layer]) -> Loaded {
    let (flags, mut diagnostics) = variables::from_flags(sources.flags);
    let (env, more) = variables::from_environment(sources.env);
    diagnostics.extend(more);
    let mut layers = Vec::new();
    let mut files = Vec::new();
    for scope in Scope::ALL {
        let Some(path) = sources.file(scope) else {
            continue;
        };
        if let Some(layer) = Layer::of(scope, &path) {
            diagnostics.extend(problems(&layer));
            layers.push(last_good(layer, before));
        }
        files.push(path);
    }
    let (values, more) = resolve::resolve(vec![flags, env], &layers);
    diagnostics.extend(more);
    let by_key = Values::new(&values);
    let agents_file = sources.repo.map(|repo| repo.join(background_agents::FILE));
    let watched = sources.repo.is_some_and(background_agents::is_watched);
    files.extend(agents_file);
    Loaded {
        tenant: TenantSettings {
            watched,
            ..build::tenant(&by_key)
        },
        machine: build::machine(&by_key),
        values,
        diagnostics,
        files,
        layers,
    }
}

/// The values of before, where the file cannot be used now. The problems of now stay reported.
fn last_good(layer: Layer, before: &[Layer]) -> Layer {
    let good = before
        .iter()
        .find(|old| old.file == layer.file && !old.content.is_bad());
    match good {
        Some(good) if layer.content.is_bad() => good.clone(),
        _ => layer,
    }
}

fn problems(layer: &Layer) -> Vec<FileDiagnostic> {
    let found = layer.content.diagnostics.iter();
    found
        .map(|diagnostic| FileDiagnostic {
            written: Written::File(layer.file.clone()),
            diagnostic: diagnostic.clone(),
        })
        .collect()
}
