//! Which files are the same work, so that none is done twice: also not when it is touched, renamed, copied, or
//! written once more as it was.
//!
//! A command with an `execution_id` is told by that, wherever its file lies. One without, and a file that is no
//! command, are told by what stands in them: the same words at the same place are the same work until something
//! else stood there, or nothing.

use super::claim::{Claim, Claims, short};
use agents::handoff::names::CURSOR_DIR;
use agents::handoff::skill::SkillCommand;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::collections::HashMap;
use std::ffi::OsStr;
use std::io;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

/// What tells a file's work from another's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Identity {
    /// The name of its claim: work of the same name is done once, for all time.
    pub(super) name: String,
    /// What stands in it, where only that tells: work of the same words at the same place is done again only
    /// when something else was there between.
    pub(super) words: Option<Words>,
}

/// What stands at a place.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Words {
    /// The file, or for a command the one name that it has in its worktree: the root and `.cursor` are one place.
    pub(super) place: PathBuf,
    /// Stands for the content.
    pub(super) digest: String,
}

impl Identity {
    /// Of a command.
    pub(super) fn of_command(
        command: &SkillCommand,
        file: &Path,
        bytes: &[u8],
        changed_at: i64,
    ) -> Self {
        let worktree = command.worktree.as_os_str().as_bytes();
        if let Some(nonce) = &command.execution_id {
            let id = |id: &Option<String>| id.clone().unwrap_or_default().into_bytes();
            let (run, step) = (id(&command.run_id), id(&command.step_id));
            return Self {
                name: name(&[b"command", worktree, nonce.as_bytes(), &run, &step]),
                words: None,
            };
        }
        let digest = digest(bytes);
        let changed_at = changed_at.to_string();
        Self {
            name: name(&[b"words", worktree, digest.as_bytes(), changed_at.as_bytes()]),
            words: Some(Words {
                place: command
                    .worktree
                    .join(file.file_name().unwrap_or(OsStr::new(""))),
                digest,
            }),
        }
    }

    /// Of a file that is no command.
    pub(super) fn of_file(file: &Path, digest: String, changed_at: i64) -> Self {
        let at = file.as_os_str().as_bytes();
        let changed_at = changed_at.to_string();
        Self {
            name: name(&[b"file", at, digest.as_bytes(), changed_at.as_bytes()]),
            words: Some(Words {
                place: file.to_owned(),
                digest,
            }),
        }
    }
}

/// Stands for a content.
pub(super) fn digest(bytes: &[u8]) -> String {
    data_encoding::HEXLOWER.encode(&Sha256::digest(bytes))
}

fn name(parts: &[&[u8]]) -> String {
    // Lengths keep ("a", "bc") and ("ab", "c") apart.
    let lengths: Vec<String> = parts.iter().map(|part| part.len().to_string()).collect();
    let mut text = lengths.join(" ").into_bytes();
    for part in parts {
        text.push(0);
        text.extend_from_slice(part);
    }
    short(OsStr::from_bytes(&text))
}

/// What stood last at each place where it was taken, from the claims.
#[derive(Debug, Default)]
pub(super) struct Standing(HashMap<PathBuf, (String, Claim)>);

impl Standing {
    /// As the claims have it.
    pub(super) fn of(claims: &Claims) -> io::Result<Self> {
        let mut all = claims.all()?;
        all.sort_by_key(|claim| claim.plan.taken_at);
        let mut standing = Self::default();
        for claim in &all {
            standing.note(claim);
        }
        standing.0.retain(|_, (_, claim)| !claim.is_gone());
        standing.look();
        Ok(standing)
    }

    /// A file was taken.
    pub(super) fn note(&mut self, claim: &Claim) {
        if let Some(Words { place, digest }) = claim.plan.words.clone() {
            self.0.insert(place, (digest, claim.clone()));
        }
    }

    /// Whether these words stand where they were taken, and nothing else did meanwhile.
    pub(super) fn has(&self, words: &Words) -> bool {
        let last = self.0.get(&words.place);
        last.is_some_and(|(digest, _)| *digest == words.digest)
    }

    /// Looks which places have become empty, and remembers it.
    pub(super) fn look(&mut self) {
        self.0.retain(|place, (_, claim)| {
            // What cannot be written down is not so for the next watcher, and so not for this one either.
            is_there(place) || claim.gone().is_err()
        });
    }
}

/// Whether anything stands at a place, in the root or in `.cursor` beside it.
fn is_there(place: &Path) -> bool {
    let beside = || {
        let name = place.file_name()?;
        Some(place.with_file_name(CURSOR_DIR).join(name))
    };
    place.exists() || beside().is_some_and(|path| path.exists())
}

#[cfg(test)]
mod tests {
    use super::{Identity, digest};
    use agents::handoff::skill::{SkillCommand, read_command};
    use std::io::Write;
    use std::path::Path;

    fn command(text: &str) -> SkillCommand {
        let mut file = tempfile::NamedTempFile::new().unwrap();
        file.write_all(text.as_bytes()).unwrap();
        let mut command = read_command(file.path()).unwrap();
        command.worktree = "/r".into();
        command
    }

    fn of(text: &str, file: &str, changed_at: i64) -> Identity {
        Identity::of_command(&command(text), Path::new(file), text.as_bytes(), changed_at)
    }

    #[test]
    fn a_nonce_tells_a_command_wherever_it_lies() {
        let one = r#"{"command":"@a b","execution_id":"n"}"#;
        let with_blanks = r#"{ "command":"@a b", "execution_id":"n" }"#;
        let first = of(one, "/r/c.txt", 1);
        assert_eq!(first, of(with_blanks, "/r/.cursor/other.txt", 2));
        assert_ne!(first, of(&one.replace("\"n\"", "\"m\""), "/r/c.txt", 1));
        let of_step = r#"{"command":"@a b","execution_id":"n","step_id":"s"}"#;
        assert_ne!(first, of(of_step, "/r/c.txt", 1));
    }

    #[test]
    fn words_tell_the_rest_with_place_and_time() {
        let first = of("@a b", "/r/c.txt", 1);
        // Renamed: the same work.
        assert_eq!(first.name, of("@a b", "/r/.cursor/c.txt", 1).name);
        let touched = of("@a b", "/r/c.txt", 2);
        assert_ne!(first.name, touched.name);
        assert_eq!(first.words, touched.words);
        assert_ne!(first.words, of("@a c", "/r/c.txt", 1).words);
        let file = |at, text: &[u8]| Identity::of_file(Path::new("/r/x.md"), digest(text), at);
        assert_eq!(file(1, b"x").words, file(2, b"x").words);
        assert_ne!(file(1, b"x"), file(1, b"y"));
    }
}
