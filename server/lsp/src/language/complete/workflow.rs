//! Keys and values of a workflow.

use super::insert::{self, Opens};
use super::slot::Slot;
use super::{Client, Item, KeyOffer, condition, values};
use crate::language::Known;
use crate::language::hover::key_markdown;
use crate::language::reading::bare;
use crate::language::roles;
use model::language::keys::keys;
use model::language::{Key, Level, Outline, Role, Segment, Shape, Spot};

pub(super) fn items(outline: &Outline, spot: &Spot, known: &Known, client: Client) -> Vec<Item> {
    let path = bare(&spot.path, outline.wrapped);
    if let Some(params) = params(outline, spot, path, client) {
        return params;
    }
    let Some(mut slot) = Slot::of(path) else {
        return Vec::new();
    };
    // The top of a wrapped file holds nothing but the workflow.
    if outline.wrapped && spot.path.is_empty() {
        return Vec::new();
    }
    let mut items = Vec::new();
    if spot.role != Role::Value {
        let dash = starts_item(slot, spot);
        let level = match slot.key {
            Some(key) if dash => key.level.below(key.name),
            _ => slot.level,
        };
        items.extend(
            level
                .into_iter()
                .flat_map(|level| keys_of(level, spot, dash, client)),
        );
    }
    if spot.role != Role::Key
        && let Some(key) = slot.key
        && key.shape != Shape::Steps
    {
        slot.item |= spot.role == Role::Either && spot.own_line;
        items.extend(values_of(outline, spot, slot, key, known));
    }
    items
}

/// On a line of its own below a key with a list, or in its list: an item begins with a dash.
fn starts_item(slot: Slot, spot: &Spot) -> bool {
    let list = slot.key.is_some_and(|key| key.shape.is_list());
    list && spot.own_line && spot.role == Role::Either
}

fn keys_of<'a>(
    level: Level,
    spot: &'a Spot,
    dash: bool,
    client: Client,
) -> impl Iterator<Item = Item> + 'a {
    let top = level == Level::Workflow;
    // Without steps there is no workflow: they come first until they are there.
    let (first, rest): (Vec<&Key>, Vec<&Key>) =
        keys(level).partition(|key| top && key.shape == Shape::Steps);
    // An empty file may begin in the other form, which is the rarer one.
    let wrapper =
        keys(Level::File).filter(move |_| top && spot.path.is_empty() && spot.siblings.is_empty());
    first
        .into_iter()
        .chain(rest)
        .chain(wrapper)
        .filter(|key| !spot.siblings.iter().any(|there| there == key.name))
        .map(move |key| {
            let offer = KeyOffer {
                name: key.name.to_owned(),
                opens: opens(key),
                detail: key.value.replace('`', ""),
                documentation: key_markdown(key),
            };
            insert::key(offer, spot, dash, client)
        })
}

fn opens(key: &Key) -> Opens {
    let words =
        |words: &[&str]| Opens::OneOf(words.iter().map(|word| (*word).to_owned()).collect());
    match key.shape {
        Shape::Steps => Opens::Mappings,
        Shape::Mapping => Opens::Mapping,
        Shape::Bool => words(&["true", "false"]),
        Shape::OneOf(all) if all.len() > 1 => words(all),
        shape if shape.is_list() && shape != Shape::Backends => Opens::List,
        _ => Opens::Value,
    }
}

fn values_of(
    outline: &Outline,
    spot: &Spot,
    slot: Slot,
    key: &'static Key,
    known: &Known,
) -> Vec<Item> {
    if key.shape == Shape::Condition {
        return condition::items(outline, spot, slot.step, key.level == Level::Gate, known);
    }
    let dash = starts_item(slot, spot);
    let list = key.shape.is_list() && key.shape != Shape::Backends && !slot.item;
    values::choices(outline, spot, slot, key, known)
        .into_iter()
        .filter(|choice| !spot.siblings.contains(&choice.text))
        .map(|choice| insert::value(choice, spot, dash, list))
        .collect()
}

/// Keys of `params`: those that the step's action usually gets.
fn params(outline: &Outline, spot: &Spot, path: &[Segment], client: Client) -> Option<Vec<Item>> {
    let [
        Segment::Key(steps),
        Segment::Item(step),
        Segment::Key(params),
    ] = path
    else {
        return None;
    };
    if steps != "steps" || params != "params" || spot.role == Role::Value {
        return None;
    }
    let (agent, action) = values::agent_of(outline, *step);
    let action = roles::action(&agent, &action)?;
    let new = action
        .params
        .iter()
        .filter(|name| !spot.siblings.iter().any(|there| there == *name));
    let items = new.map(|name| {
        let offer = KeyOffer {
            name: (*name).to_owned(),
            opens: Opens::Value,
            detail: format!("parameter of {}", action.action),
            documentation: action.meaning.to_owned(),
        };
        insert::key(offer, spot, false, client)
    });
    Some(items.collect())
}
