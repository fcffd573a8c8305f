//! `workflow list [--files]`.

use crate::context::Context;
use crate::exit::Exit;
use crate::render;
use crate::style::Paint;
use crate::table;
use client::Api;
use jiff::Timestamp;
use protocol::Error;
use protocol::config::{RepoRef, WorkflowFile};
use protocol::run::RunFilter;

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// List the workflow files of the repository
    #[arg(long)]
    files: bool,
    /// Only runs of this workflow
    #[arg(long, value_name = "ID", conflicts_with = "files")]
    workflow_id: Option<String>,
    /// At most this many runs
    #[arg(long, value_name = "N", default_value_t = 20, conflicts_with = "files")]
    limit: u32,
    /// Runs of all repositories
    #[arg(long, conflicts_with = "files")]
    all: bool,
}

pub(crate) async fn run(context: &Context, args: Args) -> Result<Exit, Error> {
    let client = context.daemon().await?;
    if args.files {
        let repo = Some(context.repo_text());
        let found = client.workflow_files(RepoRef { repo }).await?;
        context
            .out
            .result(&found, |found| files(context, &found.files));
        return Ok(Exit::DONE);
    }
    let filter = RunFilter {
        repo: (!args.all).then(|| context.repo_text()),
        workflow_id: args.workflow_id,
        limit: Some(args.limit),
    };
    let list = client.run_list(filter).await?;
    context.out.result(&list, |list| {
        render::run::list(
            &list.runs,
            Timestamp::now(),
            context.out.columns(),
            context.out.style,
        )
    });
    Ok(Exit::DONE)
}

fn files(context: &Context, files: &[WorkflowFile]) -> Vec<String> {
    if files.is_empty() {
        return vec![
            "no workflow files in workflows/, .offshoot/workflows/ or .tapps-agents/workflows/: \
                     `offshoot init` writes an example"
                .to_owned(),
        ];
    }
    let row = |file: &WorkflowFile| {
        let (paint, state) = match (file.errors, file.warnings) {
            (0, 0) => (Paint::Green, "ok".to_owned()),
            (0, warnings) => (
                Paint::Yellow,
                crate::times::count(warnings as usize, "warning"),
            ),
            (errors, _) => (Paint::Red, crate::times::count(errors as usize, "error")),
        };
        vec![
            (Paint::Bold, file.path.clone()),
            (Paint::Plain, file.steps.to_string()),
            (paint, state),
            (Paint::Dim, file.name.clone()),
        ]
    };
    let rows: Vec<_> = files.iter().map(row).collect();
    table::render(
        &["FILE", "STEPS", "STATE", "NAME"],
        &rows,
        &[1],
        context.out.columns(),
        context.out.style,
    )
}
