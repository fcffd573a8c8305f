//! `task ops` alone: one operation after the other, in one time, with one summary.

use super::common::Common;
use crate::context::Context;
use crate::exit::Exit;
use crate::render::symbol;
use crate::times::count;
use artifact::{Artifact, Severity, status};
use protocol::documents::{ArtifactEntry, ArtifactList};
use protocol::{Error, ErrorKind};
use std::io;
use std::path::PathBuf;
use tasks::ground::Ground;
use tasks::ops::{check, compliance, deps, infra, scan};
use tasks::tools::NoTools;
use tasks::web::Offline;

/// Where an artifact lies, and what is in it.
pub(in crate::verbs::task) type Done = (&'static str, Artifact);

#[derive(Debug, clap::Args)]
pub(crate) struct Whole {
    /// The folder; without it the repository, or the working directory
    pub(super) folder: Option<PathBuf>,
    #[command(flatten)]
    common: Common,
}

pub(crate) async fn run(context: &Context, args: Whole) -> Result<Exit, Error> {
    let Whole { folder, common } = args;
    let allow = common.allow.clone();
    let packages = super::audit::usual(context, &allow)?;
    let work = move |ground: &dyn Ground| work(ground, &allow, &packages);
    let done = common
        .perform(context, folder.as_deref(), work)
        .await
        .map_err(|error| {
            // A verb that is misspelt looks like a folder.
            let hint = error.kind == ErrorKind::NotFound && error.hint.is_none();
            if hint {
                error.hint(
                "a folder is meant here, or one of the verbs that `offshoot task ops --help` names",
            )
            } else {
                error
            }
        })?;
    show(context, &done);
    Ok(exit(&done, common.strict))
}

/// Shows several artifacts, a line for each.
pub(in crate::verbs::task) fn show(context: &Context, done: &[Done]) {
    let entries: Vec<ArtifactEntry> = done.iter().map(|(path, one)| entry(path, one)).collect();
    let list = ArtifactList { artifacts: entries };
    context.out.result(&list, |list| lines(context, list));
}

fn work(ground: &dyn Ground, allow: &[String], packages: &deps::Options) -> io::Result<Vec<Done>> {
    let alone = deps::Surroundings {
        web: &Offline,
        tools: &NoTools,
    };
    let check = check::Options {
        allow: allow.to_vec(),
        ..check::Options::default()
    };
    let secrets = scan::Options {
        allow: allow.to_vec(),
        ..scan::Options::default()
    };
    let compliance_options = compliance::Options {
        check: check.clone(),
        ..compliance::Options::default()
    };
    // Each of them leaves its artifact also when the one before was stopped.
    Ok(vec![
        (scan::ARTIFACT, scan::run(ground, &secrets)?),
        (deps::ARTIFACT, deps::run(ground, packages, alone)?),
        (infra::ARTIFACT, infra::run(ground, &check)?),
        (
            compliance::ARTIFACT,
            compliance::run(ground, &compliance_options)?,
        ),
    ])
}

fn entry(path: &str, artifact: &Artifact) -> ArtifactEntry {
    let findings = artifact.findings.iter().map(|one| one.severity);
    ArtifactEntry {
        path: path.to_owned(),
        kind: artifact.kind.clone(),
        schema_version: Some(artifact.schema_version.clone()),
        status: Some(artifact.status.clone()),
        error: artifact.error.clone(),
        findings: crate::verbs::artifact::counts(findings),
        ..ArtifactEntry::default()
    }
}

fn lines(context: &Context, list: &ArtifactList) -> Vec<String> {
    let style = context.out.style;
    let line = |entry: &ArtifactEntry| {
        let status = entry.status.as_deref().unwrap_or_default();
        let (sign, paint) = symbol::still(status, style);
        let found = &entry.findings;
        let why = match &entry.error {
            Some(error) => format!("  {status}: {error}"),
            None => String::new(),
        };
        format!(
            "{} {:<16} {}, {}, {} to know  {}{why}",
            style.paint(paint, sign),
            entry.kind,
            count(found.error as usize, "error"),
            count(found.warning as usize, "warning"),
            found.info,
            entry.path
        )
    };
    list.artifacts.iter().map(line).collect()
}

/// The worst of them: stopped by somebody, then failed.
fn exit(done: &[Done], strict: bool) -> Exit {
    let is = |word: &str| done.iter().any(|(_, one)| one.status == word);
    let bad = |artifact: &Artifact| {
        let mut findings = artifact.findings.iter();
        strict && findings.any(|one| one.severity == Severity::Error)
    };
    if is(status::CANCELLED) {
        Exit::CANCELLED
    } else if is(status::FAILED) || is(status::TIMEOUT) || done.iter().any(|(_, one)| bad(one)) {
        Exit::FAILED
    } else {
        Exit::DONE
    }
}
