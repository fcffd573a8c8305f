//! `worktree list|prune|restore`.

use crate::context::Context;
use crate::exit::Exit;
use crate::style::Paint;
use crate::table::{self, Cell};
use crate::times;
use clap::Subcommand;
use client::Api;
use protocol::Error;
use protocol::config::RepoRef;
use protocol::worktree::{PruneParams, Pruned, RestoreParams, WorktreeList};
use std::path::PathBuf;

#[derive(Debug, Subcommand)]
pub(crate) enum Verb {
    /// List the worktrees of steps, and what was saved of removed ones
    List,
    /// Remove worktrees nobody needs; what is dirty or unmerged is saved first
    Prune {
        /// Also those of failed runs that would still be kept
        #[arg(long)]
        all: bool,
        /// Instead, those of repositories that are not there any more; what is in them is lost
        #[arg(long, conflicts_with = "all")]
        gone: bool,
    },
    /// Bring a saved state back into a new folder
    Restore {
        /// Its name, as `worktree list` shows it
        name: String,
        /// The new folder
        folder: PathBuf,
    },
}

impl Verb {
    pub(crate) async fn run(self, context: &Context) -> Result<Exit, Error> {
        let client = context.daemon().await?;
        let repo = context.repo_text();
        match self {
            Self::List => {
                let list = client.worktree_list(RepoRef { repo: Some(repo) }).await?;
                context.out.result(&list, |list| lines(context, list));
            }
            Self::Prune { all, gone } => {
                let repo = Some(repo).filter(|_| !gone);
                let params = PruneParams { repo, all, gone };
                let pruned = client.worktree_prune(params).await?;
                context.out.result(&pruned, prune_lines);
            }
            Self::Restore { name, folder } => {
                let path = context.folder.join(folder).to_string_lossy().into_owned();
                let restored = client
                    .worktree_restore(RestoreParams { repo, name, path })
                    .await?;
                context.out.result(&restored, |restored| {
                    let branch = restored
                        .branch
                        .iter()
                        .map(|branch| format!(" on branch {branch}"));
                    vec![format!(
                        "restored in {}{}",
                        restored.path,
                        branch.collect::<String>()
                    )]
                });
            }
        }
        Ok(Exit::DONE)
    }
}

fn lines(context: &Context, list: &WorktreeList) -> Vec<String> {
    let (columns, style) = (context.out.columns(), context.out.style);
    let mut lines = Vec::new();
    if list.worktrees.is_empty() {
        lines.push("no worktrees".to_owned());
    } else {
        let rows: Vec<Vec<Cell>> = list.worktrees.iter().map(row).collect();
        lines.extend(table::render(
            &["STATE", "RUN", "STEP", "AGE", "SIZE", "PORTS", "FOLDER"],
            &rows,
            &[3, 4],
            columns,
            style,
        ));
    }
    if !list.salvaged.is_empty() {
        lines.push(String::new());
        let row = |saved: &protocol::worktree::Salvage| {
            let commit: String = saved.commit.chars().take(9).collect();
            vec![(Paint::Plain, saved.name.clone()), (Paint::Dim, commit)]
        };
        let rows: Vec<Vec<Cell>> = list.salvaged.iter().map(row).collect();
        lines.extend(table::render(
            &["SAVED", "COMMIT"],
            &rows,
            &[],
            columns,
            style,
        ));
    }
    lines
}

fn row(worktree: &protocol::worktree::Worktree) -> Vec<Cell> {
    let paint = match worktree.state.as_str() {
        "active" => Paint::Green,
        "orphan" | "conflict" => Paint::Yellow,
        "warm" | "foreign" => Paint::Dim,
        _ => Paint::Plain,
    };
    vec![
        (paint, worktree.state.clone()),
        (Paint::Plain, worktree.run_id.clone().unwrap_or_default()),
        (Paint::Plain, worktree.step_id.clone().unwrap_or_default()),
        (
            Paint::Dim,
            worktree.since.as_deref().map(age).unwrap_or_default(),
        ),
        (
            Paint::Dim,
            worktree.bytes.map(times::bytes).unwrap_or_default(),
        ),
        (Paint::Plain, ports(&worktree.ports)),
        (Paint::Dim, folder(worktree)),
    ]
}

/// Where it lies, and whose it is where that is somebody else.
fn folder(worktree: &protocol::worktree::Worktree) -> String {
    match &worktree.owner {
        Some(owner) => format!("{} (of {owner})", worktree.path),
        None => worktree.path.clone(),
    }
}

fn prune_lines(pruned: &Pruned) -> Vec<String> {
    let mut lines = vec![format!(
        "removed {}",
        times::count(pruned.removed.len(), "worktree")
    )];
    lines.extend(pruned.removed.iter().map(|path| format!("  {path}")));
    for name in &pruned.salvaged {
        lines.push(format!(
            "  saved: `offshoot worktree restore {name} FOLDER` brings it back"
        ));
    }
    for left in &pruned.left {
        lines.push(format!("left {}: {}", left.path, left.reason));
    }
    lines.extend(
        pruned
            .warnings
            .iter()
            .map(|warning| format!("warning: {warning}")),
    );
    lines
}

fn age(since: &str) -> String {
    times::since(since, jiff::Timestamp::now())
        .map(times::duration)
        .unwrap_or_default()
}

/// `20011`, `web 20012`: the part of the variable's name that tells them apart.
pub(crate) fn ports(ports: &std::collections::BTreeMap<String, u16>) -> String {
    let named = ports.iter().map(|(variable, port)| {
        let name = variable
            .trim_start_matches("OFFSHOOT_PORT")
            .trim_start_matches('_');
        match name {
            "" => port.to_string(),
            name => format!("{} {port}", name.to_lowercase()),
        }
    });
    named.collect::<Vec<_>>().join(", ")
}
