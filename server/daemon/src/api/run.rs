//! Runs: start, list, show, and what becomes of them.

use super::{Session, again, base, find, from};
use crate::core::{Core, engine_error};
use crate::{clock, convert, environment, ids};
use model::diagnostic::Severity;
use model::machine::{Command, NewRun};
use model::run::{RunOptions, Source};
use model::settings::TenantSettings;
use model::workflow::Workflow;
use protocol::run::{Origin, Run, RunFilter, RunList, RunRef, RunStart};
use protocol::{Diagnostic, Error, ErrorKind};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

/// How long a cancel is waited for: an attempt's grace, its KILL and the result branch.
const CANCELLED: Duration = Duration::from_secs(20);

/// The largest workflow file that is read: beyond what the language takes, so that it says so.
const LARGEST: u64 = 11 << 20;

pub(super) async fn start(session: &Session, params: RunStart) -> Result<Run, Error> {
    let core = &session.core;
    let client: Vec<(String, String)> = params.environment.into_iter().collect();
    let repo = core
        .repository(&params.repo, &environment::filter(&client, &[]))
        .await?;
    let root = repo.root().to_owned();
    trusted(core, &root, params.origin).await?;
    let settings = core.tenants.for_work(&root)?;
    let plain = core
        .environments
        .shared(environment::filter(&client, &settings.env));
    let (workflow, text) = read(&params.file)?;
    let path = Path::new(&params.file);
    let path = path
        .strip_prefix(&root)
        .unwrap_or(path)
        .display()
        .to_string();
    let id = ids::run(&workflow.id)?;
    let start = base::Start {
        workflow: PathBuf::from(&params.file),
        include_dirty: params.include_dirty,
        run: id.clone(),
        status_file: settings.hand_off.status_file_name.clone(),
    };
    let (commit, mut warnings) = core.git(move || start.look(&repo)).await?;
    warnings.extend(not_followed(&workflow));
    warnings.extend(unknown_backends(&params.backends, &settings));
    if let Some(step) = &params.from {
        if params.include_dirty {
            let message = "a run goes on from a step on the base it has: leave include_dirty out";
            return Err(Error::new(ErrorKind::InvalidInput, message));
        }
        let head = commit.to_string();
        let from = from::From {
            root: &root,
            path: &path,
            text: &text,
            head: &head,
            step,
        };
        return from::start(session, from, client).await;
    }
    let base = base::keep(core, &root, &plain, &id, commit).await?;
    let options = RunOptions {
        auto: params.auto,
        backends: params.backends,
        inputs: params.inputs.into_iter().collect(),
        max_parallel: params.max_parallel,
        timeout: params
            .timeout_s
            .and_then(|seconds| Duration::try_from_secs_f64(seconds).ok()),
        priority: params.priority.unwrap_or(50).min(100),
    };
    let names = again::secret_names(&workflow, &settings);
    core.secrets
        .give_run(&id, environment::secrets(&client, &names).0);
    let new = NewRun {
        task_ids: workflow
            .steps
            .iter()
            .map(|_| ids::task())
            .collect::<Result<_, _>>()?,
        id: id.clone(),
        repo: root.clone(),
        source: Source::File {
            path,
            text: Arc::from(text),
        },
        workflow: Arc::new(workflow),
        options,
        environment: plain,
        base,
        after: Vec::new(),
        scheduled_at: None,
    };
    let (run, tasks) = new.build(&settings, clock::now());
    core.engine.set_tenant(root, settings).await;
    core.engine
        .command(Command::CreateRun(Box::new(run), tasks))
        .await
        .map_err(engine_error)?;
    Ok(Run {
        warnings,
        ..find::view(session, &id).await?
    })
}

/// What a workflow says that is read and not acted upon: it is said, never silently ignored.
fn not_followed(workflow: &Workflow) -> Vec<String> {
    let steps = workflow.steps.iter();
    let limited = steps.filter(|step| step.limits.cpu_percent.is_some());
    limited
        .map(|step| {
            format!(
                "step `{}`: limits.cpu_percent is read, but has no effect yet",
                step.id
            )
        })
        .collect()
}

/// Back ends that were asked for and that nothing is known of.
fn unknown_backends(asked: &[String], settings: &TenantSettings) -> Vec<String> {
    let known = |name: &&String| {
        matches!(name.as_str(), "command" | "built-in" | "file")
            || settings.agents.contains_key(*name)
    };
    let unknown = asked.iter().filter(|name| !known(name));
    unknown
        .map(|name| {
            format!(
                "the back end `{name}` is passed over: it is neither `command`, `built-in` nor `file`, and no agent \
                 of that name is configured under `offshoot.agents`"
            )
        })
        .collect()
}

/// Typing a command is consent; anybody else needs the workspace's trust.
pub(super) async fn trusted(core: &Core, root: &Path, origin: Origin) -> Result<(), Error> {
    if origin == Origin::Cli {
        return Ok(());
    }
    let asked = root.to_owned();
    if core
        .store()
        .with(move |store| store.is_trusted(&asked))
        .await?
    {
        return Ok(());
    }
    let message = format!(
        "the commands of {} may not be run from here: it is not trusted",
        root.display()
    );
    Err(Error::new(ErrorKind::Untrusted, message).hint("trust it: `offshoot trust` in its folder"))
}

/// Reads and checks a workflow file; errors carry all problems with their places.
fn read(file: &str) -> Result<(Workflow, String), Error> {
    let path = PathBuf::from(file);
    let size = std::fs::metadata(&path).map(|meta| (meta.len(), meta.is_file()));
    let unreadable =
        |what: String, kind| Error::new(kind, format!("the workflow file {file} {what}"));
    let bytes = match size {
        Ok((_, false)) => {
            return Err(unreadable(
                "is not a file".to_owned(),
                ErrorKind::InvalidInput,
            ));
        }
        Ok((size, true)) if size > LARGEST => {
            return Err(unreadable(
                "is larger than 10 MB".to_owned(),
                ErrorKind::InvalidInput,
            ));
        }
        Ok(_) => std::fs::read(&path).map_err(|error| {
            unreadable(format!("cannot be read: {error}"), ErrorKind::InvalidInput)
        })?,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            return Err(unreadable("does not exist".to_owned(), ErrorKind::NotFound)
                .hint("see `offshoot workflow list --files`"));
        }
        Err(error) => {
            return Err(unreadable(
                format!("cannot be read: {error}"),
                ErrorKind::InvalidInput,
            ));
        }
    };
    let parsed = model::language::parse(file, &bytes);
    match parsed.workflow {
        Some(workflow) => Ok((workflow, String::from_utf8_lossy(&bytes).into_owned())),
        None => {
            let all: Vec<Diagnostic> = parsed
                .diagnostics
                .iter()
                .map(|found| convert::diagnostic(file, found))
                .collect();
            let errors = parsed
                .diagnostics
                .iter()
                .filter(|found| found.severity == Severity::Error)
                .count();
            Err(Error::invalid(
                format!("the workflow file {file} has {errors} error(s)"),
                &all,
            ))
        }
    }
}

pub(super) async fn list(session: &Session, params: RunFilter) -> Result<RunList, Error> {
    let repo = match &params.repo {
        Some(folder) => Some(session.core.root(folder).await?),
        None => None,
    };
    let filter = store::RunFilter {
        repo,
        workflow_id: params.workflow_id,
        before: None,
        limit: params.limit.unwrap_or(20).min(1000),
    };
    let found = session
        .core
        .store()
        .with(move |store| {
            let page = store.runs(&filter)?;
            let ids = page.items.into_iter().map(|line| line.run.id);
            ids.map(|id| store.run(&id)).collect::<Result<Vec<_>, _>>()
        })
        .await?;
    let mut runs = Vec::new();
    for (run, tasks) in found.into_iter().flatten() {
        runs.push(find::view_of(session, &run, &tasks).await);
    }
    Ok(RunList { runs })
}

pub(super) async fn show(session: &Session, params: RunRef) -> Result<Run, Error> {
    let (run, tasks) = find::run(session, &params.run_id, params.repo.as_deref()).await?;
    Ok(find::view_of(session, &run, &tasks).await)
}

pub(super) async fn cancel(session: &Session, params: RunRef) -> Result<Run, Error> {
    let (run, _) = find::run(session, &params.run_id, params.repo.as_deref()).await?;
    let mut happenings = session.core.engine.subscribe();
    session
        .core
        .engine
        .command(Command::CancelRun(run.id.clone()))
        .await
        .map_err(engine_error)?;
    // What runs gets its grace before it is over; whoever goes on from here wants it to be over.
    let over = async {
        loop {
            let view = find::view(session, &run.id).await?;
            if view.ended_at.is_some() || happenings.recv().await.is_err() {
                return Ok(view);
            }
        }
    };
    match tokio::time::timeout(CANCELLED, over).await {
        Ok(view) => view,
        Err(_) => find::view(session, &run.id).await,
    }
}
