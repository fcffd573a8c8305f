//! Values by the shape of their key.

use super::slot::Slot;
use super::{Choice, ItemKind};
use crate::language::Known;
use crate::language::roles::{self, actions_of};
use crate::language::states;
use model::language::values::PRIORITIES;
use model::language::{Key, Outline, Shape, Spot};
use model::workflow::Work;
use std::collections::BTreeSet;

pub(super) fn choices(
    outline: &Outline,
    spot: &Spot,
    slot: Slot,
    key: &'static Key,
    known: &Known,
) -> Vec<Choice> {
    let words = |words: &[&str], detail: &str| -> Vec<Choice> {
        words
            .iter()
            .map(|word| Choice::word(*word, detail))
            .collect()
    };
    match key.shape {
        Shape::Bool => words(&["true", "false"], ""),
        Shape::OneOf(all) => one_of(all, spot),
        Shape::Tier => words(&["1", "2", "3", "4"], "tier"),
        Shape::Priority => PRIORITIES
            .iter()
            .map(|(name, value)| Choice::word(*name, value.to_string()))
            .collect(),
        Shape::StepId | Shape::StepIds => steps(outline, slot.step, known),
        Shape::Artifacts => artifacts(outline, slot.step, true),
        Shape::Created => artifacts(outline, slot.step, false),
        Shape::Agent => agents(outline, known),
        Shape::Action => actions(outline, slot.step),
        Shape::Backends => backends(known),
        Shape::Number | Shape::Time | Shape::Size => vec![Choice::word(key.example, "example")],
        Shape::Text
        | Shape::Shell
        | Shape::Mapping
        | Shape::Steps
        | Shape::Condition
        | Shape::Names => Vec::new(),
    }
}

/// Words stand in the table as they are written; between quotes they have none of their own.
fn one_of(words: &[&str], spot: &Spot) -> Vec<Choice> {
    let bare = |word: &&str| {
        if spot.quote.is_some() {
            word.trim_matches('"').to_owned()
        } else {
            (*word).to_owned()
        }
    };
    words
        .iter()
        .map(|word| Choice::word(bare(word), ""))
        .collect()
}

/// All steps but the one itself, with what became of them.
fn steps(outline: &Outline, own: Option<usize>, known: &Known) -> Vec<Choice> {
    let places = outline.map.steps.iter().enumerate();
    places
        .filter(|(index, step)| Some(*index) != own && !step.id.is_empty())
        .map(|(index, place)| {
            let title = outline.step(index).map(|step| step.title.clone());
            let mut choice = Choice::named(
                place.id.as_str(),
                ItemKind::Step,
                title.filter(|title| *title != place.id).unwrap_or_default(),
            );
            let run = known.run.as_deref();
            if let Some(step) = run.and_then(|run| states::step(run, &place.id)) {
                choice.documentation = format!("Last: {}", states::summary(step));
            }
            choice
        })
        .collect()
}

/// Files that other steps create, or (for `creates`) that other steps require and nobody creates.
fn artifacts(outline: &Outline, own: Option<usize>, made: bool) -> Vec<Choice> {
    let places = &outline.map.artifacts;
    let all_made: BTreeSet<&str> = places
        .iter()
        .filter(|place| place.made)
        .map(|place| place.path.as_str())
        .collect();
    let mut seen = BTreeSet::new();
    places
        .iter()
        .filter(|place| place.made == made && Some(place.step) != own)
        .filter(|place| made || !all_made.contains(place.path.as_str()))
        .filter(|place| seen.insert(place.path.as_str()))
        .map(|place| {
            let step = outline.map.steps.get(place.step);
            let step = step.map_or("", |step| step.id.as_str());
            let verb = if made { "created" } else { "required" };
            Choice::named(
                place.path.as_str(),
                ItemKind::File,
                format!("{verb} by {step}"),
            )
        })
        .collect()
}

fn agents(outline: &Outline, known: &Known) -> Vec<Choice> {
    let configured = known
        .agents
        .personas
        .keys()
        .chain(known.agents.commands.keys());
    let mut names: Vec<String> = configured.cloned().collect();
    names.extend(roles::roles().into_iter().map(str::to_owned));
    let used = (0..outline.map.steps.len()).map(|step| agent_of(outline, step).0);
    names.extend(used.filter(|name| !name.is_empty()));
    let mut seen = BTreeSet::new();
    names
        .into_iter()
        .filter(|name| seen.insert(name.clone()))
        .map(|name| {
            let mut choice = Choice::named(name.as_str(), ItemKind::Agent, "");
            choice.documentation = known.agents.describe(&name);
            choice
        })
        .collect()
}

fn actions(outline: &Outline, step: Option<usize>) -> Vec<Choice> {
    let role = step
        .map(|step| agent_of(outline, step).0)
        .unwrap_or_default();
    let mut seen = BTreeSet::new();
    actions_of(&role)
        .filter(|row| seen.insert(row.action))
        .map(|row| {
            let mut choice = Choice::named(row.action, ItemKind::Agent, row.role);
            choice.documentation = row.meaning.to_owned();
            if !row.params.is_empty() {
                choice.documentation +=
                    &format!("\n\nUsual parameters: `{}`", row.params.join("`, `"));
            }
            choice
        })
        .collect()
}

/// What may stand in a chain of back ends.
pub(in crate::language) fn backends(known: &Known) -> Vec<Choice> {
    let built_in = [
        ("command", "the agent that the settings give the role"),
        ("built-in", "the built-in task, without an agent"),
        ("file", "hand-off in files"),
    ];
    let own = known.agents.commands.iter();
    built_in
        .into_iter()
        .map(|(name, detail)| Choice::named(name, ItemKind::Agent, detail))
        .chain(
            own.map(|(name, command)| {
                Choice::named(name.as_str(), ItemKind::Agent, command.as_str())
            }),
        )
        .collect()
}

/// Agent and action of a step, empty where it has none.
pub(super) fn agent_of(outline: &Outline, step: usize) -> (String, String) {
    match outline.step(step).map(|step| &step.work) {
        Some(Work::Agent(work)) => (work.agent.clone(), work.action.clone()),
        Some(Work::Nothing) => ("orchestrator".to_owned(), "finalize".to_owned()),
        _ => (String::new(), String::new()),
    }
}
