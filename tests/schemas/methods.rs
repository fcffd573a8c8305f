//! `schemas/methods.json`: the one method table with the schemas of its parameters and results.

use crate::generated;
use protocol::PROTOCOL_VERSION;
use protocol::methods::{METHODS, schemas};
use serde_json::{Map, Value, json};

#[test]
fn the_method_table_is_current() {
    let mut types = Map::new();
    let mut methods = Vec::new();
    for (method, (name, params, result)) in METHODS.iter().zip(schemas()) {
        assert_eq!(method.name, name);
        methods.push(json!({
            "name": name,
            "doc": method.doc.trim(),
            "params": adopt(params.to_value(), &mut types),
            "result": adopt(result.to_value(), &mut types),
        }));
    }
    let table = json!({"protocol": PROTOCOL_VERSION, "methods": methods, "$defs": types});
    let text = serde_json::to_string_pretty(&table).expect("a table is JSON");
    generated("schemas/methods.json", &format!("{text}\n"));
}

/// Puts a type, and the types it names, among the common ones, and returns a reference to it.
fn adopt(mut schema: Value, types: &mut Map<String, Value>) -> Value {
    let fields = schema.as_object_mut().expect("a type is an object");
    fields.remove("$schema");
    if let Some(Value::Object(named)) = fields.remove("$defs") {
        for (name, schema) in named {
            keep(name, schema, types);
        }
    }
    let name = fields
        .remove("title")
        .and_then(|title| title.as_str().map(str::to_owned));
    let name = name.expect("a type has a name");
    let reference = json!({"$ref": format!("#/$defs/{name}")});
    keep(name, schema, types);
    reference
}

fn keep(name: String, schema: Value, types: &mut Map<String, Value>) {
    match types.get(&name) {
        Some(known) => assert_eq!(*known, schema, "two types of the wire are named {name}"),
        None => {
            types.insert(name, schema);
        }
    }
}

#[test]
fn method_names_are_unique_and_have_one_form() {
    let mut names: Vec<_> = METHODS.iter().map(|method| method.name).collect();
    for name in &names {
        let (noun, verb) = name.split_once('.').expect("noun.verb");
        assert!(
            noun.chars()
                .chain(verb.chars())
                .all(|c| c.is_ascii_lowercase() || c == '_'),
            "{name}"
        );
    }
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), METHODS.len());
}
