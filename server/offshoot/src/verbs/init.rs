//! `init`: a first configuration and an example workflow in the repository. Never overwrites.

use crate::context::Context;
use crate::exit::Exit;
use crate::git;
use crate::render::ending;
use crate::row::Row;
use crate::style::Paint;
use protocol::documents::Initialized;
use protocol::{Error, ErrorKind};
use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::path::Path;

/// What is written where.
const FILES: [(&str, &str); 2] = [
    (
        ".tapps-agents/config.yaml",
        include_str!("../../templates/config.yaml"),
    ),
    (
        "workflows/example.yaml",
        include_str!("../../templates/example.yaml"),
    ),
];

/// Arguments of `init`.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {}

/// `init`.
pub(crate) fn run(context: &Context, _args: Args) -> Result<Exit, Error> {
    let repo = git::open(&context.repo)?;
    let mut done = Initialized {
        repo: repo.root().display().to_string(),
        ..Initialized::default()
    };
    for (path, text) in FILES {
        match write_new(&repo.root().join(path), text) {
            Ok(()) => done.written.push(path.to_owned()),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
                done.kept.push(path.to_owned())
            }
            Err(error) => {
                return Err(Error::new(
                    ErrorKind::Failed,
                    format!("`{path}` cannot be written: {error}"),
                ));
            }
        }
    }
    context.out.result(&done, |done| lines(context, done));
    Ok(Exit::DONE)
}

fn write_new(path: &Path, text: &str) -> io::Result<()> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    let mut file = OpenOptions::new().write(true).create_new(true).open(path)?;
    file.write_all(text.as_bytes())
}

fn lines(context: &Context, done: &Initialized) -> Vec<String> {
    let style = context.out.style;
    let line = |paint, sign, path: &str, what| {
        let row = Row::new().with(paint, sign).text(" ").text(path);
        row.with(Paint::Dim, what).finish(None, style)
    };
    let written = done
        .written
        .iter()
        .map(|path| line(Paint::Green, style.either("✔", "+"), path, "  written"));
    let kept = done.kept.iter().map(|path| {
        line(
            Paint::Dim,
            style.either("–", "-"),
            path,
            "  was there, kept as it is",
        )
    });
    let mut lines: Vec<String> = written.chain(kept).collect();
    lines.extend(ending::commands(
        &[
            (
                "offshoot run workflows/example.yaml".to_owned(),
                "run the example",
            ),
            (
                "offshoot workflow validate workflows/example.yaml".to_owned(),
                "check it after an edit",
            ),
            (
                "offshoot doctor".to_owned(),
                "look whether everything is in order",
            ),
        ],
        style,
    ));
    lines
}
