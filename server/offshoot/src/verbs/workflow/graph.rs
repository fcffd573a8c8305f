//! `workflow graph FILE|RUN`: the steps and what waits for what, as Mermaid, DOT or JSON.

use super::file;
use crate::context::Context;
use crate::exit::Exit;
use client::Api;
use model::score;
use model::workflow::{Step, Workflow};
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

/// What a graph shows of a step.
struct Part<'a> {
    id: String,
    title: &'a str,
    status: Option<&'a str>,
    reason: Option<&'a str>,
    round: Option<u32>,
    asks: Vec<String>,
    needs: Vec<String>,
    on_pass: Option<String>,
    on_fail: Option<String>,
    goes_back: bool,
    max_rounds: Option<u32>,
}

pub(crate) fn of_workflow(workflow: &Workflow) -> Graph {
    let id = |index: &usize| workflow.steps.get(*index).map(|step| step.id.to_string());
    let parts = workflow.steps.iter().map(|step| {
        let gate = step.gate.as_ref().filter(|gate| gate.enabled);
        Part {
            id: step.id.to_string(),
            title: &step.title,
            status: None,
            reason: None,
            round: None,
            asks: asks(
                gate.and_then(|gate| Some(gate.condition.as_ref()?.to_string())),
                thresholds(step),
            ),
            needs: step.needs.iter().filter_map(id).collect(),
            on_pass: gate.and_then(|gate| id(gate.on_pass.as_ref()?)),
            on_fail: gate.and_then(|gate| id(gate.on_fail.as_ref()?)),
            goes_back: gate.is_some_and(|gate| !gate.again.is_empty()),
            max_rounds: gate.and_then(|gate| gate.max_rounds),
        }
    });
    graph(&workflow.id, &parts.collect::<Vec<_>>())
}

fn of_run(run: &Run) -> Graph {
    let parts = run.steps.iter().map(|step| {
        let gate = step.gate.as_ref();
        Part {
            id: step.id.clone(),
            title: &step.title,
            status: Some(&step.status),
            reason: step.reason.as_deref(),
            round: Some(step.round).filter(|_| !step.rounds.is_empty() && step.round > 1),
            asks: asks(
                gate.and_then(|gate| gate.condition.clone()),
                step.thresholds
                    .iter()
                    .map(|(name, limit)| (name.as_str(), *limit)),
            ),
            needs: step.needs.clone(),
            on_pass: gate.and_then(|gate| gate.on_pass.clone()),
            on_fail: gate.and_then(|gate| gate.on_fail.clone()),
            goes_back: gate.is_some_and(|gate| !gate.again.is_empty()),
            max_rounds: gate.map(|gate| gate.max_rounds),
        }
    });
    graph(&run.workflow_id, &parts.collect::<Vec<_>>())
}

/// What a step's scores are held against.
fn thresholds(step: &Step) -> impl Iterator<Item = (&str, f64)> {
    let scoring = step.scoring.iter().filter(|scoring| scoring.enabled);
    let all = scoring.flat_map(|scoring| &scoring.thresholds);
    all.map(|(name, limit)| (name.as_str(), *limit))
}

/// What a gate asks, in lines.
fn asks<'a>(
    condition: Option<String>,
    thresholds: impl Iterator<Item = (&'a str, f64)>,
) -> Vec<String> {
    let wanted = thresholds.map(|(name, limit)| score::in_words(name, limit));
    let wanted = wanted.collect::<Vec<_>>().join(", ");
    let wanted = Some(wanted).filter(|wanted| !wanted.is_empty());
    condition.into_iter().chain(wanted).collect()
}

fn graph(workflow_id: &str, parts: &[Part<'_>]) -> Graph {
    let nodes = parts.iter().map(|part| Node {
        id: part.id.clone(),
        title: part.title.to_owned(),
        status: part.status.map(str::to_owned),
        reason: part.reason.map(str::to_owned),
        round: part.round,
        asks: part.asks.clone(),
    });
    let edges = parts.iter().flat_map(|part| {
        let needs = part.needs.iter().map(|from| Edge {
            from: from.clone(),
            to: part.id.clone(),
            gate: way(parts, from, &part.id).map(str::to_owned),
            back: false,
            max_rounds: None,
        });
        let back = part.on_fail.iter().filter(|_| part.goes_back);
        needs.chain(back.map(|to| Edge {
            from: part.id.clone(),
            to: to.clone(),
            gate: Some("fail".to_owned()),
            back: true,
            max_rounds: part.max_rounds,
        }))
    });
    Graph {
        workflow_id: workflow_id.to_owned(),
        nodes: nodes.collect(),
        edges: edges.collect(),
    }
}

/// Which way of the gate of `from` leads to `to`; none where it goes there either way.
fn way(parts: &[Part<'_>], from: &str, to: &str) -> Option<&'static str> {
    let gate = parts.iter().find(|part| part.id == from)?;
    let pass = gate.on_pass.as_deref() == Some(to);
    let fail = gate.on_fail.as_deref() == Some(to) && !gate.goes_back;
    match (pass, fail) {
        (true, false) => Some("pass"),
        (false, true) => Some("fail"),
        _ => None,
    }
}

/// Names in the drawing are numbers: ids may be words that Mermaid keeps for itself, like `end`.
pub(crate) fn mermaid(graph: &Graph) -> String {
    let mut text = String::from("flowchart TD\n");
    for (index, node) in graph.nodes.iter().enumerate() {
        let label = label(node).replace('"', "#quot;");
        let label = label.replace('\n', "<br/>");
        // Writing into a String does not fail.
        let _ = writeln!(text, "  s{index}[\"{label}\"]");
    }
    for edge in &graph.edges {
        let place = |id: &String| graph.nodes.iter().position(|node| node.id == *id);
        if let (Some(from), Some(to)) = (place(&edge.from), place(&edge.to)) {
            let line = if edge.back { "-.->" } else { "-->" };
            let label = way_label(edge);
            let label = label.map_or_else(String::new, |gate| format!("|{gate}|"));
            let _ = writeln!(text, "  s{from} {line}{label} s{to}");
        }
    }
    text
}

pub(crate) fn dot(graph: &Graph) -> String {
    let escaped = |text: &str| text.replace('\\', "\\\\").replace('"', "\\\"");
    let quoted = |text: &str| format!("\"{}\"", escaped(text).replace('\n', "\\n"));
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
        // What goes back does not say what stands above what.
        let attributes = match (way_label(edge), edge.back) {
            (Some(gate), true) => format!(" [label=\"{gate}\", style=dashed, constraint=false]"),
            (Some(gate), false) => format!(" [label=\"{gate}\"]"),
            (None, _) => String::new(),
        };
        let (from, to) = (quoted(&edge.from), quoted(&edge.to));
        let _ = writeln!(text, "  {from} -> {to}{attributes};");
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
    let round = node.round.map(|round| format!(", round {round}"));
    let round = round.unwrap_or_default();
    let head = match (&node.status, &node.reason) {
        (Some(status), Some(reason)) => {
            format!("{name} ({status}{round}: {})", crate::row::clean(reason))
        }
        (Some(status), None) => format!("{name} ({status}{round})"),
        (None, _) => name,
    };
    let asks = node.asks.iter().map(|line| crate::row::clean(line));
    let lines: Vec<String> = std::iter::once(head).chain(asks).collect();
    lines.join("\n")
}

/// Which way of a gate an edge is, and how often it may be gone.
fn way_label(edge: &Edge) -> Option<String> {
    let gate = edge.gate.clone()?;
    Some(match edge.max_rounds {
        Some(rounds) => format!(
            "{gate}, {} at most",
            crate::times::count(rounds as usize, "round")
        ),
        None => gate,
    })
}
