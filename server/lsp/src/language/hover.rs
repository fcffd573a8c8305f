//! `textDocument/hover`: what a key means, what became of a step, who makes and who wants a file, what an
//! agent is set to.

mod run;

use super::complete::Slot;
use super::reading::bare;
use super::{Content, Known, Reading};
use model::diagnostic::Position as Place;
use model::language::tree::Span;
use model::language::yaml::Found;
use model::language::{Key, Outline, Segment, Shape, Symbol};

/// What is shown, as markdown, and for which part of the text.
pub(crate) type Shown = (String, Span);

/// What is to be said of this place.
pub(crate) fn hover(reading: &Reading, at: Place, known: &Known) -> Option<Shown> {
    match &reading.content {
        Content::Workflow(outline) => workflow(outline, &reading.text, at, known),
        Content::Settings(schema, yaml) => {
            let found = yaml.key_at(at)?;
            let here = schema.at(&segments(&found))?;
            let name = &found.entry.key;
            let text = format!("**`{name}`**: {}\n\n{}", here.value(), here.markdown());
            Some((text, found.entry.key_span.clone()))
        }
        Content::Other => None,
    }
}

fn workflow(outline: &Outline, text: &str, at: Place, known: &Known) -> Option<Shown> {
    match outline.symbol_at(at, text) {
        Some((Symbol::Step(step), mention)) => {
            return Some((run::step(outline, step, known), mention.range));
        }
        Some((Symbol::Artifact(path), mention)) => {
            return Some((artifact(outline, &path), mention.range));
        }
        None => {}
    }
    if let Some(shown) = agent(outline, at, known) {
        return Some(shown);
    }
    let found = outline.yaml.key_at(at)?;
    let path = segments(&found);
    let slot = Slot::of(bare(&path, outline.wrapped));
    // `workflow:` itself stands above all that the ways know.
    let file = (found.entry.key == "workflow" && path.len() == 1)
        .then(|| model::language::keys::key(model::language::Level::File, "workflow"))
        .flatten();
    let key = slot.and_then(|slot| slot.key).or(file)?;
    let mut text = format!("**`{}`**: {}\n\n{}", key.name, key.value, key_markdown(key));
    if matches!(
        key.name,
        "id" | "step" | "title" | "run" | "prompt" | "agent"
    ) && let Some(step) = outline.map.step_at(at)
        && let Some(last) = run::last(outline, step, known)
    {
        text += &format!("\n\n---\n\n{last}");
    }
    Some((text, found.entry.key_span.clone()))
}

/// What a key means, with its default and an example, as markdown.
pub(super) fn key_markdown(key: &Key) -> String {
    let mut text = key.meaning.to_owned();
    if !key.default.is_empty() {
        text += &format!("\n\nWithout it: {}", key.default);
    }
    if !key.example.is_empty() {
        text += &format!("\n\nExample: `{}: {}`", key.name, key.example);
    }
    text
}

/// The way to the value of a key that was found. Which item of a list it is does not matter here.
fn segments(found: &Found<'_>) -> Vec<Segment> {
    let above = found.path.iter().map(|part| match *part {
        "[]" => Segment::Item(0),
        key => Segment::Key(key.to_owned()),
    });
    above
        .chain([Segment::Key(found.entry.key.clone())])
        .collect()
}

/// Who creates a file, and who requires it.
fn artifact(outline: &Outline, path: &str) -> String {
    let who = |made: bool| -> Vec<String> {
        let places = outline.map.artifacts.iter();
        places
            .filter(|place| place.made == made && place.path == path)
            .filter_map(|place| outline.map.steps.get(place.step))
            .map(|step| format!("`{}`", step.id))
            .collect()
    };
    let (made, wanted) = (who(true), who(false));
    let mut text = format!("**{path}**\n\n");
    text += &match made.as_slice() {
        [] => "Created by no step of this file: it must be in the repository.".to_owned(),
        steps => format!("Created by {}.", steps.join(", ")),
    };
    text += &match wanted.as_slice() {
        [] => "\n\nRequired by no step.".to_owned(),
        steps => format!("\n\nRequired by {}.", steps.join(", ")),
    };
    text
}

/// On the value of `agent`, or in `backend`.
fn agent(outline: &Outline, at: Place, known: &Known) -> Option<Shown> {
    let step = outline.map.step_at(at)?;
    let places = &outline.map.steps.get(step)?.keys;
    let place = places.iter().find(|place| {
        let value = &place.value;
        value.start <= at && at <= value.end
    })?;
    let key = model::language::keys::key(model::language::Level::Step, &place.name)?;
    if key.shape != Shape::Agent {
        return None;
    }
    let model::workflow::Work::Agent(work) = &outline.step(step)?.work else {
        return None;
    };
    let mut text = format!(
        "**@{}**\n\n{}",
        work.agent,
        known.agents.describe(&work.agent)
    );
    if let Some(action) = super::roles::action(&work.agent, &work.action) {
        text += &format!("\n\n`{}`: {}", work.action, action.meaning);
    }
    Some((text, place.value.clone()))
}
