//! The table itself.

use crate::table::{Scope, reference};
use std::collections::BTreeSet;

#[test]
fn rows_hold_together() {
    let mut keys = BTreeSet::new();
    let mut variables = BTreeSet::new();
    let mut spelt = BTreeSet::new();
    for row in reference() {
        assert!(keys.insert(row.key), "{} stands twice", row.key);
        assert!(
            row.meaning.ends_with('.') && row.meaning.is_ascii(),
            "{}",
            row.key
        );
        assert!(!row.kind.describe().is_empty() && !row.scopes.is_empty());
        if let Some(variable) = row.variable() {
            assert!(variables.insert(variable), "{}", row.key);
        }
        // A file has one spelling of a setting, so none of its own can contradict another.
        for scope in row.scopes {
            assert!(spelt.insert((row.canonical(), *scope)), "{}", row.key);
        }
        assert!(
            row.same_as
                .is_none_or(|key| reference().iter().any(|other| other.key == key))
        );
        serde_json::from_str::<serde_json::Value>(row.default).unwrap();
    }
    assert!(
        variables.contains("OFFSHOOT_MAX_PARALLEL") && variables.contains("OFFSHOOT_POOL_SIZE")
    );
}

/// A default in the table is a value that could be written.
#[test]
fn defaults_are_valid() {
    for row in reference().iter().filter(|row| row.default != "null") {
        let text: serde_yaml::Value = serde_yaml::from_str(row.default).unwrap();
        assert_eq!(row.kind.read(&text), Ok(row.default_value()), "{}", row.key);
    }
}

#[test]
fn the_machine_is_never_a_repositorys() {
    for row in reference().iter().filter(|row| row.of_machine()) {
        assert_eq!(row.scopes, [Scope::User]);
    }
    let machine: Vec<_> = reference()
        .iter()
        .filter(|row| row.of_machine())
        .map(|row| row.key)
        .collect();
    assert_eq!(machine.len(), 10);
}
