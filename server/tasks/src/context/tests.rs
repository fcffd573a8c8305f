//! The operations: what they leave, what they ask, and what they tell nobody.

mod judging;
mod warming;
mod whole;

use super::bed::{Asked, Bed, Fake, now, well};
use super::cache::Cache;
use super::{clean, health, refresh, search, shelf, staleness, statistics, warm, yaml};
use crate::ground::Stop;
use crate::web::Offline;
use artifact::Artifact;
use serde_json::{Value, json};

const MANIFESTS: [(&str, &str); 2] = [
    ("requirements.txt", "fastapi\nreact\n"),
    (
        "web/package.json",
        r#"{"name": "web", "dependencies": {"react": "1", "zod": "1"}, "devDependencies": {"vitest": "1"}}"#,
    ),
];

fn warm(bed: &Bed, fake: &Fake, options: &warm::Options) -> Artifact {
    warm::run(bed, fake, &bed.around(), options).unwrap()
}

fn all() -> warm::Options {
    warm::Options {
        limit: 20,
        ..warm::Options::default()
    }
}

fn statuses(artifact: &Artifact) -> Vec<(String, String)> {
    let rows = artifact.other["libraries_cached"].as_array().unwrap();
    let text = |row: &Value, name: &str| row[name].as_str().unwrap().to_owned();
    rows.iter()
        .map(|row| (text(row, "library_name"), text(row, "status")))
        .collect()
}

fn check(artifact: &Artifact, expected: &[(&str, &str)]) {
    let found = statuses(artifact);
    let found: Vec<_> = found
        .iter()
        .map(|(name, status)| (name.as_str(), status.as_str()))
        .collect();
    assert_eq!(found, expected, "{:?}", artifact.error);
}

fn held(bed: &Bed) -> Vec<shelf::Library> {
    Cache::open(bed.folder.path()).unwrap().libraries()
}

/// A Context7 that is well but for one library.
fn but(
    library: &'static str,
    status: u16,
    headers: &'static [(&'static str, &'static str)],
) -> Fake {
    Fake::new(move |asked: &Asked, _| {
        let it = asked.get("libraryName") == library || asked.get("libraryId").contains(library);
        let headers = headers
            .iter()
            .map(|(name, value)| (*name, (*value).to_owned()))
            .collect();
        if it {
            (status, headers, "{}".to_owned())
        } else {
            (200, Vec::new(), well(asked))
        }
    })
}
