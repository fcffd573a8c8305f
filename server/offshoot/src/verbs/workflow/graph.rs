//! `workflow graph FILE|RUN`: the steps and what waits for what, as Mermaid, DOT or JSON.

use super::file;
use crate::context::Context;
use crate::exit::Exit;
use client::Api;
use model::workflow::Workflow;
use protocol::Error;
use protocol::documents::{Edge, Graph, Node};
use protocol::run::{Run, RunRef};
use std::fmt::Write;
use std::path::{Path, PathBuf};

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// A workflow file, or the id of a run
    #[arg(value_name = "FILE|RUN")]
    what: String,
    /// How it is drawn
    #[arg(long, value_enum, default_value_t = Format::Mermaid)]
    format: Format,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Format {
    /// For Markdown
    Mermaid,
    /// For Graphviz
    Dot,
    /// For programs
    Json,
}

pub(crate) async fn run(context: &Context, args: Args) -> Result<Exit, Error> {
    let path = PathBuf::from(&args.what);
    let file = context.file(&path);
    let graph = if file.is_file() || looks_like_file(&path) {
        of_workflow(&file::check(context, &path, &file)?)
    } else {
        let wanted = RunRef {
            run_id: args.what,
            repo: Some(context.repo_text()),
        };
        of_run(&context.daemon().await?.run_show(wanted).await?)
    };
    match args.format {
        _ if context.out.json => context.out.document(&graph),
        Format::Json => context.out.document(&graph),
        Format::Mermaid => context.out.raw(&mermaid(&graph)),
        Format::Dot => context.out.raw(&dot(&graph)),
    }
    Ok(Exit::DONE)
}

/// No run's id has a separator or an ending.
fn looks_like_file(path: &Path) -> bool {
    path.extension().is_some() || path.components().count() > 1
}

pub(crate) fn of_workflow(workflow: &Workflow) -> Graph {
    let id = |index: &usize| workflow.steps.get(*index).map(|step| step.id.to_string());
    let edges = workflow.steps.iter().flat_map(|step| {
        let needs = step.needs.iter().filter_map(id);
        needs.map(|from| Edge {
            from,
            to: step.id.to_string(),
        })
    });
    let nodes = workflow.steps.iter().map(|step| Node {
        id: step.id.to_string(),
        title: step.title.clone(),
        status: None,
    });
    Graph {
        workflow_id: workflow.id.clone(),
        nodes: nodes.collect(),
        edges: edges.collect(),
    }
}

fn of_run(run: &Run) -> Graph {
    let edges = run.steps.iter().flat_map(|step| {
        let needs = step.needs.iter().cloned();
        needs.map(|from| Edge {
            from,
            to: step.id.clone(),
        })
    });
    let nodes = run.steps.iter().map(|step| Node {
        id: step.id.clone(),
        title: step.title.clone(),
        status: Some(step.status.clone()),
    });
    Graph {
        workflow_id: run.workflow_id.clone(),
        nodes: nodes.collect(),
        edges: edges.collect(),
    }
}

/// Names in the drawing are numbers: ids may be words that Mermaid keeps for itself, like `end`.
pub(crate) fn mermaid(graph: &Graph) -> String {
    let mut text = String::from("flowchart TD\n");
    for (index, node) in graph.nodes.iter().enumerate() {
        let label = label(node).replace('"', "#quot;");
        // Writing into a String does not fail.
        let _ = writeln!(text, "  s{index}[\"{label}\"]");
    }
    for edge in &graph.edges {
        let place = |id: &String| graph.nodes.iter().position(|node| node.id == *id);
        if let (Some(from), Some(to)) = (place(&edge.from), place(&edge.to)) {
            let _ = writeln!(text, "  s{from} --> s{to}");
        }
    }
    text
}

pub(crate) fn dot(graph: &Graph) -> String {
    let quoted = |text: &str| format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""));
    let mut text = format!("digraph {} {{\n", quoted(&graph.workflow_id));
    for node in &graph.nodes {
        let _ = writeln!(
            text,
            "  {} [label={}];",
            quoted(&node.id),
            quoted(&label(node))
        );
    }
    for edge in &graph.edges {
        let _ = writeln!(text, "  {} -> {};", quoted(&edge.from), quoted(&edge.to));
    }
    text + "}\n"
}

fn label(node: &Node) -> String {
    let name = if node.title.is_empty() {
        &node.id
    } else {
        &node.title
    };
    let name = crate::row::clean(name);
    match &node.status {
        Some(status) => format!("{name} ({status})"),
        None => name,
    }
}
