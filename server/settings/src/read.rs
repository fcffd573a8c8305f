//! From one file to the settings that it holds, judged against the table, all problems at once.

use super::document::{self, Document};
use super::kind::Problem;
use super::table::{self, Found, Scope, Setting};
use model::diagnostic::{Diagnostic, Position, Severity};
use serde_json::Value as Json;
use serde_yaml::{Mapping, Value as Yaml};
use std::collections::BTreeMap;
use std::ops::Range;

/// Looking for near names takes time, and an editor reads at every key that is pressed.
const MOST_SEARCHES: usize = 50;

/// What the text of one file says.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Content {
    /// By canonical key.
    pub held: BTreeMap<String, Held>,
    /// Every problem, in the order of their places.
    pub diagnostics: Vec<Diagnostic>,
}

/// A value in a file.
#[derive(Debug, Clone, PartialEq)]
pub struct Held {
    /// Times are seconds, `never` is the text.
    pub value: Json,
    /// Where it stands.
    pub range: Range<Position>,
}

impl Content {
    /// What is said of a file that cannot be read at all.
    pub fn broken(scope: Scope, mut diagnostics: Vec<Diagnostic>) -> Self {
        if scope == Scope::Agentic {
            // Somebody else's file, which we only look into: it must not keep anything from running.
            for diagnostic in &mut diagnostics {
                diagnostic.severity = Severity::Warning;
            }
        }
        Self {
            held: BTreeMap::new(),
            diagnostics,
        }
    }

    /// Whether something in it cannot be used.
    pub fn is_bad(&self) -> bool {
        let mut severities = self.diagnostics.iter().map(|found| found.severity);
        severities.any(|severity| severity == Severity::Error)
    }
}

/// Reads the text of a file.
pub fn read(scope: Scope, text: &str) -> Content {
    let document = match document::parse(text) {
        Err(problems) => return Content::broken(scope, problems),
        Ok(document) => document,
    };
    let mut reader = Reader::new(scope, &document);
    reader.top(&document.root);
    super::rules::apply(&mut reader);
    let mut diagnostics = reader.diagnostics;
    diagnostics.sort_by_key(|diagnostic| diagnostic.range.start);
    Content {
        held: reader.held,
        diagnostics,
    }
}

/// A file on its way to its content.
pub(crate) struct Reader<'a> {
    pub(crate) scope: Scope,
    pub(crate) document: &'a Document,
    pub(crate) held: BTreeMap<String, Held>,
    pub(crate) diagnostics: Vec<Diagnostic>,
    searches: usize,
}

impl<'a> Reader<'a> {
    fn new(scope: Scope, document: &'a Document) -> Self {
        Self {
            scope,
            document,
            held: BTreeMap::new(),
            diagnostics: Vec::new(),
            searches: 0,
        }
    }

    /// The nearest of some names, unless the file is full of wrong ones.
    fn nearest(&mut self, name: &str, among: &[&'static str]) -> Option<&'static str> {
        self.searches += 1;
        (self.searches <= MOST_SEARCHES)
            .then(|| table::nearest(name, among.iter().copied()))
            .flatten()
    }

    /// The top level, which these files share with others.
    fn top(&mut self, root: &Mapping) {
        for (key, value) in root {
            let Some(name) = key.as_str() else { continue };
            let path = vec![name.to_owned()];
            match table::find(self.scope, &path) {
                Found::Section | Found::Leaf(_) => self.section(&path, value),
                Found::Foreign => {}
                // Everything else in there is the other program's business.
                _ if self.scope == Scope::Agentic => {}
                Found::Elsewhere(row) => self.elsewhere(&path, row),
                Found::Unknown => self.unknown_at_top(&path),
            }
        }
    }

    fn unknown_at_top(&mut self, path: &[String]) {
        let name = &path[0];
        let home = ["auto_execution", "workflow", "offshoot"]
            .into_iter()
            .find(|section| {
                table::children(self.scope, &[(*section).to_owned()]).contains(&name.as_str())
            });
        let near = self.nearest(name, &table::children(self.scope, &[]));
        let (code, severity, hint) = match (home, near) {
            // The file has no other purpose: a section that lost its indentation would switch everything to defaults.
            (Some(section), _) if self.scope == Scope::Auto => (
                "misplaced-key",
                Severity::Error,
                format!("put it under `{section}:`"),
            ),
            (Some(section), _) => (
                "misplaced-key",
                Severity::Warning,
                format!("put it under `{section}:`"),
            ),
            (None, Some(near)) => (
                "unknown-key",
                Severity::Warning,
                format!("did you mean `{near}`?"),
            ),
            (None, None) if self.scope == Scope::User => {
                let known = table::children(Scope::User, &[]);
                ("unknown-key", Severity::Warning, known_names(known))
            }
            // Sections of other programs live in the repository's files.
            (None, None) => return,
        };
        let message = format!("`{name}` has no effect here");
        let range = self.document.places.key(path);
        self.diagnostics
            .push(Diagnostic::new(range, code, severity, message).with_hint(hint));
    }

    fn section(&mut self, path: &[String], value: &Yaml) {
        let map = match value {
            Yaml::Mapping(map) => map,
            Yaml::Null => return,
            other => return self.no_section(path, other),
        };
        for (key, value) in map {
            let path = match key.as_str() {
                Some(name) => [path, &[name.to_owned()]].concat(),
                None => {
                    let message = format!("a key in `{}` is not a text", path.join("."));
                    self.push(
                        self.document.places.key(path),
                        "type",
                        Severity::Error,
                        message,
                    );
                    continue;
                }
            };
            self.entry(&path, value);
        }
    }

    fn entry(&mut self, path: &[String], value: &Yaml) {
        match table::find(self.scope, path) {
            Found::Leaf(row) => self.leaf(path, row, value),
            Found::Section if self.is_named(path) => self.section(path, value),
            Found::Section | Found::Foreign => {}
            Found::Elsewhere(row) => self.elsewhere(path, row),
            Found::Unknown => self.unknown(path),
        }
    }

    /// Names that users choose become segments of keys.
    fn is_named(&mut self, path: &[String]) -> bool {
        let name = path.last().map_or("", String::as_str);
        if table::is_name(name) {
            return true;
        }
        let message = format!("`{name}` cannot be a name: letters, digits, `-` and `_` can");
        self.push(
            self.document.places.key(path),
            "name",
            Severity::Error,
            message,
        );
        false
    }

    fn no_section(&mut self, path: &[String], value: &Yaml) {
        let range = self.document.places.value(path);
        let message = format!(
            "{} must be a mapping (got: {})",
            shown(self.scope, &path.join(".")),
            super::kind::got(value)
        );
        let mut found = Diagnostic::new(range, "type", Severity::Error, message);
        if let ([_, agents, name], Yaml::String(line)) = (path, value)
            && agents == "agents"
        {
            let list = super::check::quoted(line).join(", ");
            found = found.with_hint(format!("write `{name}: {{command: [{list}]}}`"));
        }
        self.diagnostics.push(found);
    }

    fn leaf(&mut self, path: &[String], row: &'static Setting, value: &Yaml) {
        if !self.is_named(path) {
            return;
        }
        if value.is_null() {
            let message = format!(
                "{} is empty and counts as not set",
                shown(self.scope, &path.join("."))
            );
            self.push(
                self.document.places.key(path),
                "empty",
                Severity::Info,
                message,
            );
            return;
        }
        match row.kind.read(value) {
            Ok(value) => {
                let key = row.same_as.map_or_else(|| path.join("."), str::to_owned);
                let range = self.document.places.value(path);
                self.held.insert(key, Held { value, range });
            }
            Err(problems) => {
                for found in problems {
                    self.bad_value(path, found);
                }
            }
        }
    }

    fn bad_value(&mut self, path: &[String], found: Problem) {
        let mut place = path.to_vec();
        place.extend(found.item.map(|item| item.to_string()));
        let message = format!("{} {}", shown(self.scope, &path.join(".")), found.message);
        let range = self.document.places.value(&place);
        let mut diagnostic = Diagnostic::new(range, found.code, Severity::Error, message);
        diagnostic.hint = found.hint;
        self.diagnostics.push(diagnostic);
    }

    /// A setting that this file may not hold.
    fn elsewhere(&mut self, path: &[String], row: &'static Setting) {
        let key = path.join(".");
        let range = self.document.places.key(path);
        let found = if row.of_machine() && self.scope != Scope::User {
            let message =
                format!("`{key}` is not taken from a repository: it is about the machine");
            let variable = row.variable().unwrap_or_default();
            Diagnostic::new(range, "machine-setting", Severity::Warning, message).with_hint(format!(
                "set it in your own {} or as {variable}; a repository may limit itself with offshoot.max_parallel",
                Scope::User.file_name()
            ))
        } else {
            let message = format!("`{key}` has no effect in this file");
            let home = row.scopes.first().map_or("", |scope| scope.file_name());
            Diagnostic::new(range, "misplaced-key", Severity::Warning, message)
                .with_hint(format!("it belongs in {home}"))
        };
        self.diagnostics.push(found);
    }

    fn unknown(&mut self, path: &[String]) {
        let (name, section) = path
            .split_last()
            .map_or(("", path), |(name, rest)| (name.as_str(), rest));
        let among = table::children(self.scope, section);
        let hint = match self.nearest(name, &among) {
            Some(near) => format!("did you mean `{near}`?"),
            None => known_names(among),
        };
        let message = format!("unknown key `{name}` in `{}`", section.join("."));
        let range = self.document.places.key(path);
        self.diagnostics.push(
            Diagnostic::new(range, "unknown-key", Severity::Warning, message).with_hint(hint),
        );
    }

    pub(crate) fn push(
        &mut self,
        range: Range<Position>,
        code: &'static str,
        severity: Severity,
        message: String,
    ) {
        self.diagnostics
            .push(Diagnostic::new(range, code, severity, message));
    }
}

fn known_names(mut names: Vec<&str>) -> String {
    names.dedup();
    format!("known are {}", names.join(", "))
}

/// A key as messages name it: TappsCodingAgents leaves `auto_execution.` out.
fn shown(scope: Scope, key: &str) -> &str {
    match scope {
        Scope::Auto => key.strip_prefix("auto_execution.").unwrap_or(key),
        _ => key,
    }
}
