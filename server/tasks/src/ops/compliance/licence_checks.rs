//! What the rules about licences look for.

use super::super::check::{Hits, name};
use super::licence::{named, of};
use super::manifests::{declared, without_licence};
use super::repository::{Repository, base, folder};

const STARTS: &[&str] = &["licen", "copying", "unlicense"];

/// Licence files of a folder, with what they are.
fn texts<'r>(repository: &'r Repository, of_folder: &str) -> Vec<(&'r str, Option<&'static str>)> {
    let all = repository.files.iter().map(String::as_str);
    all.filter(|path| folder(path) == of_folder)
        .filter(|path| {
            let lower = base(path).to_ascii_lowercase();
            let code = [".rs", ".py", ".ts", ".js", ".go", ".java", ".json", ".toml"];
            STARTS.iter().any(|start| lower.starts_with(start))
                && !code.iter().any(|end| lower.ends_with(end))
        })
        .map(|path| (path, of(repository.text(path))))
        .collect()
}

fn is_there(repository: &Repository) -> bool {
    !texts(repository, "").is_empty()
        || repository
            .files
            .iter()
            .any(|path| path.starts_with("LICENSES/"))
}

pub(super) fn missing(repository: &Repository, hits: &mut Hits) {
    if !is_there(repository) {
        hits.whole("nothing says what others may do with this");
    }
}

pub(super) fn unknown(repository: &Repository, hits: &mut Hits) {
    let all = texts(repository, "");
    if all.is_empty() {
        return hits.not_applicable();
    }
    for (path, known) in all {
        if known.is_none() {
            hits.in_file(path, None, "this is none of the usual licences");
        }
    }
}

pub(super) fn differs(repository: &Repository, hits: &mut Hits) {
    let all = declared(repository);
    if all.is_empty() {
        return hits.not_applicable();
    }
    for manifest in all {
        let beside = texts(repository, folder(manifest.path));
        let texts = if beside.is_empty() {
            texts(repository, "")
        } else {
            beside
        };
        let known: Vec<&str> = texts.iter().filter_map(|(_, known)| *known).collect();
        let says = named(&manifest.expression);
        if known.is_empty() {
            continue;
        }
        // Where a text is not recognised it may be the one that seems to be missing.
        let sure = known.len() == texts.len();
        let without_text = says
            .iter()
            .find(|name| !known.contains(&name.as_str()))
            .filter(|_| sure);
        let unnamed = known
            .iter()
            .find(|known| !says.iter().any(|name| name == *known));
        let message = match (without_text, unnamed) {
            (_, Some(known)) => format!(
                "the licence here is `{}`, the text is that of {known}",
                name(&manifest.expression)
            ),
            (Some(missing), None) => format!("the text of {} is not there", name(missing)),
            (None, None) => continue,
        };
        hits.in_file(manifest.path, Some(manifest.place), message);
    }
}

pub(super) fn unnamed(repository: &Repository, hits: &mut Hits) {
    for (path, place) in without_licence(repository) {
        hits.in_file(path, place, "a package that others get names no licence");
    }
}
