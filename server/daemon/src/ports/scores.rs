//! Scores in the files that an attempt wrote. A file that it did not write says nothing about it.

use model::score::{DEFAULT_FILE, KNOWN, Scores};
use model::verdict::Created;
use serde_json::{Map, Value};
use std::path::Path;
use std::time::SystemTime;

/// The largest file that is looked into.
const LARGEST: u64 = 4 << 20;
/// Changed JSON files that are looked into: an attempt that generated thousands has its scores declared.
const MOST_FILES: usize = 100;

/// The scores that an attempt left: in the files it promised, in their order; in the usual place; in
/// whatever JSON file it changed. `began` is when its worktree was ready.
pub(super) fn written<'a>(
    root: &Path,
    created: &[(String, Created)],
    changed: impl Iterator<Item = &'a Path>,
    began: Option<SystemTime>,
) -> Option<Scores> {
    let is_json = |path: &Path| path.extension().is_some_and(|end| end == "json");
    let promised = created
        .iter()
        .filter(|(_, state)| *state == Created::Written)
        .map(|(path, _)| Path::new(path));
    let usual = Path::new(DEFAULT_FILE);
    let usual = std::iter::once(usual).filter(|path| is_newer(&root.join(path), began));
    let mut changed: Vec<&Path> = changed.filter(|path| is_json(path)).collect();
    changed.sort_unstable();
    let meant = promised.filter(|path| is_json(path)).chain(usual);
    let meant: Vec<&Path> = meant.collect();
    let all = meant.iter().copied().chain(changed);
    let found = all.take(MOST_FILES).find_map(|path| read(root, path));
    // One that was meant to have them and has none is named: whoever asks why looks into it.
    let empty = |path: &&Path| Scores {
        path: path.display().to_string(),
        passed: None,
        values: Vec::new(),
    };
    found.or_else(|| meant.first().map(empty))
}

fn is_newer(file: &Path, began: Option<SystemTime>) -> bool {
    let modified = std::fs::metadata(file).and_then(|meta| meta.modified());
    modified.is_ok_and(|modified| began.is_some_and(|began| modified > began))
}

fn read(root: &Path, path: &Path) -> Option<Scores> {
    let file = root.join(path);
    let meta = std::fs::symlink_metadata(&file).ok()?;
    if !meta.is_file() || meta.len() > LARGEST {
        return None;
    }
    let value: Value = serde_json::from_slice(&std::fs::read(&file).ok()?).ok()?;
    let (values, passed) = scores(value.as_object()?);
    let empty = values.is_empty() && passed.is_none();
    (!empty).then(|| Scores {
        path: path.display().to_string(),
        passed,
        values,
    })
}

/// The shapes of TappsCodingAgents: `<name>_score` at the top (review), a mapping `scores` (quality),
/// `coverage.coverage_percentage` (testing), `passed` or `decision`; and plain names at the top.
fn scores(file: &Map<String, Value>) -> (Vec<(String, f64)>, Option<bool>) {
    let mut found: Vec<(String, f64)> = Vec::new();
    let mut add = |name: &str, value: &Value| {
        let known = found.iter().any(|(known, _)| known == name);
        if let (Some(value), false) = (number(value), known) {
            found.push((name.to_owned(), value));
        }
    };
    for (key, value) in file {
        if let Some(name) = key.strip_suffix("_score") {
            add(name, value);
        } else if KNOWN.contains(&key.as_str()) {
            add(key, value);
        }
    }
    for (key, value) in file
        .get("scores")
        .and_then(Value::as_object)
        .into_iter()
        .flatten()
    {
        add(key.strip_suffix("_score").unwrap_or(key), value);
    }
    if let Some(value) = file
        .get("coverage")
        .and_then(|of| of.get("coverage_percentage"))
    {
        add("test_coverage", value);
    }
    let decision = file.get("decision").and_then(Value::as_str);
    let decided = decision.map(|word| word.to_ascii_uppercase().starts_with("APPROVED"));
    let passed = file.get("passed").and_then(Value::as_bool).or(decided);
    (found, passed)
}

/// Agents put numbers into quotes, too. What is no finite number is no score: it would meet any threshold.
fn number(value: &Value) -> Option<f64> {
    let number = match value {
        Value::String(text) => text.trim().parse().ok(),
        value => value.as_f64(),
    };
    number.filter(|number: &f64| number.is_finite())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(json: &str, expected: &[(&str, f64)], passed: Option<bool>) {
        let value: Value = serde_json::from_str(json).expect("JSON");
        let (mut found, says) = scores(value.as_object().expect("an object"));
        found.sort_by(|a, b| a.0.cmp(&b.0));
        let expected: Vec<(String, f64)> = expected
            .iter()
            .map(|(name, value)| ((*name).to_owned(), *value))
            .collect();
        assert_eq!((found, says), (expected, passed), "{json}");
    }

    #[test]
    fn the_shapes_of_reports() {
        check(
            r#"{"overall_score": 8.5, "security_score": 9, "passed": true, "threshold": 8}"#,
            &[("overall", 8.5), ("security", 9.0)],
            Some(true),
        );
        check(
            r#"{"decision": "CHANGES_REQUESTED", "overall": 4}"#,
            &[("overall", 4.0)],
            Some(false),
        );
        check(
            r#"{"overall_score": 6, "scores": {"linting": 7.5, "security_score": 3, "overall": 1}}"#,
            &[("linting", 7.5), ("overall", 6.0), ("security", 3.0)],
            None,
        );
        check(
            r#"{"coverage": {"coverage_percentage": 81.5}, "total_tests": 3}"#,
            &[("test_coverage", 81.5)],
            None,
        );
        check(r#"{"name": "x", "version": 3}"#, &[], None);
    }

    #[test]
    fn only_finite_numbers_are_scores() {
        check(
            r#"{"overall_score": "8", "security_score": " 8.5 "}"#,
            &[("overall", 8.0), ("security", 8.5)],
            None,
        );
        check(
            r#"{"overall_score": "NaN", "a_score": "inf", "b_score": "8/10", "c_score": null, "d_score": true, "e_score": {"value": 9}}"#,
            &[],
            None,
        );
    }

    #[test]
    fn a_file_that_was_to_have_scores_is_named() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("review.json");
        std::fs::File::create(&path)
            .and_then(|mut file| std::io::Write::write_all(&mut file, b"{\"overall_score\": NaN}"))
            .expect("written");
        let created = [("review.json".to_owned(), Created::Written)];
        let found = written(folder.path(), &created, std::iter::empty(), None);
        let found = found.expect("a file that is meant");
        assert_eq!(
            (found.path.as_str(), found.values.len()),
            ("review.json", 0)
        );
        assert_eq!(written(folder.path(), &[], std::iter::empty(), None), None);
    }
}
