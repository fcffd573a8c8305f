//! Names of steps and files: where they come from, who mentions them, and how they are changed everywhere
//! at once.

use super::Reading;
use super::complete::{quoted, scalar};
use model::diagnostic::Position as Place;
use model::language::tree::Span;
use model::language::{Mention, Outline, Symbol, normal_path, unsafe_id};

/// A replacement of a piece of the text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Edit {
    /// What goes.
    pub(crate) range: Span,
    /// What comes.
    pub(crate) text: String,
}

/// All mentions of what is named at this place, definitions first.
pub(crate) fn mentions(reading: &Reading, at: Place) -> Option<Vec<Mention>> {
    let outline = reading.workflow()?;
    let (symbol, _) = outline.symbol_at(at, &reading.text)?;
    Some(outline.mentions(&symbol, &reading.text))
}

/// Whether something can be renamed here: the place of its name, and the name.
pub(crate) fn prepare_rename(reading: &Reading, at: Place) -> Option<(Span, String)> {
    let outline = reading.workflow()?;
    let (symbol, mention) = outline.symbol_at(at, &reading.text)?;
    Some((mention.range, name(outline, &symbol)?))
}

fn name(outline: &Outline, symbol: &Symbol) -> Option<String> {
    match symbol {
        Symbol::Step(step) => outline.map.steps.get(*step).map(|step| step.id.clone()),
        Symbol::Artifact(path) => Some(path.clone()),
    }
}

/// The edits that rename what is named at this place.
///
/// # Errors
/// Why the new name cannot be one, or why it cannot be done, for people.
pub(crate) fn rename(reading: &Reading, at: Place, new: &str) -> Result<Vec<Edit>, String> {
    let nothing = || "there is no step and no file to rename here".to_owned();
    let outline = reading.workflow().ok_or_else(nothing)?;
    let (symbol, _) = outline.symbol_at(at, &reading.text).ok_or_else(nothing)?;
    if !outline.yaml.sound {
        return Err("the file is no YAML at the moment: mend it first".to_owned());
    }
    let new = match &symbol {
        Symbol::Step(step) => step_name(outline, *step, new)?,
        Symbol::Artifact(_) => normal_path(new).map_err(|why| format!("the path `{new}` {why}"))?,
    };
    let mentions = outline.mentions(&symbol, &reading.text);
    let mut edits = Vec::new();
    for mention in mentions {
        edits.push(edit(outline, &symbol, &mention, &new)?);
    }
    Ok(edits)
}

fn step_name(outline: &Outline, own: usize, new: &str) -> Result<String, String> {
    let new = new.trim();
    if let Some(why) = unsafe_id(new) {
        return Err(format!("the id `{new}` {why}"));
    }
    let taken = outline
        .map
        .steps
        .iter()
        .enumerate()
        .any(|(index, step)| index != own && step.id.eq_ignore_ascii_case(new));
    if taken {
        return Err(format!("the id `{new}` is taken by another step"));
    }
    Ok(new.to_owned())
}

fn edit(outline: &Outline, symbol: &Symbol, mention: &Mention, new: &str) -> Result<Edit, String> {
    let Mention { range, quote, .. } = mention;
    if let (Symbol::Step(step), true, false) = (symbol, mention.definition, mention.verbatim) {
        return given_id(outline, *step, new);
    }
    if range.start.line != range.end.line {
        let line = range.start.line + 1;
        return Err(format!(
            "the name in line {line} goes over several lines: rename it by hand"
        ));
    }
    let text = match quote {
        Some(quote) => quoted(new, *quote),
        // Within a condition it is a part of a word.
        None if is_part(outline, range) => new.to_owned(),
        None => scalar(new, true),
    };
    Ok(Edit {
        range: range.clone(),
        text,
    })
}

/// Whether this place is a part of an expression.
fn is_part(outline: &Outline, range: &Span) -> bool {
    let references = outline.map.references.iter();
    references
        .filter(|reference| matches!(reference.key, "condition" | "gate"))
        .any(|reference| reference.range.start <= range.start && range.end <= reference.range.end)
}

/// An id for a step that had none: in front of its first key.
fn given_id(outline: &Outline, step: usize, new: &str) -> Result<Edit, String> {
    let places = outline.map.steps.get(step);
    let own = places.and_then(|places| {
        let inside = |place: &&model::language::KeyPlace| {
            places.range.start <= place.key.start && place.key.end <= places.range.end
        };
        places.keys.iter().find(inside).map(|first| (places, first))
    });
    let Some((places, first)) = own else {
        return Err("the step stands elsewhere: give it an `id` by hand".to_owned());
    };
    let at = first.key.start;
    // In brackets the mapping begins with the bracket, else with its first key.
    let flow = places.range.start != at;
    let id = scalar(new, flow);
    let text = if flow {
        format!("id: {id}, ")
    } else {
        format!("id: {id}\n{}", " ".repeat(at.column as usize))
    };
    Ok(Edit {
        range: at..at,
        text,
    })
}
