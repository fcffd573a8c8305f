//! `config show [--origin]`.

use super::text;
use crate::context::Context;
use crate::exit::Exit;
use crate::style::Paint;
use crate::table::{self, Cell};
use client::Api;
use protocol::Error;
use protocol::config::{RepoRef, Setting};

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Show the file and line, variable or flag that set each value
    #[arg(long)]
    origin: bool,
}

pub(crate) async fn run(context: &Context, args: Args) -> Result<Exit, Error> {
    let repo = Some(context.repo_text());
    let settings = context
        .daemon()
        .await?
        .config_show(RepoRef { repo })
        .await?;
    context.out.diagnostics(&settings.diagnostics);
    context.out.result(&settings, |settings| {
        let rows: Vec<Vec<Cell>> = settings
            .settings
            .iter()
            .map(|setting| row(setting, args.origin))
            .collect();
        let head: &[&str] = if args.origin {
            &["SETTING", "VALUE", "FROM"]
        } else {
            &["SETTING", "VALUE", "MEANING"]
        };
        table::render(head, &rows, &[], context.out.columns(), context.out.style)
    });
    Ok(Exit::DONE)
}

fn row(setting: &Setting, origin: bool) -> Vec<Cell> {
    let own = setting.origin != "default";
    let last = if origin {
        place(setting)
    } else {
        setting.meaning.clone()
    };
    vec![
        (
            if own { Paint::Bold } else { Paint::Plain },
            setting.key.clone(),
        ),
        (
            if own { Paint::Cyan } else { Paint::Plain },
            text(&setting.value),
        ),
        (Paint::Dim, last),
    ]
}

/// `project .tapps-agents/config.yaml:3`.
fn place(setting: &Setting) -> String {
    match (&setting.source, setting.line) {
        (Some(source), Some(line)) => format!("{} {source}:{line}", setting.origin),
        (Some(source), None) => format!("{} {source}", setting.origin),
        (None, _) => setting.origin.clone(),
    }
}
