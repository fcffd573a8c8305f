//! Within a condition: words, references, operators, and the texts that states are compared with.

use super::{Choice, Item, ItemKind};
use crate::language::Known;
use crate::language::states;
use model::diagnostic::Position as Place;
use model::language::{Outline, Spot};

/// Words in the place of an expression.
const WORDS: [(&str, &str); 4] = [
    ("required", "as without a condition"),
    ("optional", "its failure does not fail the run"),
    ("conditional", "as without a condition; its gate decides"),
    ("prerequisites_met", "all it waits for completed"),
];

/// States in which a step can be when others look at it.
const STATES: [&str; 5] = ["completed", "failed", "skipped", "cancelled", "unverified"];

pub(super) fn items(
    outline: &Outline,
    spot: &Spot,
    own: Option<usize>,
    gate: bool,
    known: &Known,
) -> Vec<Item> {
    let typed = spot.typed.as_str();
    if let Some((quote, text)) = open_quote(typed) {
        return texts(typed, text, quote, spot);
    }
    let start = typed
        .char_indices()
        .rev()
        .find(|(_, c)| !is_word(*c))
        .map_or(0, |(at, c)| at + c.len_utf8());
    let (before, token) = typed.split_at(start);
    if token.is_empty() && ends_operand(before) {
        let operators = ["==", "!=", "&&", "||"];
        let choices = operators.map(|sign| Choice::word(sign, "operator"));
        return choices.map(|choice| item(choice, spot, 0)).into();
    }
    let mut choices = references(outline, token, own, known);
    if before.trim().is_empty() && !gate {
        choices.extend(WORDS.map(|(word, meaning)| Choice::word(word, meaning)));
    }
    let len = token.chars().count();
    choices
        .into_iter()
        .map(|choice| {
            let mut item = item(choice, spot, len);
            item.insert = lead(spot) + &item.insert;
            item
        })
        .collect()
}

/// A blank behind the colon.
fn lead(spot: &Spot) -> String {
    if spot.space { " " } else { "" }.to_owned()
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '_' | '-' | '.')
}

/// The quote that is open at the end of this text, and what stands behind it.
fn open_quote(typed: &str) -> Option<(char, &str)> {
    let mut open: Option<(char, usize)> = None;
    for (at, c) in typed.char_indices() {
        match open {
            Some((quote, _)) if c == quote => open = None,
            None if matches!(c, '\'' | '"') => open = Some((c, at + 1)),
            _ => {}
        }
    }
    open.map(|(quote, from)| (quote, &typed[from..]))
}

fn ends_operand(before: &str) -> bool {
    before.ends_with(char::is_whitespace)
        && before
            .trim_end()
            .ends_with(|c: char| is_word(c) || matches!(c, '\'' | '"' | ')'))
}

/// In a text that is compared with a state.
fn texts(typed: &str, text: &str, quote: char, spot: &Spot) -> Vec<Item> {
    let before = typed[..typed.len() - text.len()].trim_end_matches(quote);
    let before = before.trim_end();
    let compared = before
        .strip_suffix("==")
        .or_else(|| before.strip_suffix("!="));
    if !compared.is_some_and(|before| before.trim_end().ends_with(".status")) {
        return Vec::new();
    }
    STATES
        .iter()
        .map(|state| {
            item(
                Choice::word(*state, "state of a step"),
                spot,
                text.chars().count(),
            )
        })
        .collect()
}

fn references(outline: &Outline, token: &str, own: Option<usize>, known: &Known) -> Vec<Choice> {
    let mut choices = Vec::new();
    let steps = outline.map.steps.iter().enumerate();
    for (_, step) in steps.filter(|(index, step)| Some(*index) != own && !step.id.is_empty()) {
        let id = &step.id;
        let mut status = Choice::named(format!("steps.{id}.status"), ItemKind::Step, "its state");
        let last = known.run.as_deref().and_then(|run| states::step(run, id));
        if let Some(last) = last {
            status.documentation = format!("Last: {}", states::summary(last));
        }
        choices.push(status);
        // Outputs only of the step that is being written: of all they would be too many to look through.
        if token
            .strip_prefix("steps.")
            .is_some_and(|rest| rest.starts_with(&format!("{id}.")))
        {
            let names = last.into_iter().flat_map(|last| last.outputs.keys());
            choices.extend(names.map(|name| {
                Choice::named(
                    format!("steps.{id}.outputs.{name}"),
                    ItemKind::Step,
                    "output of the last run",
                )
            }));
            choices.push(Choice::named(
                format!("steps.{id}.outputs."),
                ItemKind::Step,
                "an output",
            ));
        }
    }
    choices.push(Choice::word("inputs.", "an input of the run"));
    for (word, meaning) in [
        ("scoring.passed", "whether the scores are good enough"),
        ("gate_last.passed", "whether the last gate passed"),
        ("true", ""),
        ("false", ""),
    ] {
        choices.push(Choice::word(word, meaning));
    }
    choices
}

/// Puts a choice in the place of the last `len` characters before the cursor, and of the rest of that word.
fn item(choice: Choice, spot: &Spot, len: usize) -> Item {
    let back = u32::try_from(len).unwrap_or_default();
    let ahead = spot.rest.chars().take_while(|c| is_word(*c)).count();
    let ahead = u32::try_from(ahead).unwrap_or_default();
    let place = |column| Place {
        column,
        ..spot.cursor
    };
    let start = place(spot.cursor.column.saturating_sub(back));
    let end = place(spot.cursor.column.saturating_add(ahead));
    Item {
        label: choice.text.clone(),
        kind: choice.kind,
        detail: choice.detail,
        documentation: choice.documentation,
        range: start..end,
        insert: choice.text,
        snippet: false,
    }
}
