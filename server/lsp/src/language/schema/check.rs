//! What is wrong with a settings file, as far as its schema tells: keys that nobody knows, values of another
//! type. Rules over several keys are the daemon's.

use super::{Here, Schema};
use model::diagnostic::{Diagnostic, Severity};
use model::language::nearest;
use model::language::tree::{Entry, Kind, Node, Scalar, Span};
use model::language::values;
use model::language::yaml::Yaml;

/// What a command template may name.
pub(super) const PLACEHOLDERS: [&str; 6] = [
    "prompt",
    "command",
    "worktree",
    "step_id",
    "run_id",
    "instructions_file",
];

/// Searching for near names takes time; a file full of wrong ones gets no more suggestions than this.
const MAX_SEARCHES: usize = 50;

/// The most problems that are listed.
const MAX_PROBLEMS: usize = 1_000;

/// Every problem of a file.
pub(crate) fn check(schema: &Schema, yaml: &Yaml) -> Vec<Diagnostic> {
    let mut found = yaml.diagnostics.clone();
    if let Some(root) = yaml.root.as_ref().filter(|_| yaml.sound) {
        let mut checker = Checker {
            found: &mut found,
            searches: 0,
        };
        checker.node(root, Here(&schema.root), "the file");
    }
    if schema.foreign {
        // Somebody else's file, which we only look into.
        for diagnostic in &mut found {
            diagnostic.severity = diagnostic.severity.max(Severity::Warning);
        }
    }
    found.truncate(MAX_PROBLEMS);
    found
}

struct Checker<'a> {
    found: &'a mut Vec<Diagnostic>,
    searches: usize,
}

impl Checker<'_> {
    fn node(&mut self, node: &Node, here: Here<'_>, name: &str) {
        if self.found.len() >= MAX_PROBLEMS {
            return;
        }
        match &node.kind {
            Kind::Scalar(scalar) if scalar.is_null() => {}
            Kind::Map(entries) if here.is("object") || here.types().is_empty() => {
                self.mapping(entries, here, name);
                self.required(node, entries, here, name);
            }
            Kind::List(items) if here.is("array") || here.types().is_empty() => {
                self.list(node, items, here, name);
            }
            Kind::Scalar(scalar) if !(here.is("object") && here.types().len() == 1) => {
                self.scalar(node, scalar, here, name);
            }
            _ => self.wrong(node, here, name),
        }
    }

    fn mapping(&mut self, entries: &[Entry], here: Here<'_>, name: &str) {
        for entry in entries {
            let below = here.key(&entry.key);
            match below {
                Some(below) => match below.belongs_to() {
                    Some(home) => self.elsewhere(entry, home),
                    None => self.node(&entry.value, below, &entry.key),
                },
                None => self.unknown(entry, here, name),
            }
        }
    }

    fn elsewhere(&mut self, entry: &Entry, home: &str) {
        self.push(
            entry.key_span.clone(),
            "misplaced-key",
            Severity::Warning,
            format!("`{}` has no effect in this file", entry.key),
            Some(format!("it belongs into {home}")),
        );
    }

    fn unknown(&mut self, entry: &Entry, here: Here<'_>, name: &str) {
        let near = (self.searches < MAX_SEARCHES)
            .then(|| {
                self.searches += 1;
                let known: Vec<String> = here.keys().map(|(name, _)| name).collect();
                nearest(&entry.key, known.iter().map(String::as_str)).map(str::to_owned)
            })
            .flatten();
        let section = here.keys().find(|(_, section)| {
            name == "the file" && section.all_keys().any(|(name, _)| name == entry.key)
        });
        // A section that lost its indentation switches everything to defaults.
        if let Some((section, _)) = section {
            let message = format!("`{}` has no effect here", entry.key);
            let hint = format!("put it under `{section}:`");
            let span = entry.key_span.clone();
            self.push(
                span,
                "misplaced-key",
                Severity::Warning,
                message,
                Some(hint),
            );
            return;
        }
        // Other programs have sections of their own in there.
        if here.is_open() && near.is_none() {
            return;
        }
        let hint = near.map(|near| format!("did you mean `{near}`?"));
        let message = format!(
            "{} has no key `{}`; it is not read",
            quoted(name),
            entry.key
        );
        self.push(
            entry.key_span.clone(),
            "unknown-key",
            Severity::Warning,
            message,
            hint,
        );
    }

    fn required(&mut self, node: &Node, entries: &[Entry], here: Here<'_>, name: &str) {
        for key in here.texts("required") {
            if entries.iter().all(|entry| entry.key != key) {
                let start = entries.first().map_or(&node.span, |entry| &entry.key_span);
                let message = format!("{} has no `{key}`", quoted(name));
                let hint = Some(format!("add `{key}:`"));
                self.push(start.clone(), "missing-key", Severity::Error, message, hint);
            }
        }
    }

    fn list(&mut self, node: &Node, items: &[Node], here: Here<'_>, name: &str) {
        let least = here.0["minItems"].as_u64().unwrap_or(0);
        if (items.len() as u64) < least {
            let message = format!("`{name}` must hold at least {least}");
            self.push(
                node.span.clone(),
                "wrong-type",
                Severity::Error,
                message,
                None,
            );
        }
        let Some(inner) = here.items() else { return };
        for item in items {
            self.node(item, inner, name);
        }
    }

    fn scalar(&mut self, node: &Node, scalar: &Scalar, here: Here<'_>, name: &str) {
        let problem = match Plain::of(scalar) {
            _ if here.types().is_empty() => None,
            Plain::Bool if here.is("boolean") => None,
            Plain::Number(number) if here.is("number") || here.is("integer") => {
                number_problem(number, here)
            }
            // A number is a text where a text is wanted: `version: 1.0`.
            Plain::Text | Plain::Number(_) | Plain::Bool if here.is("string") => {
                text_problem(&scalar.text, here)
            }
            _ => Some(None),
        };
        match problem {
            None => {}
            Some(None) => self.wrong(node, here, name),
            Some(Some(message)) => {
                let message = format!("`{name}` {message}");
                self.push(
                    node.span.clone(),
                    "wrong-type",
                    Severity::Error,
                    message,
                    None,
                );
            }
        }
        self.word(node, scalar, here, name);
    }

    fn word(&mut self, node: &Node, scalar: &Scalar, here: Here<'_>, name: &str) {
        let words: Vec<String> = here.texts("enum").collect();
        if words.is_empty() || words.contains(&scalar.text) {
            return;
        }
        let near = nearest(&scalar.text, words.iter().map(String::as_str));
        let hint = near.map(|near| format!("did you mean `{near}`?"));
        let message = format!("`{name}` is {}, not `{}`", words.join(" or "), scalar.text);
        self.push(
            node.span.clone(),
            "unknown-value",
            Severity::Error,
            message,
            hint,
        );
    }

    fn wrong(&mut self, node: &Node, here: Here<'_>, name: &str) {
        let got = match &node.kind {
            Kind::Scalar(scalar) => format!("`{}`", shortened(&scalar.text)),
            _ => node.describe().to_owned(),
        };
        let hint = match &node.kind {
            Kind::Scalar(scalar) if here.is("boolean") => {
                match scalar.text.to_ascii_lowercase().as_str() {
                    "yes" | "on" | "true" => Some("write true, without quotes".to_owned()),
                    "no" | "off" | "false" => Some("write false, without quotes".to_owned()),
                    _ => None,
                }
            }
            Kind::Scalar(_) if here.is("array") => {
                Some("write a list: `[a, b]`; no shell reads it".to_owned())
            }
            _ => None,
        };
        let message = format!("`{name}` must be {} (got: {got})", here.value());
        self.push(
            node.span.clone(),
            "wrong-type",
            Severity::Error,
            message,
            hint,
        );
    }

    fn push(
        &mut self,
        range: Span,
        code: &'static str,
        severity: Severity,
        message: String,
        hint: Option<String>,
    ) {
        self.found.push(Diagnostic {
            range,
            code,
            severity,
            message,
            hint,
        });
    }
}

/// What a value is as the readers of settings take it (YAML 1.2).
enum Plain {
    Bool,
    Number(f64),
    Text,
}

impl Plain {
    fn of(scalar: &Scalar) -> Self {
        let text = scalar.text.as_str();
        if !scalar.plain {
            return Self::Text;
        }
        if matches!(text, "true" | "True" | "TRUE" | "false" | "False" | "FALSE") {
            return Self::Bool;
        }
        match text.parse::<f64>() {
            Ok(number) if text.starts_with(|c: char| c.is_ascii_digit() || "+-.".contains(c)) => {
                Self::Number(number)
            }
            _ => Self::Text,
        }
    }
}

/// `Some(None)`: another type; `Some(Some(..))`: out of bounds.
type Problem = Option<Option<String>>;

fn number_problem(number: f64, here: Here<'_>) -> Problem {
    if here.is("integer") && number.fract() != 0.0 {
        return Some(None);
    }
    let bound = |field: &str| here.0[field].as_f64();
    let below = bound("minimum").filter(|least| number < *least);
    let not_above = bound("exclusiveMinimum").filter(|least| number <= *least);
    let above = bound("maximum").filter(|most| number > *most);
    let message = below
        .map(|least| format!("must be >= {least}"))
        .or_else(|| not_above.map(|least| format!("must be > {least}")))
        .or_else(|| above.map(|most| format!("must be <= {most}")));
    message.map(Some)
}

fn text_problem(text: &str, here: Here<'_>) -> Problem {
    let format = here.0["format"].as_str().unwrap_or_default();
    if format.starts_with("offshoot-time") {
        let never = format.ends_with("never") && matches!(text, "never" | "none" | "off");
        return match values::duration(text) {
            _ if never => None,
            Some(span) => number_problem(span.as_secs_f64(), here),
            None => Some(None),
        };
    }
    if format == "offshoot-argument" {
        return placeholder_problem(text);
    }
    None
}

/// Braces that do not look like a placeholder (`{"a":1}`, `${X}`) are part of the argument.
fn placeholder_problem(text: &str) -> Problem {
    let mut rest = text;
    while let Some((before, behind)) = rest.split_once('{') {
        let (name, after) = behind.split_once('}')?;
        let like_one =
            !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
        if like_one && !before.ends_with('$') && !PLACEHOLDERS.contains(&name) {
            return Some(Some(format!("has an unknown placeholder {{{name}}}")));
        }
        rest = after;
    }
    None
}

fn quoted(name: &str) -> String {
    match name {
        "the file" => name.to_owned(),
        name => format!("`{name}`"),
    }
}

fn shortened(text: &str) -> String {
    let line = text.lines().next().unwrap_or_default();
    match line.char_indices().nth(40) {
        Some((end, _)) => format!("{}…", &line[..end]),
        None => line.to_owned(),
    }
}
