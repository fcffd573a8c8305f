//! What can be done about a finding, where it is shown.

use super::Found;
use crate::daemon::Connect;
use crate::session::Session;
use protocol::run::{Run, Step};
use serde_json::{Value, json};
use std::path::Path;
use tower_lsp::gen_lsp_types::{CodeAction, CodeActionKind, CodeActionParams, Command, Diagnostic};

/// Actions for the findings that the request's range touches.
pub(crate) async fn actions<C: Connect>(
    session: &Session<C>,
    params: &CodeActionParams,
) -> Vec<CodeAction> {
    let fits =
        |kind: &CodeActionKind| matches!(kind, CodeActionKind::QuickFix | CodeActionKind::Empty);
    let only = params.context.only.as_ref();
    if !only.is_none_or(|only| only.iter().any(fits)) {
        return Vec::new();
    }
    let address = &params.text_document.uri.0;
    let now = session.runs.now();
    let found = session.shown.at(address, &params.range);
    let several = found.len() > 1;
    let mut actions = Vec::new();
    for found in &found {
        let run = now.get(&found.run_id);
        let about = Vec::from_iter(
            params
                .context
                .diagnostics
                .iter()
                .filter(|one| is_of(one, found))
                .cloned(),
        );
        let step = run.and_then(|run| step_of(run, found));
        let file = match step {
            Some(step) if can_be_edited(session, found, address) => {
                let changed = session.changed.by(session, found, step).await;
                changed.then_some(address.as_str())
            }
            _ => None,
        };
        let offers = offers(found, step, file);
        for (title, command, argument) in offers {
            let title = if several {
                format!("{title} ({})", found.finding.message)
            } else {
                title
            };
            actions.push(CodeAction {
                kind: Some(CodeActionKind::QuickFix),
                diagnostics: (!about.is_empty()).then(|| about.clone()),
                command: Some(Command {
                    title: title.clone(),
                    tooltip: None,
                    command: command.to_owned(),
                    arguments: Some(vec![argument]),
                }),
                title,
                ..Default::default()
            });
        }
    }
    actions
}

fn step_of<'r>(run: &'r Run, found: &Found) -> Option<&'r Step> {
    let id = found.step_id.as_deref()?;
    run.steps.iter().find(|step| step.id == id)
}

/// Whether the finding is about this file, and the client takes edits.
fn can_be_edited<C: Connect>(session: &Session<C>, found: &Found, address: &str) -> bool {
    session.options().client.apply_edit && own_file(session, found).as_deref() == Some(address)
}

/// The address of the file that a finding is about.
fn own_file<C: Connect>(session: &Session<C>, found: &Found) -> Option<String> {
    let relative = Path::new(found.finding.path.as_deref()?);
    let path = session.runs.now().repositories.shown(&found.root, relative);
    Some(session.documents.address(&path))
}

fn is_of(diagnostic: &Diagnostic, found: &Found) -> bool {
    let id = diagnostic
        .data
        .as_ref()
        .and_then(|data| data["id"].as_str());
    id == Some(found.finding.id.as_str())
}

type Offer = (String, &'static str, Value);

/// In the order in which they are likely to be wanted.
fn offers(found: &Found, step: Option<&Step>, file: Option<&str>) -> Vec<Offer> {
    let of = json!({ "run_id": found.run_id, "step_id": found.step_id });
    let mut offers = Vec::new();
    if let Some(step) = step {
        if let Some(file) = file {
            let mut argument = of.clone();
            argument["file"] = json!(file);
            offers.push((
                format!("Apply what `{}` changed in this file", step.id),
                "offshoot.applyStepToFile",
                argument,
            ));
        }
        offers.extend(of_step(found, step, &of));
    }
    offers.push((
        "Dismiss this finding".to_owned(),
        "offshoot.dismissFinding",
        json!({ "id": found.finding.id, "repo": found.root }),
    ));
    offers
}

fn of_step(found: &Found, step: &Step, of: &Value) -> Vec<Offer> {
    let mut offers = Vec::new();
    if step.worktree.is_some() {
        let mut argument = of.clone();
        if let Some(path) = &found.finding.path {
            argument["path"] = json!(path);
            argument["line"] = json!(found.finding.line);
        }
        offers.push((
            format!("Open in the worktree of `{}`", step.id),
            "offshoot.openWorktree",
            argument,
        ));
    }
    if step.commit.is_some() {
        offers.push((
            format!("Show what `{}` changed", step.id),
            "offshoot.showDiff",
            of.clone(),
        ));
    }
    match step.status.as_str() {
        "unverified" => {
            offers.push((
                format!("Accept `{}` as it is", step.id),
                "offshoot.acceptStep",
                of.clone(),
            ));
            offers.push((
                format!("Retry `{}`", step.id),
                "offshoot.retryStep",
                of.clone(),
            ));
        }
        "completed" | "failed" | "cancelled" => {
            offers.push((
                format!("Retry `{}`", step.id),
                "offshoot.retryStep",
                of.clone(),
            ));
        }
        _ => {}
    }
    offers
}
