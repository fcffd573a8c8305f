//! What agents share with the user through git, compared around each attempt.
//!
//! Seen: every ref but ours, the stash with its log, HEAD of the user's checkout, the shared
//! config, hooks, attributes and excludes. Not seen, on purpose: files and index of the checkout,
//! because a person works there at the same time and an editor refreshes the index every few
//! seconds; and `refs/remotes`, which editors fetch in the background.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use sha2::{Digest, Sha256};

use crate::bytes;
use crate::error::{Error, Result};
use crate::refs::OURS;
use crate::repo::Repo;

/// A snapshot: names of things and what they were.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SharedState {
    things: BTreeMap<String, String>,
}

/// Something shared that changed during an attempt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Escaped {
    /// A full ref name, `HEAD`, or a file of the git folder (`config`, `hooks/pre-commit`).
    pub what: String,
    /// What it was: an object id, what HEAD said, or the start of a hash; `None` when it was not there.
    pub before: Option<String>,
    /// What it is now.
    pub after: Option<String>,
}

/// Files of the common git folder that change what git does for everybody.
const FILES: &[&str] = &[
    "config",
    "config.worktree",
    "info/attributes",
    "info/grafts",
    "objects/info/alternates",
];
/// Refs that change by themselves.
const RESTLESS: &[&str] = &[
    "refs/remotes/",
    "refs/prefetch/",
    "refs/bisect/",
    "refs/rewritten/",
    "refs/worktree/",
];

impl Repo {
    /// Takes a snapshot: the refs and a few small files.
    pub fn shared_state(&self) -> Result<SharedState> {
        let mut things = self.others_refs()?;
        let common = self.common_dir();
        for name in FILES {
            things.extend(
                fs::read(common.join(name))
                    .ok()
                    .map(|content| ((*name).to_owned(), hash(&content))),
            );
        }
        if let Ok(content) = fs::read(common.join("info/exclude")) {
            things.insert(
                "info/exclude".into(),
                hash(&crate::exclude::without_block(&content)),
            );
        }
        if let Ok(log) = fs::read(common.join("logs/refs/stash")) {
            // The ref alone does not show that an older stash was dropped.
            things.insert("the stash".into(), hash(&log));
        }
        if let Ok(head) = fs::read(self.git_dir().join("HEAD")) {
            things.insert("HEAD".into(), bytes::lossy(bytes::line(&head)));
        }
        things.extend(hooks(&common.join("hooks")));
        Ok(SharedState { things })
    }

    fn others_refs(&self) -> Result<BTreeMap<String, String>> {
        match self.read_refs() {
            Some(refs) => Ok(refs),
            None => self.refs_with_git(),
        }
    }

    /// With libgit2; none where that cannot read all of them.
    fn read_refs(&self) -> Option<BTreeMap<String, String>> {
        let reader = self.reader()?;
        let mut refs = BTreeMap::new();
        for found in reader.references().ok()? {
            let found = found.ok()?;
            let name = bytes::lossy(found.name_bytes());
            if is_skipped(&name) {
                continue;
            }
            // A symbolic ref is where it points, not what is there.
            let value = match found.symbolic_target_bytes() {
                Some(target) => bytes::lossy(target),
                None => found.target()?.to_string(),
            };
            refs.insert(name, value);
        }
        Some(refs)
    }

    fn refs_with_git(&self) -> Result<BTreeMap<String, String>> {
        let format = "--format=%(objectname) %(refname) %(symref)";
        let output = self.git("for-each-ref").arg(format).run()?;
        let mut refs = BTreeMap::new();
        for line in output
            .split(|b| *b == b'\n')
            .filter(|line| !line.is_empty())
        {
            let text = bytes::lossy(line);
            let mut words = text.splitn(3, ' ');
            let (Some(oid), Some(name)) = (words.next(), words.next()) else {
                return Err(Error::odd_answer("for-each-ref", line));
            };
            if !is_skipped(name) {
                let value = words
                    .next()
                    .filter(|target| !target.is_empty())
                    .unwrap_or(oid);
                refs.insert(name.to_owned(), value.to_owned());
            }
        }
        Ok(refs)
    }
}

impl SharedState {
    /// What differs in the later snapshot, by name. A new tag does not count: fetching brings them.
    pub fn escaped(&self, after: &Self) -> Vec<Escaped> {
        let names: std::collections::BTreeSet<&String> =
            self.things.keys().chain(after.things.keys()).collect();
        let changes = names.into_iter().map(|name| Escaped {
            what: name.clone(),
            before: self.things.get(name).cloned(),
            after: after.things.get(name).cloned(),
        });
        let new_tag = |e: &Escaped| e.before.is_none() && e.what.starts_with("refs/tags/");
        changes
            .filter(|e| e.before != e.after && !new_tag(e))
            .collect()
    }

    /// One text for the whole snapshot: two are equal if nothing changed.
    pub fn fingerprint(&self) -> String {
        let mut all = String::new();
        for (name, value) in &self.things {
            let _ = writeln!(all, "{name}\0{value}");
        }
        hash(all.as_bytes())
    }
}

/// Ours, and those that change by themselves.
fn is_skipped(name: &str) -> bool {
    let mut prefixes = OURS.iter().chain(RESTLESS);
    prefixes.any(|prefix| name.starts_with(prefix))
}

/// Hooks that would run: content and executable bit.
fn hooks(folder: &Path) -> Vec<(String, String)> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let real = entries.filter(|entry| !entry.file_name().to_string_lossy().ends_with(".sample"));
    real.filter_map(|entry| {
        let content = fs::read(entry.path()).ok()?;
        let runs = fs::metadata(entry.path()).ok()?.permissions().mode() & 0o111 != 0;
        let name = format!("hooks/{}", entry.file_name().to_string_lossy());
        Some((
            name,
            format!(
                "{}{}",
                hash(&content),
                if runs { " executable" } else { "" }
            ),
        ))
    })
    .collect()
}

/// The first 16 digits of the SHA-256: enough to see a change.
fn hash(content: &[u8]) -> String {
    let digest = Sha256::digest(content);
    digest[..8].iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}
