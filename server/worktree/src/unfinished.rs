//! Operations of git that somebody left half done in a checkout: a merge, a rebase.

use std::fs;
use std::path::Path;

/// Files that show which operation is half done.
pub(crate) const OPERATIONS: &[(&str, &str)] = &[
    ("MERGE_HEAD", "merge"),
    ("rebase-merge", "rebase"),
    ("rebase-apply", "rebase"),
    ("CHERRY_PICK_HEAD", "cherry-pick"),
    ("REVERT_HEAD", "revert"),
    ("BISECT_LOG", "bisect"),
];

/// The operation that is half done in the checkout with this git folder.
pub(crate) fn operation(git_dir: &Path) -> Option<&'static str> {
    let there = OPERATIONS
        .iter()
        .find(|(file, _)| git_dir.join(file).exists());
    there.map(|(_, operation)| *operation)
}

/// The full name of the branch that a rebase in this checkout will move when it is done: HEAD is
/// detached meanwhile, so that nothing else shows it.
pub(crate) fn rebased_branch(git_dir: &Path) -> Option<String> {
    let names = ["rebase-merge/head-name", "rebase-apply/head-name"];
    let text = names
        .iter()
        .find_map(|name| fs::read_to_string(git_dir.join(name)).ok())?;
    Some(text.trim_end().to_owned()).filter(|name| name.starts_with("refs/heads/"))
}
