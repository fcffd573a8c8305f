//! `workflow validate FILE…`: all problems of all files, no run, no daemon.

use super::file::{self, Checked};
use crate::context::Context;
use crate::exit::Exit;
use crate::row::Row;
use crate::style::Paint;
use crate::times::count;
use protocol::Error;
use protocol::documents::{Validated, ValidatedFile};
use protocol::error::Diagnostic;
use std::path::PathBuf;

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The workflow files
    #[arg(value_name = "FILE", required = true)]
    files: Vec<PathBuf>,
}

pub(crate) fn run(context: &Context, args: &Args) -> Result<Exit, Error> {
    let mut report = Validated::default();
    let mut bad = 0;
    for given in &args.files {
        let checked = match file::parse(given, &context.file(given)) {
            Ok(checked) => checked,
            // The only file: what is wrong with it is what is wrong with the call.
            Err(error) if args.files.len() == 1 => return Err(error),
            Err(error) => unreadable(given, error),
        };
        bad += usize::from(checked.workflow.is_none());
        report.files.push(ValidatedFile {
            file: given.display().to_string(),
            workflow_id: checked
                .workflow
                .as_ref()
                .map(|workflow| workflow.id.clone()),
            steps: checked
                .workflow
                .as_ref()
                .map_or(0, |workflow| workflow.steps.len()),
            diagnostics: checked.diagnostics,
        });
    }
    if bad > 0 {
        context.out.lines(lines(context, &report, true));
        let all: Vec<Diagnostic> = report
            .files
            .into_iter()
            .flat_map(|file| file.diagnostics)
            .collect();
        let message = format!(
            "{} of {} cannot be run",
            bad,
            count(args.files.len(), "file")
        );
        return Err(Error::invalid(message, &all));
    }
    for file in &report.files {
        context.out.diagnostics(&file.diagnostics);
    }
    context
        .out
        .result(&report, |report| lines(context, report, false));
    Ok(Exit::DONE)
}

/// A place also for a file that cannot be read.
fn unreadable(given: &std::path::Path, error: Error) -> Checked {
    let diagnostic = Diagnostic {
        file: given.display().to_string(),
        line: 1,
        column: 1,
        end_line: 1,
        end_column: 1,
        code: "unreadable".to_owned(),
        severity: "error".to_owned(),
        message: error.message,
        hint: error.hint,
    };
    Checked {
        workflow: None,
        diagnostics: vec![diagnostic],
    }
}

fn lines(context: &Context, report: &Validated, only_good: bool) -> Vec<String> {
    let style = context.out.style;
    let shown = report
        .files
        .iter()
        .filter(|file| !only_good || file.workflow_id.is_some());
    shown
        .map(|file| {
            let warnings = match file.diagnostics.len() {
                0 => String::new(),
                many => format!(", {}", count(many, "warning")),
            };
            let text = format!("  {}{warnings}", count(file.steps, "step"));
            Row::new()
                .with(Paint::Green, style.either("✔", "+"))
                .text(&format!(" {}", file.file))
                .with(Paint::Dim, &text)
                .finish(None, style)
        })
        .collect()
}
