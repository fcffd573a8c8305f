//! The one marked block in `<common>/info/exclude`: keeps our files in the repository out of the
//! user's `git status`.

use std::fs;
use std::io::ErrorKind;

use crate::add::write_new;
use crate::error::{Error, Result};
use crate::repo::Repo;

const BEGIN: &str = "# >>> offshoot (this block is written by offshoot; it may be deleted when offshoot is no longer used)\n";
const END: &str = "# <<< offshoot\n";
const PATTERNS: &str = "/.tapps-agents/worktrees/\n\
    /.tapps-agents/metrics/\n\
    /.tapps-agents/audit/\n\
    /.tapps-agents/reports/\n\
    /.tapps-agents/workflows/markers/\n\
    /.tapps-agents/kb/\n\
    .cursor-skill-*\n\
    .skill-completed.txt\n";

impl Repo {
    /// Puts the block there, or brings it up to date. Everything else in the file keeps every
    /// byte. Returns whether the file was changed. To be called only when something that the
    /// block covers is about to be written.
    pub fn exclude_block(&self) -> Result<bool> {
        let folder = self.common_dir().join("info");
        let path = folder.join("exclude");
        let old = match fs::read(&path) {
            Ok(old) => old,
            Err(e) if e.kind() == ErrorKind::NotFound => Vec::new(),
            Err(e) => return Err(Error::io("read", &path, e)),
        };
        let new = with_block(&old);
        if new == old {
            return Ok(false);
        }
        fs::create_dir_all(&folder).map_err(|e| Error::io("make", &folder, e))?;
        // A link (some people keep the file elsewhere) stays a link.
        let target = fs::canonicalize(&path).unwrap_or(path);
        let mode = fs::metadata(&target).map(|m| m.permissions());
        write_new(&target, &new)?;
        if let Ok(mode) = mode {
            let _ = fs::set_permissions(&target, mode);
        }
        Ok(true)
    }
}

/// The content without our block: what `shared_state` compares.
pub(crate) fn without_block(content: &[u8]) -> Vec<u8> {
    match block(content) {
        Some((start, end)) => [&content[..start], &content[end..]].concat(),
        None => content.to_vec(),
    }
}

fn with_block(old: &[u8]) -> Vec<u8> {
    let ours = [BEGIN, PATTERNS, END].concat().into_bytes();
    match block(old) {
        Some((start, end)) => [&old[..start], &ours, &old[end..]].concat(),
        None if old.is_empty() || old.ends_with(b"\n") => [old, &ours].concat(),
        None => [old, b"\n", &ours].concat(),
    }
}

/// Where the block begins and ends. One without an end reaches to its last known line.
fn block(content: &[u8]) -> Option<(usize, usize)> {
    let find = |text: &str| {
        content
            .windows(text.len())
            .position(|w| w == text.as_bytes())
    };
    let start = find(BEGIN)?;
    let end = content[start..]
        .windows(END.len())
        .position(|w| w == END.as_bytes())
        .map(|at| start + at + END.len());
    Some((start, end.unwrap_or(start + BEGIN.len())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_rest_of_the_file_keeps_every_byte() {
        for old in ["", "# mine\n*.o\n", "no newline", "\r\nwindows\r\n"] {
            let new = with_block(old.as_bytes());
            assert!(new.starts_with(old.as_bytes()), "{old:?}");
            assert_eq!(with_block(&new), new, "the second time changes nothing");
            let stripped = without_block(&new);
            assert_eq!(
                stripped.strip_suffix(b"\n").unwrap_or(&stripped),
                old.strip_suffix('\n').unwrap_or(old).as_bytes()
            );
        }
    }

    #[test]
    fn an_old_block_is_replaced_in_place() {
        let old = format!("a\n{BEGIN}/old/\n{END}b\n");
        assert_eq!(
            with_block(old.as_bytes()),
            format!("a\n{BEGIN}{PATTERNS}{END}b\n").into_bytes()
        );
    }
}
