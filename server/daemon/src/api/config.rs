//! Settings, trust, workflow files.

use super::Session;
use crate::settings::{self, Origin, Scope};
use crate::{tenants, workflows};
use model::diagnostic::Severity;
use protocol::config::{
    RepoRef, SetParams, SetResult, Setting, Settings, Trust, TrustParams, WorkflowFile,
    WorkflowFiles,
};
use protocol::{Diagnostic, Error, ErrorKind};
use std::path::{Path, PathBuf};

/// The repository a folder is in, or none: the user's settings hold everywhere.
async fn root(session: &Session, folder: Option<&String>) -> Result<Option<PathBuf>, Error> {
    let Some(folder) = folder else {
        return Ok(None);
    };
    match session.core.root(folder).await {
        Ok(root) => Ok(Some(root)),
        Err(error) if error.kind == ErrorKind::NotARepository => Ok(None),
        Err(error) => Err(error),
    }
}

pub(super) async fn show(session: &Session, params: RepoRef) -> Result<Settings, Error> {
    let root = root(session, params.repo.as_ref()).await?;
    let loaded = session.core.tenants.load(root.as_deref());
    Ok(Settings {
        settings: loaded.values.iter().map(setting).collect(),
        diagnostics: loaded.diagnostics.iter().map(tenants::diagnostic).collect(),
    })
}

fn setting(value: &settings::Value) -> Setting {
    let (source, line) = match &value.origin {
        Origin::File { file, line, .. } => (Some(file.display().to_string()), Some(*line)),
        Origin::Environment(name) => (Some(name.clone()), None),
        Origin::Default | Origin::Flag => (None, None),
    };
    Setting {
        key: value.key.clone(),
        value: value.value.clone(),
        origin: value.origin.name().to_owned(),
        source,
        line,
        meaning: settings::meaning(&value.key).unwrap_or_default().to_owned(),
    }
}

pub(super) async fn set(session: &Session, params: SetParams) -> Result<SetResult, Error> {
    let root = root(session, params.repo.as_ref()).await?;
    let scope = match &params.scope {
        None => None,
        Some(name) => Some(Scope::parse(name).ok_or_else(|| {
            Error::new(
                ErrorKind::InvalidInput,
                format!("there is no scope `{name}`"),
            )
            .hint("`project`, `auto` or `user`")
        })?),
    };
    let sources = session.core.tenants.sources(root.as_deref());
    let changed = settings::set(&sources, scope, &params.key, &params.value).map_err(|error| {
        let found: Vec<Diagnostic> = error
            .diagnostics()
            .iter()
            .map(tenants::diagnostic)
            .collect();
        let edge = match found.is_empty() {
            true => Error::new(ErrorKind::InvalidInput, error.to_string()),
            false => Error::invalid(error.to_string(), &found),
        };
        match error.hint() {
            Some(hint) => edge.hint(hint),
            None => edge,
        }
    })?;
    super::control::reload(session, RepoRef { repo: params.repo }).await?;
    Ok(SetResult {
        key: changed.key,
        file: changed.file.display().to_string(),
    })
}

pub(super) async fn trust(session: &Session, params: TrustParams) -> Result<Trust, Error> {
    let repo = session.core.own_repository(&params.repo).await?;
    let root = repo.root().to_owned();
    let asked = root.clone();
    let now = crate::clock::now();
    let trusted = session
        .core
        .store()
        .with(move |store| {
            match params.trusted {
                Some(true) => store.trust(&asked, now)?,
                Some(false) => {
                    store.untrust(&asked)?;
                }
                None => {}
            }
            store.is_trusted(&asked)
        })
        .await?;
    Ok(Trust {
        repo: root.display().to_string(),
        trusted,
    })
}

pub(super) async fn workflow_files(
    session: &Session,
    params: RepoRef,
) -> Result<WorkflowFiles, Error> {
    let Some(root) = root(session, params.repo.as_ref()).await? else {
        return Err(Error::new(
            ErrorKind::NotARepository,
            "not in a git repository",
        ));
    };
    let look = move || {
        let found = workflows::find(&root);
        WorkflowFiles {
            files: found.iter().map(|file| describe(&root, file)).collect(),
            repo: root.display().to_string(),
        }
    };
    let files = tokio::task::spawn_blocking(look).await;
    files.map_err(|error| Error::new(ErrorKind::Internal, error.to_string()))
}

fn describe(root: &Path, file: &Path) -> WorkflowFile {
    let shown = file
        .strip_prefix(root)
        .unwrap_or(file)
        .display()
        .to_string();
    let bytes = std::fs::read(file).unwrap_or_default();
    let parsed = model::language::parse(&shown, &bytes);
    let count = |severity: Severity| {
        let found = parsed
            .diagnostics
            .iter()
            .filter(|found| found.severity == severity)
            .count();
        u32::try_from(found).unwrap_or(u32::MAX)
    };
    let (errors, warnings) = (count(Severity::Error), count(Severity::Warning));
    let workflow = parsed.workflow.as_ref();
    WorkflowFile {
        path: shown,
        workflow_id: workflow.map(|workflow| workflow.id.clone()),
        name: workflow.map_or_else(String::new, |workflow| workflow.name.clone()),
        steps: workflow.map_or(0, |workflow| {
            u32::try_from(workflow.steps.len()).unwrap_or(u32::MAX)
        }),
        errors,
        warnings,
    }
}
