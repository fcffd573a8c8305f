//! Submitted tasks.

use super::{Session, base, find, run};
use crate::core::engine_error;
use crate::path::canonical;
use crate::{clock, convert, environment, ids};
use model::ids::TaskId;
use model::machine::{Command, NewRun, NewTask};
use model::run::{RunOptions, Source, Submission};
use model::settings::TenantSettings;
use model::workflow::Step;
use protocol::task::{Task, TaskFilter, TaskList, TaskRef, TaskSubmit};
use protocol::{Error, ErrorKind};
use serde_json::Value;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

/// The role of an agent that is asked for something and not named.
const USUAL_ROLE: &str = "implementer";

pub(super) async fn submit(session: &Session, params: TaskSubmit) -> Result<Task, Error> {
    let submission = submission(&params)?;
    let after = before(session, &params.after).await?;
    let scheduled_at = match &params.scheduled_at {
        None => None,
        Some(text) => Some(clock::parse(text).ok_or_else(|| {
            Error::new(ErrorKind::InvalidInput, format!("`{text}` is not a moment"))
                .hint("write it as 2026-11-20T10:00:00Z")
        })?),
    };
    let client: Vec<(String, String)> = params.environment.clone().into_iter().collect();
    let place = Common {
        client,
        after,
        scheduled_at,
        priority: params.priority.unwrap_or(50).min(100),
    };
    if params.worktree {
        in_worktree(session, &params, submission, place).await
    } else {
        in_folder(session, &params, submission, place).await
    }
}

/// What both kinds of submission need.
struct Common {
    client: Vec<(String, String)>,
    after: Vec<TaskId>,
    scheduled_at: Option<model::time::Timestamp>,
    priority: u8,
}

fn submission(params: &TaskSubmit) -> Result<Submission, Error> {
    let task = params.task.clone().unwrap_or_default();
    // Who says what to do and not who does it means work on the code.
    let usual = if task.is_empty() { "" } else { USUAL_ROLE };
    let agent = params.agent.as_deref().unwrap_or(usual).to_owned();
    let invalid = |message: &str| {
        Err(Error::new(ErrorKind::InvalidInput, message)
            .hint("give either --agent and --task, or -- and a command"))
    };
    match (
        params.command.is_empty(),
        agent.is_empty() && task.is_empty(),
    ) {
        (true, true) => return invalid("nothing is to be done"),
        (false, false) => return invalid("an agent's task and a command are given"),
        (true, false) if agent.is_empty() => return invalid("no agent is named for the task"),
        (true, false) if task.is_empty() => return invalid("no task is given for the agent"),
        _ => {}
    }
    Ok(Submission {
        agent,
        task,
        files: params.files.clone(),
        params: pairs(&params.params)?,
        argv: params.command.clone(),
        backends: params.backends.clone(),
        env: params.env.clone(),
        timeout: params
            .timeout_s
            .and_then(|seconds| Duration::try_from_secs_f64(seconds).ok()),
        silence: None,
        max_retries: params.max_retries,
        task_type: params.task_type.clone().unwrap_or_default(),
    })
}

/// Parameters as they are kept: by name and value, of a list one for each item.
fn pairs(params: &BTreeMap<String, Value>) -> Result<Vec<(String, String)>, Error> {
    let mut pairs = Vec::new();
    for (name, value) in params {
        let items = match value {
            Value::Array(items) => items.as_slice(),
            one => std::slice::from_ref(one),
        };
        for item in items {
            let text = match item {
                Value::String(text) => text.clone(),
                Value::Bool(_) | Value::Number(_) => item.to_string(),
                Value::Null | Value::Array(_) | Value::Object(_) => {
                    let message = format!("the parameter `{name}` cannot be used: {item}");
                    return Err(Error::new(ErrorKind::InvalidInput, message)
                        .hint("give a text, a number, `true` or `false`, or a list of these"));
                }
            };
            pairs.push((name.clone(), text));
        }
    }
    Ok(pairs)
}

/// The tasks that have to complete before: known, and not failed already.
async fn before(session: &Session, after: &[String]) -> Result<Vec<TaskId>, Error> {
    let mut ids = Vec::new();
    for id in after {
        ids.push(find::task(session, id).await?.id);
    }
    Ok(ids)
}

fn names(submission: &Submission, settings: &TenantSettings) -> Vec<String> {
    submission
        .env
        .iter()
        .chain(settings.agents.values().flat_map(|agent| &agent.env))
        .cloned()
        .chain(optional(&submission.step()))
        .collect()
}

/// Secrets that a built-in task uses where the client has them.
fn optional(step: &Step) -> impl Iterator<Item = String> {
    let names = step.built_in().map_or(&[][..], |task| task.secrets);
    names.iter().map(|name| (*name).to_owned())
}

async fn in_worktree(
    session: &Session,
    params: &TaskSubmit,
    submission: Submission,
    place: Common,
) -> Result<Task, Error> {
    let core = &session.core;
    let plain = environment::filter(&place.client, &[]);
    let repo = core
        .repository(&params.folder, &plain)
        .await
        .map_err(|error| match error.kind {
            ErrorKind::NotARepository => {
                error.hint("submit it with --no-worktree to run it where you are")
            }
            _ => error,
        })?;
    let root = repo.root().to_owned();
    let submission = Submission {
        files: submission
            .files
            .iter()
            .map(|file| inside(file, &params.folder, &root))
            .collect(),
        ..submission
    };
    run::trusted(core, &root, params.origin).await?;
    let settings = core.tenants.for_work(&root)?;
    let plain = core
        .environments
        .shared(environment::filter(&place.client, &settings.env));
    let workflow = submission.workflow();
    let head = core.git(move || repo.head()).await?;
    let id = ids::run(&workflow.id)?;
    let base = base::keep(core, &root, &plain, &id, head.commit).await?;
    core.secrets.give_run(
        &id,
        environment::secrets(&place.client, &names(&submission, &settings)).0,
    );
    let task_id = ids::task()?;
    let new = NewRun {
        id,
        task_ids: vec![task_id.clone()],
        repo: root.clone(),
        source: Source::Submission(submission),
        workflow: Arc::new(workflow),
        options: RunOptions {
            auto: true,
            priority: place.priority,
            ..RunOptions::default()
        },
        environment: plain,
        base,
        after: place.after,
        scheduled_at: place.scheduled_at,
    };
    let (run, tasks) = new.build(&settings, clock::now());
    core.engine.set_tenant(root, settings).await;
    core.engine
        .command(Command::CreateRun(Box::new(run), tasks))
        .await
        .map_err(engine_error)?;
    view(session, &task_id).await
}

/// A path of the user's checkout as the same path of a worktree: relative to its root. What lies
/// outside the repository stays as it is.
fn inside(file: &str, folder: &str, root: &Path) -> String {
    let path = Path::new(folder).join(file);
    let found = canonical(&path);
    let relative = found
        .strip_prefix(root)
        .or_else(|_| path.strip_prefix(root));
    match relative {
        Ok(relative) if relative.as_os_str().is_empty() => ".".to_owned(),
        Ok(relative) if file.ends_with('/') => format!("{}/", relative.display()),
        Ok(relative) => relative.display().to_string(),
        Err(_) => file.to_owned(),
    }
}

async fn in_folder(
    session: &Session,
    params: &TaskSubmit,
    submission: Submission,
    place: Common,
) -> Result<Task, Error> {
    let core = &session.core;
    let folder = canonical(&PathBuf::from(&params.folder));
    if !folder.is_absolute() || !folder.is_dir() {
        return Err(Error::new(
            ErrorKind::InvalidInput,
            format!("{} is not a folder", folder.display()),
        ));
    }
    let tenant = tenant_of(&folder);
    run::trusted(core, &tenant, params.origin).await?;
    let settings = core.tenants.for_work(&tenant)?;
    let id = ids::task()?;
    core.secrets.give_task(
        &id,
        environment::secrets(&place.client, &names(&submission, &settings)).0,
    );
    let new = NewTask {
        id: id.clone(),
        tenant: tenant.clone(),
        folder,
        submission,
        environment: core
            .environments
            .shared(environment::filter(&place.client, &settings.env)),
        priority: place.priority,
        after: place.after,
        scheduled_at: place.scheduled_at,
    };
    let task = new.build(&settings, clock::now());
    core.engine.set_tenant(tenant, settings).await;
    core.engine
        .command(Command::CreateTask(Box::new(task)))
        .await
        .map_err(engine_error)?;
    view(session, &id).await
}

/// The nearest folder upwards that looks like a repository, else the folder itself. No git is asked:
/// this is only about whose share of the pool it takes and whose settings hold.
fn tenant_of(folder: &Path) -> PathBuf {
    folder
        .ancestors()
        .find(|above| above.join(".git").exists())
        .unwrap_or(folder)
        .to_owned()
}

pub(super) async fn view(session: &Session, id: &TaskId) -> Result<Task, Error> {
    let task = find::task(session, id.as_str()).await?;
    let position = session.core.position(&task).await;
    Ok(convert::task(&task, &session.core.attempts(), position))
}

pub(super) async fn list(session: &Session, params: TaskFilter) -> Result<TaskList, Error> {
    let tenant = match &params.repo {
        None => None,
        Some(folder) => match session.core.root(folder).await {
            Ok(root) => Some(root),
            Err(error) if error.kind == ErrorKind::NotARepository => {
                Some(canonical(&PathBuf::from(folder)))
            }
            Err(error) => return Err(error),
        },
    };
    let filter = store::TaskFilter {
        tenant,
        status: params.status,
        limit: params.limit.unwrap_or(50).min(10_000),
    };
    let page = session
        .core
        .store()
        .with(move |store| store.tasks(&filter))
        .await?;
    let attempts = session.core.attempts();
    Ok(TaskList {
        tasks: page
            .items
            .iter()
            .map(|task| convert::task(task, &attempts, None))
            .collect(),
    })
}

pub(super) async fn show(session: &Session, params: TaskRef) -> Result<Task, Error> {
    let task = find::task(session, &params.task_id).await?;
    view(session, &task.id).await
}

pub(super) async fn cancel(session: &Session, params: TaskRef) -> Result<Task, Error> {
    let task = find::task(session, &params.task_id).await?;
    session
        .core
        .engine
        .command(Command::CancelTask(task.id.clone()))
        .await
        .map_err(engine_error)?;
    view(session, &task.id).await
}

pub(super) async fn retry(session: &Session, params: TaskRef) -> Result<Task, Error> {
    let task = find::task(session, &params.task_id).await?;
    let settings = session.core.tenants.for_work(&task.tenant)?;
    let client: Vec<(String, String)> = params.environment.into_iter().collect();
    let wanted = task
        .step
        .env
        .iter()
        .chain(settings.agents.values().flat_map(|agent| &agent.env))
        .cloned()
        .chain(optional(&task.step));
    let (found, _) = environment::secrets(&client, &wanted.collect::<Vec<_>>());
    match &task.run {
        Some((run, _)) => session.core.secrets.give_run(run, found),
        None => session.core.secrets.give_task(&task.id, found),
    }
    session
        .core
        .engine
        .set_tenant(task.tenant.clone(), settings)
        .await;
    session
        .core
        .engine
        .command(Command::RetryTask(task.id.clone()))
        .await
        .map_err(engine_error)?;
    view(session, &task.id).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_named_as_the_worktree_has_them() {
        let root = Path::new("/no/such/repo");
        for (file, folder, expected) in [
            ("src/a.rs", "/no/such/repo", "src/a.rs"),
            ("a.rs", "/no/such/repo/src", "src/a.rs"),
            ("/no/such/repo/src/a.rs", "/no/such/repo", "src/a.rs"),
            ("src/", "/no/such/repo", "src/"),
            (".", "/no/such/repo", "."),
            ("/etc/hosts", "/no/such/repo", "/etc/hosts"),
        ] {
            assert_eq!(inside(file, folder, root), expected, "{file} in {folder}");
        }
    }
}
