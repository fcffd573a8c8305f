//! Schemas of settings files, as they are generated into `schemas/`: the part of JSON Schema that these use, for
//! what is completed and explained. What is wrong with such a file is for the crate `settings` to say.

use super::Known;
use super::complete::{Choice, ItemKind, Opens, backends};
use model::diagnostic::Diagnostic;
use model::language::Segment;
use serde_json::Value;
use settings::{PLACEHOLDERS, Scope, background_agents};
use std::sync::LazyLock;

/// The schema of a kind of file.
#[derive(Debug)]
pub(crate) struct Schema {
    /// Ends of the paths of such files.
    files: &'static [&'static str],
    reader: Reader,
    root: Value,
}

/// Who reads such files.
#[derive(Debug, Clone, Copy)]
enum Reader {
    Settings(Scope),
    BackgroundAgents,
}

/// The most problems of one file that are listed.
const MOST_PROBLEMS: usize = 1_000;

/// Path ends, who reads it, and the text.
type Row = (&'static [&'static str], Reader, &'static str);

const ROWS: [Row; 5] = [
    (
        &[
            ".cursor/background-agents.yaml",
            ".cursor/background-agents.yml",
        ],
        Reader::BackgroundAgents,
        include_str!("../../../../schemas/background-agents.json"),
    ),
    (
        &[".tapps-agents/auto_execution_config.yaml"],
        Reader::Settings(Scope::Auto),
        include_str!("../../../../schemas/auto-execution-config.json"),
    ),
    (
        &[".tapps-agents/config.yaml"],
        Reader::Settings(Scope::Project),
        include_str!("../../../../schemas/project-config.json"),
    ),
    (
        &["/agentic_config.yaml"],
        Reader::Settings(Scope::Agentic),
        include_str!("../../../../schemas/agentic-config.json"),
    ),
    (
        &["/offshoot/config.yaml"],
        Reader::Settings(Scope::User),
        include_str!("../../../../schemas/user-config.json"),
    ),
];

static SCHEMAS: LazyLock<Vec<Schema>> = LazyLock::new(|| {
    let schema = |(files, reader, text): &Row| Schema {
        files,
        reader: *reader,
        // Generated, and proved to be JSON by its test.
        root: serde_json::from_str(text).unwrap_or_default(),
    };
    ROWS.iter().map(schema).collect()
});

impl Schema {
    /// The schema that holds for a file, by its address.
    pub(crate) fn of_file(uri: &str) -> Option<&'static Self> {
        // Percent signs hide none of these characters in what editors send; one that does is not recognised.
        SCHEMAS
            .iter()
            .find(|schema| schema.files.iter().any(|end| uri.ends_with(end)))
    }

    /// Every problem of a text, in the words of `config validate` and `background-agent-config validate`.
    pub(crate) fn problems(&self, text: &str) -> Vec<Diagnostic> {
        let mut found = match self.reader {
            Reader::Settings(scope) => settings::read(scope, text).diagnostics,
            Reader::BackgroundAgents => background_agents::read(text).diagnostics,
        };
        found.truncate(MOST_PROBLEMS);
        found
    }

    /// What holds at the end of a way.
    pub(super) fn at(&self, path: &[Segment]) -> Option<Here<'_>> {
        path.iter()
            .try_fold(Here(&self.root), |here, segment| match segment {
                Segment::Key(key) => here.key(key),
                Segment::Item(_) => here.items(),
            })
    }
}

/// A schema within a schema.
#[derive(Debug, Clone, Copy)]
pub(super) struct Here<'s>(&'s Value);

impl<'s> Here<'s> {
    /// What holds for the value of this key; nothing for a key that is not known.
    pub(super) fn key(self, key: &str) -> Option<Self> {
        let named = self.0["properties"].get(key);
        let free = self
            .0
            .get("additionalProperties")
            .filter(|free| free.is_object());
        named.or(free).map(Self)
    }

    /// What holds for the items of a list.
    pub(super) fn items(self) -> Option<Self> {
        self.0.get("items").map(Self)
    }

    /// The keys by name, without those that belong elsewhere.
    pub(super) fn keys(self) -> impl Iterator<Item = (String, Self)> + 's {
        self.all_keys()
            .filter(|(_, here)| here.belongs_to().is_none())
    }

    fn all_keys(self) -> impl Iterator<Item = (String, Self)> + 's {
        let properties = self.0["properties"].as_object().into_iter().flatten();
        properties.map(|(name, schema)| (name.clone(), Self(schema)))
    }

    /// The file that a key belongs into, where it is not this one.
    fn belongs_to(self) -> Option<&'s str> {
        self.0["x-belongs-to"].as_str()
    }

    fn types(self) -> Vec<&'s str> {
        match &self.0["type"] {
            Value::String(one) => vec![one],
            Value::Array(all) => all.iter().filter_map(Value::as_str).collect(),
            _ => Vec::new(),
        }
    }

    fn is(self, wanted: &str) -> bool {
        self.types().contains(&wanted)
    }

    /// A list is written there.
    pub(super) fn is_list(self) -> bool {
        self.is("array")
    }

    fn texts(self, field: &str) -> impl Iterator<Item = String> + 's {
        self.0[field].as_array().into_iter().flatten().map(shown)
    }

    /// What comes behind the key.
    pub(super) fn opens(self) -> Opens {
        let words: Vec<String> = self.texts("enum").collect();
        let maps = self.items().is_some_and(|items| items.is("object"));
        match () {
            () if words.len() > 1 => Opens::OneOf(words),
            () if self.is("boolean") => Opens::OneOf(vec!["true".to_owned(), "false".to_owned()]),
            () if self.is("object") => Opens::Mapping,
            () if self.is("array") && maps => Opens::Mappings,
            () if self.is("array") => Opens::List,
            () => Opens::Value,
        }
    }

    /// What its value is, for people.
    pub(super) fn value(self) -> String {
        if let Some(value) = self.0["x-value"].as_str() {
            return value.to_owned();
        }
        let words: Vec<String> = self.texts("enum").collect();
        if !words.is_empty() {
            return words.join(" or ");
        }
        let names = self.types().into_iter().map(|name| match name {
            "boolean" => "true or false",
            "integer" => "whole number",
            "number" => "number",
            "array" => "list",
            "object" => "mapping",
            _ => "text",
        });
        names.collect::<Vec<_>>().join(" or ")
    }

    /// What it means, as markdown.
    pub(super) fn markdown(self) -> String {
        let mut text = self.0["description"]
            .as_str()
            .unwrap_or_default()
            .to_owned();
        if let Some(home) = self.belongs_to() {
            text += &format!("\n\nIt belongs into {home}.");
        }
        if let Some(key) = self.0["x-same-as"].as_str() {
            text += &format!("\n\nAnother spelling of `{key}`.");
        }
        if let Some(default) = self.0.get("default") {
            text += &format!("\n\nDefault: `{}`", shown(default));
        }
        if let Some(example) = self.texts("examples").next() {
            text += &format!("\n\nExample: `{example}`");
        }
        text
    }

    /// Values that may be written there.
    pub(super) fn choices(self, known: &Known) -> Vec<Choice> {
        let mut choices: Vec<Choice> = self
            .texts("enum")
            .map(|word| Choice::named(word, ItemKind::Word, ""))
            .collect();
        if self.is("boolean") {
            choices.extend(["true", "false"].map(|word| Choice::word(word, "")));
        }
        match self.0["format"].as_str() {
            Some("offshoot-agent") => {
                let agents = known.agents.commands.iter();
                choices.extend(agents.map(|(name, command)| {
                    Choice::named(name.as_str(), ItemKind::Agent, command.as_str())
                }));
            }
            Some("offshoot-backend") => choices.extend(backends(known)),
            Some("offshoot-argument") => {
                let names = PLACEHOLDERS;
                choices.extend(names.map(|name| {
                    Choice::named(format!("{{{name}}}"), ItemKind::Word, "placeholder")
                }));
            }
            Some("offshoot-time-or-never") => choices.push(Choice::word("never", "")),
            _ => {}
        }
        let plain = |value: &&Value| !value.is_array() && !value.is_object() && !value.is_boolean();
        let default = self.0.get("default").filter(plain);
        choices.extend(default.map(|value| scalar_choice(value, "default")));
        let examples = self.0["examples"]
            .as_array()
            .into_iter()
            .flatten()
            .filter(plain);
        choices.extend(examples.map(|value| scalar_choice(value, "example")));
        let mut seen = std::collections::BTreeSet::new();
        choices.retain(|choice| seen.insert(choice.text.clone()));
        choices
    }
}

fn scalar_choice(value: &Value, detail: &str) -> Choice {
    match value {
        Value::String(text) => Choice::named(text.as_str(), ItemKind::Word, detail),
        other => Choice::word(other.to_string(), detail),
    }
}

/// A value as people would write it.
fn shown(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Array(items) => {
            let items: Vec<String> = items.iter().map(shown).collect();
            format!("[{}]", items.join(", "))
        }
        other => other.to_string(),
    }
}
