//! The ids of steps: given ones are checked, missing ones are made of titles. An id is a file name
//! and a part of a git ref.

use super::read::shortened;
use super::report::Report;
use super::step::Draft;
use crate::ids::{StepId, slug};
use crate::workflow::Work;
use std::collections::{HashMap, HashSet};

/// The longest id, in bytes: worktree paths hold it beside the run's id, and paths are limited.
const MAX_ID: usize = 64;
/// The longest id made of a title.
const MAX_SLUG: usize = 40;

/// Gives every step its id, its title where it has none, and tells which index an id has.
pub(super) fn settle(drafts: &mut [Option<Draft>], report: &mut Report) -> HashMap<String, usize> {
    let mut ids = HashMap::new();
    let mut folded = HashSet::new();
    for (index, draft) in drafts.iter_mut().enumerate() {
        if let Some(draft) = draft {
            given(index, draft, &mut ids, &mut folded, report);
        }
    }
    let mut counts = HashMap::new();
    for (index, draft) in drafts.iter_mut().enumerate() {
        let Some(draft) = draft else { continue };
        if draft.id.is_none() {
            let id = made(&base(index, draft), &mut folded, &mut counts);
            ids.insert(id.clone(), index);
            draft.step.id = StepId::new(id);
        }
        if draft.step.title.is_empty() {
            draft.step.title = draft.step.id.as_str().to_owned();
        }
    }
    ids
}

/// Takes the id that the file gives.
fn given(
    index: usize,
    draft: &mut Draft,
    ids: &mut HashMap<String, usize>,
    folded: &mut HashSet<String>,
    report: &mut Report,
) {
    let Some(id) = &draft.id else { return };
    draft.step.id = StepId::new(id.value.clone());
    if let Some(why) = unsafe_id(&id.value) {
        let message = format!("the id `{}` {why}", shortened(&id.value));
        let hint = match slug(&id.value, MAX_SLUG) {
            slug if slug.is_empty() => None,
            slug => Some(format!(
                "for example `{slug}`; ids name folders and branches"
            )),
        };
        report.error(id.span.clone(), "bad-id", message, hint);
    }
    if ids.contains_key(&id.value) {
        let hint = Some("give each step an id of its own".to_owned());
        let message = format!("the id `{}` is taken by a step above", shortened(&id.value));
        report.error(id.span.clone(), "duplicate-id", message, hint);
        return;
    }
    if !folded.insert(id.value.to_ascii_lowercase()) {
        let message = format!(
            "the id `{}` differs from one above only in upper and lower case",
            shortened(&id.value)
        );
        let hint = Some("some file systems take them for one name".to_owned());
        report.error(id.span.clone(), "duplicate-id", message, hint);
    }
    ids.insert(id.value.clone(), index);
}

/// Why this cannot be a file name and a part of a ref; also used for the workflow's own id.
pub fn unsafe_id(id: &str) -> Option<&'static str> {
    let allowed = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-');
    match id {
        "" => Some("is empty"),
        _ if id.len() > MAX_ID => Some("is longer than 64 characters"),
        _ if !id.chars().all(allowed) => {
            Some("holds other characters than letters, digits, `.`, `_` and `-`")
        }
        _ if id.starts_with(['.', '-']) => Some("starts with `.` or `-`"),
        _ if id.contains("..") => Some("holds `..`"),
        _ if id.ends_with('.') => Some("ends with `.`"),
        _ if id.to_ascii_lowercase().ends_with(".lock") => Some("ends with `.lock`"),
        _ => None,
    }
}

/// What an id is made of: the title, else the agent and its action, else the number of the step.
fn base(index: usize, draft: &Draft) -> String {
    let words = match &draft.step.work {
        _ if !draft.step.title.is_empty() => slug(&draft.step.title, MAX_SLUG),
        Work::Agent(work) => slug(&format!("{} {}", work.agent, work.action), MAX_SLUG),
        Work::Nothing => "finalize".to_owned(),
        Work::Shell(_) | Work::Argv(_) => String::new(),
    };
    if words.is_empty() {
        format!("step-{}", index + 1)
    } else {
        words
    }
}

/// The base itself, or with the first free number from 2. Counts are kept by base, so many equal
/// titles cost no more than others.
fn made(base: &str, taken: &mut HashSet<String>, counts: &mut HashMap<String, usize>) -> String {
    let mut id = base.to_owned();
    while !taken.insert(id.clone()) {
        let count = counts.entry(base.to_owned()).or_insert(1);
        *count += 1;
        id = format!("{base}-{count}");
    }
    id
}
