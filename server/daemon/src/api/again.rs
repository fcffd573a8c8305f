//! A run that goes on: resumed, retried, or with a step accepted.

use super::{Session, find};
use crate::core::engine_error;
use crate::environment;
use model::ids::RunId;
use model::machine::Command;
use model::workflow::Workflow;
use protocol::run::{Run, StepRef};
use protocol::{Error, ErrorKind};

pub(super) async fn resume(session: &Session, params: StepRef) -> Result<Run, Error> {
    again(session, params, |id, _| Ok(Command::Resume(id))).await
}

pub(super) async fn retry(session: &Session, params: StepRef) -> Result<Run, Error> {
    again(session, params, |id, step| Ok(Command::Retry(id, step))).await
}

pub(super) async fn accept(session: &Session, params: StepRef) -> Result<Run, Error> {
    let unnamed = || Error::new(ErrorKind::InvalidInput, "name the step to accept");
    again(session, params, |id, step| {
        Ok(Command::Accept(id, step.ok_or_else(unnamed)?))
    })
    .await
}

/// Sets a run going again: with fresh settings, and with the secrets that the client has.
pub(super) async fn again(
    session: &Session,
    params: StepRef,
    command: impl FnOnce(RunId, Option<String>) -> Result<Command, Error>,
) -> Result<Run, Error> {
    let core = &session.core;
    let (run, _) = find::run(session, &params.run_id, params.repo.as_deref()).await?;
    let command = command(run.id.clone(), params.step_id)?;
    let settings = core.tenants.for_work(&run.repo)?;
    let client: Vec<(String, String)> = params.environment.into_iter().collect();
    let names = secret_names(&run.workflow, &settings);
    core.secrets
        .give_run(&run.id, environment::secrets(&client, &names).0);
    core.engine.set_tenant(run.repo.clone(), settings).await;
    core.engine.command(command).await.map_err(engine_error)?;
    find::view(session, &run.id).await
}

/// The secrets that a run may want of a client's environment.
pub(super) fn secret_names(
    workflow: &Workflow,
    settings: &model::settings::TenantSettings,
) -> Vec<String> {
    let of_steps = workflow.steps.iter().flat_map(|step| &step.env);
    let of_agents = settings.agents.values().flat_map(|agent| &agent.env);
    let built_in = workflow.steps.iter().filter_map(|step| step.built_in());
    let optional = built_in.flat_map(|task| task.secrets);
    let optional = optional.map(|name| (*name).to_owned());
    let mut names: Vec<String> = of_steps.chain(of_agents).cloned().chain(optional).collect();
    names.sort();
    names.dedup();
    names
}
