//! Checks a JSON document against one of `schemas/`, strictly: a field the schema does not know is a fault
//! too, because what is printed but not promised cannot be relied upon.
//!
//! Knows the part of JSON Schema that schemars writes for the types of `protocol`, and says so where there is more.

use crate::tree::source_root;
use serde_json::{Map, Value};

/// Checks a document.
///
/// # Panics
///
/// With every place where it does not keep to `schemas/<name>.json`.
#[track_caller]
pub fn assert_document(name: &str, document: &Value) {
    let problems = check(&load(name), document);
    assert!(
        problems.is_empty(),
        "not as in schemas/{name}.json:\n{}\n{document:#}",
        problems.join("\n")
    );
}

/// Reads `schemas/<name>.json`.
#[track_caller]
pub fn load(name: &str) -> Value {
    let path = source_root().join("schemas").join(format!("{name}.json"));
    let text = std::fs::read_to_string(&path)
        .unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    serde_json::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// Everything that is wrong with a document, each with its JSON pointer.
pub fn check(schema: &Value, document: &Value) -> Vec<String> {
    let mut checker = Checker {
        root: schema,
        problems: Vec::new(),
    };
    checker.value(schema, document, "");
    checker.problems
}

struct Checker<'a> {
    root: &'a Value,
    problems: Vec<String>,
}

/// Keywords that only explain, or that are read beside the ones below.
const SILENT: [&str; 12] = [
    "$schema",
    "$defs",
    "title",
    "description",
    "default",
    "format",
    "required",
    "minimum",
    "maximum",
    "examples",
    "readOnly",
    "deprecated",
];

impl<'a> Checker<'a> {
    fn value(&mut self, schema: &'a Value, value: &Value, at: &str) {
        let Some(rules) = schema.as_object() else {
            if schema == &Value::Bool(false) {
                self.problem(at, "nothing may stand here");
            }
            return;
        };
        for (keyword, rule) in rules {
            match keyword.as_str() {
                "$ref" => self.reference(rule, value, at),
                "type" => self.kind(rule, value, at),
                "enum" | "const" => self.choice(rule, value, at),
                "anyOf" | "oneOf" => self.any(rule, value, at),
                "allOf" => rule
                    .as_array()
                    .into_iter()
                    .flatten()
                    .for_each(|rule| self.value(rule, value, at)),
                "items" => self.items(rule, value, at),
                "properties" | "additionalProperties" => {}
                silent if SILENT.contains(&silent) => {}
                other => self.problem(
                    at,
                    &format!("the checker does not know the keyword {other}"),
                ),
            }
        }
        if let Value::Object(fields) = value {
            self.fields(rules, fields, at);
        }
        if let (Some(least), Some(number)) = (rules.get("minimum"), value.as_f64())
            && least.as_f64().is_some_and(|least| number < least)
        {
            self.problem(at, &format!("{number} is below {least}"));
        }
    }

    fn reference(&mut self, rule: &'a Value, value: &Value, at: &str) {
        let root = self.root;
        let target = rule
            .as_str()
            .and_then(|name| root.pointer(name.trim_start_matches('#')));
        match target {
            Some(schema) => self.value(schema, value, at),
            None => self.problem(
                at,
                &format!("the schema refers to {rule}, which is not there"),
            ),
        }
    }

    fn kind(&mut self, rule: &Value, value: &Value, at: &str) {
        let fits = |name: &Value| match name.as_str().unwrap_or_default() {
            "null" => value.is_null(),
            "boolean" => value.is_boolean(),
            "integer" => value.is_i64() || value.is_u64(),
            "number" => value.is_number(),
            "string" => value.is_string(),
            "array" => value.is_array(),
            "object" => value.is_object(),
            _ => false,
        };
        let fine = rule
            .as_array()
            .map_or_else(|| fits(rule), |names| names.iter().any(fits));
        if !fine {
            self.problem(at, &format!("{value} is not of type {rule}"));
        }
    }

    fn choice(&mut self, rule: &Value, value: &Value, at: &str) {
        let fine = rule
            .as_array()
            .map_or(rule == value, |choices| choices.contains(value));
        if !fine {
            self.problem(at, &format!("{value} is none of {rule}"));
        }
    }

    fn any(&mut self, rule: &'a Value, value: &Value, at: &str) {
        let mut tried = Vec::new();
        for schema in rule.as_array().into_iter().flatten() {
            let mut branch = Checker {
                root: self.root,
                problems: Vec::new(),
            };
            branch.value(schema, value, at);
            if branch.problems.is_empty() {
                return;
            }
            tried.extend(branch.problems);
        }
        self.problem(at, &format!("no alternative fits: {}", tried.join("; ")));
    }

    fn items(&mut self, rule: &'a Value, value: &Value, at: &str) {
        for (index, item) in value.as_array().into_iter().flatten().enumerate() {
            self.value(rule, item, &format!("{at}/{index}"));
        }
    }

    fn fields(&mut self, rules: &'a Map<String, Value>, fields: &Map<String, Value>, at: &str) {
        let required = rules
            .get("required")
            .and_then(Value::as_array)
            .into_iter()
            .flatten();
        for name in required
            .filter_map(Value::as_str)
            .filter(|name| !fields.contains_key(*name))
        {
            self.problem(at, &format!("{name} is missing"));
        }
        let known = rules.get("properties").and_then(Value::as_object);
        let others = rules.get("additionalProperties");
        for (name, value) in fields {
            let at = format!("{at}/{name}");
            match (known.and_then(|known| known.get(name)), others) {
                (Some(schema), _) | (None, Some(schema)) => self.value(schema, value, &at),
                (None, None) if known.is_some() => {
                    self.problem(&at, "the schema does not know this field")
                }
                (None, None) => {}
            }
        }
    }

    fn problem(&mut self, at: &str, what: &str) {
        self.problems
            .push(format!("{}: {what}", if at.is_empty() { "/" } else { at }));
    }
}
