//! From all sources to one value per setting, by precedence.

use super::layer::Layer;
use super::value::{FileDiagnostic, Origin, Value, Written};
use super::variables::Given;
use model::diagnostic::{Diagnostic, Position, Severity};
use settings::document::start;
use settings::{Setting, reference, table};
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

/// A hand-off may last as long as a step, unless its own key is set by an equal or stronger source.
const FOLLOWER: (&str, &str) = (
    "auto_execution.polling.timeout_seconds",
    "workflow.timeout_seconds",
);

/// A value with all that precedence and messages need.
struct Candidate {
    value: Value,
    /// Place in its file.
    range: Range<Position>,
}

/// One source, strongest first in the list of them.
type Source = BTreeMap<String, Candidate>;

/// The effective values in the table's order, and what is wrong with them taken together.
/// `outside` are flags, then variables; `layers` are the files, strongest first.
pub(super) fn resolve(
    outside: Vec<Vec<Given>>,
    layers: &[Layer],
) -> (Vec<Value>, Vec<FileDiagnostic>) {
    let mut sources: Vec<Source> = outside.into_iter().map(from_given).collect();
    sources.extend(layers.iter().map(from_layer));
    let mut chosen: Vec<(Value, Option<Range<Position>>)> = Vec::new();
    for row in reference().iter().filter(|row| row.same_as.is_none()) {
        for (key, found) in candidates(row, &sources) {
            let range = found.map(|found| found.range.clone());
            let mut value = found.map_or_else(|| unset(row, &key), |found| found.value.clone());
            value.key = key;
            chosen.push((value, range));
        }
    }
    let problems = unknown_agents(&chosen);
    (
        chosen.into_iter().map(|(value, _)| value).collect(),
        problems,
    )
}

fn from_given(given: Vec<Given>) -> Source {
    given
        .into_iter()
        .map(|given| {
            let value = Value {
                key: given.key.clone(),
                value: given.value,
                origin: given.origin,
            };
            let range = start();
            (given.key, Candidate { value, range })
        })
        .collect()
}

fn from_layer(layer: &Layer) -> Source {
    let candidates = layer.content.held.iter().map(|(key, held)| {
        let origin = Origin::File {
            scope: layer.scope,
            file: layer.file.clone(),
            line: held.range.start.line + 1,
        };
        let value = Value {
            key: key.clone(),
            value: held.value.clone(),
            origin,
        };
        let range = held.range.clone();
        (key.clone(), Candidate { value, range })
    });
    candidates.collect()
}

fn unset(row: &Setting, key: &str) -> Value {
    Value {
        key: key.to_owned(),
        value: row.default_value(),
        origin: Origin::Default,
    }
}

/// The keys of a row, each with the candidate that wins; none = the default.
fn candidates<'a>(row: &Setting, sources: &'a [Source]) -> Vec<(String, Option<&'a Candidate>)> {
    if let Some((prefix, rest)) = row.key.split_once('<') {
        let suffix = rest.split_once('>').map_or("", |(_, suffix)| suffix);
        let winner = |name: String| {
            // An agent is one thing: mixing one file's command with another's limits would start what nobody wrote.
            let whole = format!("{prefix}{name}");
            let owner = sources.iter().find(|source| holds(source, &whole));
            let key = format!("{whole}{suffix}");
            let found = owner.and_then(|source| source.get(&key));
            (key, found)
        };
        return names(prefix, sources).into_iter().map(winner).collect();
    }
    let strongest = |key: &str| {
        let mut found = sources.iter().enumerate();
        found.find_map(|(strength, source)| Some((strength, source.get(key)?)))
    };
    let own = strongest(row.key);
    let followed = strongest(FOLLOWER.1).filter(|_| row.key == FOLLOWER.0);
    let winner = match (own, followed) {
        // Equal strength: what is said for the hand-off itself counts.
        (Some(own), Some(followed)) if own.0 <= followed.0 => Some(own),
        (own, followed) => followed.or(own),
    };
    vec![(row.key.to_owned(), winner.map(|(_, candidate)| candidate))]
}

fn holds(source: &Source, whole: &str) -> bool {
    let below = format!("{whole}.");
    source
        .keys()
        .any(|key| key == whole || key.starts_with(&below))
}

fn names(prefix: &str, sources: &[Source]) -> BTreeSet<String> {
    let keys = sources.iter().flat_map(BTreeMap::keys);
    keys.filter_map(|key| key.strip_prefix(prefix))
        .filter_map(|rest| rest.split('.').next())
        .map(str::to_owned)
        .collect()
}

/// Names of agents that no file defines: the step would be handed to somebody else than meant.
fn unknown_agents(chosen: &[(Value, Option<Range<Position>>)]) -> Vec<FileDiagnostic> {
    let agents: BTreeSet<&str> = chosen
        .iter()
        .filter_map(|(value, _)| {
            value
                .key
                .strip_prefix("offshoot.agents.")?
                .split('.')
                .next()
        })
        .collect();
    let mut problems = Vec::new();
    for (value, range) in chosen {
        let is_persona = value.key.starts_with("offshoot.personas.");
        let named: Vec<&str> = match value.key.as_str() {
            "offshoot.backends" => value
                .value
                .as_array()
                .into_iter()
                .flatten()
                .filter_map(|name| name.as_str())
                .collect(),
            "offshoot.default_agent" => value.value.as_str().into_iter().collect(),
            _ if is_persona => value.value.as_str().into_iter().collect(),
            _ => continue,
        };
        let back_ends: &[&str] = match value.key.as_str() {
            "offshoot.backends" => &["command", "built-in", "file", "cursor-cloud"],
            _ => &[],
        };
        for name in named
            .into_iter()
            .filter(|name| !agents.contains(name) && !back_ends.contains(name))
        {
            let message = format!("{} names `{name}`, and there is no such agent", value.key);
            let place = range.clone().unwrap_or_else(start);
            let found = Diagnostic::new(place, "unknown-agent", Severity::Warning, message);
            let known = agents.iter().copied().chain(back_ends.iter().copied());
            let hint = match table::nearest(name, known) {
                Some(near) => format!("did you mean `{near}`?"),
                None => format!("define it under offshoot.agents.{name}, with a command"),
            };
            problems.push(FileDiagnostic {
                written: written(&value.origin, &value.key),
                diagnostic: found.with_hint(hint),
            });
        }
    }
    problems
}

fn written(origin: &Origin, key: &str) -> Written {
    match origin {
        Origin::File { file, .. } => Written::File(file.clone()),
        Origin::Environment(name) => Written::Variable(name.clone()),
        Origin::Default | Origin::Flag => Written::Flag(key.to_owned()),
    }
}
