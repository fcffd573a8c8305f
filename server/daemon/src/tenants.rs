//! Settings of the machine and of each repository: read when work comes in and when asked to.

use crate::settings::{self, FileDiagnostic, Loaded, Sources};
use model::diagnostic::Severity;
use model::settings::{MachineSettings, TenantSettings};
use protocol::{Diagnostic, Error};
use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

/// What was loaded last, by repository; none = the machine's own.
pub(crate) struct Tenants {
    env: Vec<(String, String)>,
    user_config: Option<PathBuf>,
    known: Mutex<HashMap<Option<PathBuf>, Arc<Loaded>>>,
}

impl Tenants {
    /// With the daemon's own environment: it was started with the variables of the first client.
    pub(crate) fn new() -> Self {
        let env = crate::environment::own();
        Self {
            user_config: settings::user_config_path(&env),
            env,
            known: Mutex::default(),
        }
    }

    pub(crate) fn sources<'a>(&'a self, repo: Option<&'a Path>) -> Sources<'a> {
        Sources {
            repo,
            user_config: self.user_config.as_deref(),
            env: &self.env,
            flags: &[],
        }
    }

    /// Reads the files again; one that is broken now keeps the values it had.
    pub(crate) fn load(&self, repo: Option<&Path>) -> Arc<Loaded> {
        let key = repo.map(Path::to_owned);
        let before = self
            .known
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .get(&key)
            .cloned();
        let sources = self.sources(repo);
        let loaded = Arc::new(match before {
            Some(before) => settings::reload(&sources, &before),
            None => settings::load(&sources),
        });
        self.known
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .insert(key, Arc::clone(&loaded));
        loaded
    }

    /// Settings for new work: what is written and cannot be used is refused with its place.
    pub(crate) fn for_work(&self, repo: &Path) -> Result<Arc<TenantSettings>, Error> {
        let loaded = self.load(Some(repo));
        if !loaded.has_errors() {
            return Ok(Arc::new(loaded.tenant.clone()));
        }
        let errors = loaded
            .diagnostics
            .iter()
            .filter(|found| found.diagnostic.severity == Severity::Error);
        let errors: Vec<Diagnostic> = errors.map(diagnostic).collect();
        Err(Error::invalid("the settings have errors", &errors)
            .hint("see `offshoot config validate`"))
    }

    pub(crate) fn machine(&self) -> MachineSettings {
        self.load(None).machine.clone()
    }

    /// The machine's settings as they were read last.
    pub(crate) fn machine_now(&self) -> MachineSettings {
        let known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        let read = known.get(&None).map(|loaded| loaded.machine.clone());
        drop(known);
        read.unwrap_or_else(|| self.machine())
    }

    /// A repository's settings as they were read last.
    pub(crate) fn known(&self, repo: &Path) -> Option<Arc<Loaded>> {
        let known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        known.get(&Some(repo.to_owned())).cloned()
    }

    /// Repositories whose settings were read since the start.
    pub(crate) fn repositories(&self) -> Vec<PathBuf> {
        let known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        known.keys().flatten().cloned().collect()
    }
}

/// A problem in a settings file as the wire has it.
pub(crate) fn diagnostic(found: &FileDiagnostic) -> Diagnostic {
    crate::convert::diagnostic(&found.written.name(), &found.diagnostic)
}
