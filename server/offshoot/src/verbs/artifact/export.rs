//! `artifact export`.

use super::source::{Found, Source};
use crate::context::Context;
use crate::exit::Exit;
use artifact::Artifact;
use clap::ValueEnum;
use protocol::{Error, ErrorKind};
use serde_json::{Value, json};
use std::io;
use std::path::{Path, PathBuf};

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(flatten)]
    source: Source,
    /// What is written
    #[arg(long, value_enum, default_value_t = Format::Sarif)]
    format: Format,
    /// Where to; `-` is stdout
    #[arg(long, short, value_name = "FILE", default_value = "-")]
    output: PathBuf,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// SARIF 2.1.0 as code scanning takes it: a run for each tool and category
    Sarif,
    /// One JSON document with all of them
    Json,
    /// A page
    Markdown,
}

pub(crate) async fn run(context: &Context, args: Args) -> Result<Exit, Error> {
    let found = args.source.read(context).await?;
    if found.is_empty() {
        return Err(
            Error::new(ErrorKind::NotFound, "there are no artifacts to export")
                .hint("`offshoot task ops` makes some; --run names a run that left others"),
        );
    }
    for one in &found {
        for note in &one.notes {
            context
                .out
                .note(&format!("note: {}: {note}", one.entry.path));
        }
    }
    let text = match args.format {
        Format::Sarif => sarif(context, &found),
        Format::Json => json_of(&found),
        Format::Markdown => Ok(markdown(&found)),
    };
    let text = text.map_err(|error| {
        Error::new(
            ErrorKind::Internal,
            format!("it cannot be written: {error}"),
        )
    })?;
    if args.output == Path::new("-") {
        context.out.raw(&text);
        return Ok(Exit::DONE);
    }
    let file = context.folder.join(&args.output);
    write(&file, &text).map_err(|error| {
        let message = format!("`{}` cannot be written: {error}", file.display());
        Error::new(ErrorKind::Failed, message)
    })?;
    let written = json!({"written": file, "artifacts": found.len()});
    context.out.result(&written, |_| {
        let count = crate::times::count(found.len(), "artifact");
        vec![format!("{count} in {}", args.output.display())]
    });
    Ok(Exit::DONE)
}

fn sarif(context: &Context, found: &[Found]) -> serde_json::Result<String> {
    let all: Vec<(&str, &Artifact)> = found
        .iter()
        .map(|one| (one.entry.path.as_str(), &one.artifact))
        .collect();
    let exported = artifact::to_sarif(&all, env!("CARGO_PKG_VERSION"))?;
    for note in &exported.notes {
        context.out.note(&format!("note: {note}"));
    }
    Ok(exported.text)
}

fn json_of(found: &[Found]) -> serde_json::Result<String> {
    let one = |found: &Found| -> serde_json::Result<Value> {
        let mut value = serde_json::to_value(&found.entry)?;
        if let Some(fields) = value.as_object_mut() {
            fields.remove("findings");
            fields.insert(
                "artifact".to_owned(),
                serde_json::to_value(&found.artifact)?,
            );
        }
        Ok(value)
    };
    let all = found
        .iter()
        .map(one)
        .collect::<serde_json::Result<Vec<_>>>()?;
    serde_json::to_string_pretty(&json!({"artifacts": all})).map(|text| text + "\n")
}

fn markdown(found: &[Found]) -> String {
    let pages = found.iter().map(|one| {
        let from = match (&one.entry.run_id, &one.entry.step_id) {
            (Some(run), Some(step)) => format!(" Left by step `{step}` of run `{run}`."),
            _ => String::new(),
        };
        let path = one.entry.path.replace('`', "'");
        tasks::page(&one.artifact, &format!("From `{path}`.{from}"))
    });
    pages.collect::<Vec<_>>().join("\n")
}

/// Writes it whole or not at all.
fn write(file: &Path, text: &str) -> io::Result<()> {
    let name = file.file_name().unwrap_or_default().to_string_lossy();
    let folder = file.parent().unwrap_or(Path::new("."));
    tasks::write(folder, &name, text)
}
