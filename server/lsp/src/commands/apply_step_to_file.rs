//! `offshoot.applyStepToFile {run_id, step_id?, file}` -> `{path, edits}`: puts what a step (or the whole run) changed
//! in one file into what the editor has of it, unsaved changes and all, as one edit that can be undone.

use super::target::{file_of, text};
use super::{Call, argument};
use crate::daemon::Connect;
use crate::findings::merge::{Edit, Merged, merge};
use crate::positions::Lines;
use crate::session::Session;
use client::Api;
use protocol::file::{FileContent, FileRead, Side};
use protocol::run::RunRef;
use protocol::{Error, ErrorKind};
use serde::Deserialize;
use serde_json::{Value, json};
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use tower_lsp::gen_lsp_types::{MessageType, WorkspaceEdit};

/// Its name.
pub(super) const NAME: &str = "offshoot.applyStepToFile";

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Argument {
    /// Id or unique prefix.
    run_id: String,
    /// The step; absent = the run's result.
    #[serde(default)]
    step_id: Option<String>,
    /// URI or path of the file in the checkout.
    file: String,
}

/// The file as the editor has it.
struct Own {
    path: PathBuf,
    address: String,
    /// None for a file that is not open.
    version: Option<i32>,
    text: Arc<str>,
}

/// Merges, and sends the edit.
pub(super) async fn run<C: Connect>(call: Call<C>) -> Result<Value, Error> {
    let argument: Argument = argument(NAME, call.argument)?;
    let session = call.session;
    if !session.options().client.apply_edit {
        let message = "this editor takes no edits from a language server";
        return Err(Error::new(ErrorKind::Refused, message).hint("apply the run: `offshoot.applyRun`"));
    }
    let path = file_of(&argument.file, session.folder().as_deref())?;
    let api = session.to_change().await?;
    let read = read_of(&session, &api, &argument, &path).await?;
    let base = api.file_read(FileRead { side: Side::Base, ..read.clone() }).await?;
    let theirs = api.file_read(FileRead { side: Side::Result, ..read }).await?;
    let (base, theirs) = texts(base, theirs)?;
    let own = own(&session, path).await?;
    let edits = match merge(&base, &theirs, &own.text) {
        Merged::Edits(edits) => edits,
        Merged::Clash(lines) => return Err(clash(&own.path, &lines)),
    };
    let answer = json!({ "path": own.path, "edits": edits.len() });
    if !edits.is_empty() {
        send(session, own, &edits)?;
    }
    Ok(answer)
}

/// What to read: the path as the repository has it.
async fn read_of<C: Connect>(
    session: &Session<C>,
    api: &C::Api,
    argument: &Argument,
    path: &Path,
) -> Result<FileRead, Error> {
    let now = session.runs.once_read().await;
    let known = now.repositories.locate(path);
    let (root, relative) = match known {
        Some((root, relative)) => (root.to_owned(), relative),
        None => by_run(api, &argument.run_id, path).await?,
    };
    Ok(FileRead {
        run_id: argument.run_id.clone(),
        step_id: argument.step_id.clone(),
        side: Side::Base,
        path: text(&relative)?,
        repo: Some(text(&root)?),
    })
}

/// A repository that the workspace has not, or that it has since a moment ago: the run knows its own.
async fn by_run<A: Api>(api: &A, run_id: &str, path: &Path) -> Result<(PathBuf, PathBuf), Error> {
    let reference = RunRef { run_id: run_id.to_owned(), repo: None };
    let root = PathBuf::from(api.run_show(reference).await?.repo);
    let real = tokio::fs::canonicalize(path).await;
    let real = real.unwrap_or_else(|_| path.to_owned());
    let relative = real.strip_prefix(&root).map(Path::to_owned).map_err(|_| {
        let message = format!("{} is not in the run's repository, {}", path.display(), root.display());
        Error::new(ErrorKind::NotFound, message).hint("open its repository's folder")
    })?;
    Ok((root, relative))
}

/// Both as text. What is no change of a text goes another way.
fn texts(base: FileContent, theirs: FileContent) -> Result<(String, String), Error> {
    let what = match (&base, &theirs) {
        (base, theirs) if base.missing && theirs.missing => "there is no such file in the step",
        (_, theirs) if theirs.missing => "the step removes this file",
        (base, theirs) if base.binary || theirs.binary => "the file is no text",
        _ => return Ok((base.text.unwrap_or_default(), theirs.text.unwrap_or_default())),
    };
    let message = format!("{what}: {}", theirs.path);
    Err(Error::new(ErrorKind::Refused, message)
        .hint("`offshoot.applyRun` with `paths` applies single files of a run"))
}

/// The open document, else what lies on disk; a file that is not there yet is empty.
async fn own<C: Connect>(session: &Session<C>, path: PathBuf) -> Result<Own, Error> {
    let address = session.documents.address(&path);
    if let Some(document) = session.documents.get(&address) {
        return Ok(Own {
            path,
            address,
            version: Some(document.version),
            text: document.text,
        });
    }
    match tokio::fs::read_to_string(&path).await {
        Ok(text) => Ok(Own { path, address, version: None, text: text.into() }),
        Err(error) => {
            let message = format!("{} cannot be read: {error}", path.display());
            Err(Error::new(ErrorKind::InvalidInput, message)
                .hint("`offshoot.applyRun` with `paths` also makes files that are new"))
        }
    }
}

fn clash(path: &Path, lines: &Range<u32>) -> Error {
    let (first, last) = (lines.start + 1, lines.end.max(lines.start + 1));
    let place = if first == last { format!("line {first}") } else { format!("lines {first} to {last}") };
    let message = format!("{place} of {} changed here and in the step, in different ways", path.display());
    Error::new(ErrorKind::Conflict, message)
        .hint("look at the step's change with `offshoot.showDiff`, and put it in by hand")
        .details(json!({ "path": path, "line": first, "end_line": last }))
}

/// Sends the edit, and does not wait for what the client makes of it.
fn send<C: Connect>(session: Arc<Session<C>>, own: Own, edits: &[Edit]) -> Result<(), Error> {
    let lines = Lines::new(&own.text, session.options().encoding);
    let edits: Vec<Value> = edits
        .iter()
        .map(|edit| json!({ "range": lines.range(&edit.range), "newText": edit.text }))
        .collect();
    let edit = if session.options().client.document_changes {
        let document = json!({ "uri": own.address, "version": own.version });
        json!({ "documentChanges": [{ "textDocument": document, "edits": edits }] })
    } else {
        json!({ "changes": { own.address.clone(): edits } })
    };
    let edit: WorkspaceEdit = serde_json::from_value(edit)
        .map_err(|error| Error::new(ErrorKind::Internal, error.to_string()))?;
    tokio::spawn(async move {
        let applied = session.editor.apply_edit(edit).await;
        let why = match applied {
            Ok(result) if result.applied => return,
            Ok(result) => result.failure_reason.unwrap_or_else(|| "it has changed meanwhile".to_owned()),
            Err(error) => error.message.into_owned(),
        };
        let message = format!("The step's change was not put into {}: {why}", own.path.display());
        session.editor.show_message(MessageType::Error, message).await;
    });
    Ok(())
}
