//! `textDocument/documentSymbol`: the workflow, its steps, the files they create; of settings the sections.

use super::{Content, Reading};
use model::language::Outline;
use model::language::tree::{Entry, Kind, Node, Span};
use model::workflow::Work;

/// Sections below this are not listed.
const DEPTH: usize = 4;

/// Something in the outline of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Sign {
    /// What it is called.
    pub(crate) name: String,
    /// Beside the name.
    pub(crate) detail: String,
    /// What it is.
    pub(crate) kind: SignKind,
    /// All of it.
    pub(crate) range: Span,
    /// Its name.
    pub(crate) selection: Span,
    /// What it holds.
    pub(crate) children: Vec<Self>,
}

/// What a sign is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum SignKind {
    /// The workflow.
    Workflow,
    /// A step.
    Step,
    /// A file that a step creates.
    File,
    /// A section of settings.
    Section,
    /// A setting.
    Value,
}

/// The outline of a document.
pub(crate) fn symbols(reading: &Reading) -> Vec<Sign> {
    match &reading.content {
        Content::Workflow(outline) => workflow(outline).into_iter().collect(),
        Content::Settings(_, yaml) => {
            let entries = yaml.root.as_ref().and_then(Node::entries);
            entries.map(|all| sections(all, DEPTH)).unwrap_or_default()
        }
        Content::Other => Vec::new(),
    }
}

fn workflow(outline: &Outline) -> Option<Sign> {
    let root = outline.yaml.root.as_ref()?;
    let steps: Vec<Sign> = (0..outline.map.steps.len())
        .filter_map(|index| step(outline, index))
        .collect();
    let workflow = outline.workflow.as_ref();
    let name = workflow.map_or("workflow", |workflow| {
        if workflow.name.is_empty() {
            &workflow.id
        } else {
            &workflow.name
        }
    });
    let start = root.span.start..root.span.start;
    let selection = outline.map.id.clone().unwrap_or(start);
    Some(Sign {
        name: name.to_owned(),
        detail: format!("{} steps", steps.len()),
        kind: SignKind::Workflow,
        range: hull(&root.span, &selection, &steps),
        selection,
        children: steps,
    })
}

fn step(outline: &Outline, index: usize) -> Option<Sign> {
    let places = outline.map.steps.get(index)?;
    let step = outline.step(index)?;
    let made = outline.map.artifacts.iter();
    let children: Vec<Sign> = made
        .filter(|place| place.step == index && place.made)
        .filter(|place| {
            places.range.start <= place.range.start && place.range.end <= places.range.end
        })
        .map(|place| Sign {
            name: place.path.clone(),
            detail: String::new(),
            kind: SignKind::File,
            range: place.range.clone(),
            selection: place.range.clone(),
            children: Vec::new(),
        })
        .collect();
    Some(Sign {
        name: step.title.clone(),
        detail: detail(&step.work),
        kind: SignKind::Step,
        range: hull(&places.range, &places.name, &children),
        selection: places.name.clone(),
        children,
    })
}

fn detail(work: &Work) -> String {
    match work {
        Work::Shell(_) | Work::Argv(_) => "run".to_owned(),
        Work::Agent(work) => format!("@{} {}", work.agent, work.action)
            .trim_end()
            .to_owned(),
        Work::Nothing => "finalize".to_owned(),
    }
}

/// Clients refuse a name that lies outside of its range; that of an alias may.
fn hull(range: &Span, selection: &Span, children: &[Sign]) -> Span {
    let all = children.iter().map(|child| &child.range).chain([selection]);
    all.fold(range.clone(), |hull, next| {
        hull.start.min(next.start)..hull.end.max(next.end)
    })
}

fn sections(entries: &[Entry], depth: usize) -> Vec<Sign> {
    let Some(depth) = depth.checked_sub(1) else {
        return Vec::new();
    };
    let sign = |entry: &Entry| {
        let (kind, children) = match &entry.value.kind {
            Kind::Map(below) => (SignKind::Section, sections(below, depth)),
            Kind::List(items) => {
                let maps = items.iter().filter_map(Node::entries);
                (
                    SignKind::Section,
                    maps.flat_map(|below| sections(below, depth)).collect(),
                )
            }
            Kind::Scalar(_) => (SignKind::Value, Vec::new()),
        };
        let range = entry.key_span.start..entry.value.span.end.max(entry.key_span.end);
        Sign {
            name: entry.key.clone(),
            detail: String::new(),
            kind,
            range: hull(&range, &entry.key_span, &children),
            selection: entry.key_span.clone(),
            children,
        }
    };
    entries.iter().map(sign).collect()
}
