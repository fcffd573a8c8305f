//! The folder of the reference on disk: pages of ours are written where they changed and removed where their source
//! went away; files of others are never touched, and nothing is written through a link.

use super::{FOLDER, MARK};
use crate::sheet::write;
use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};

/// Entries of the folder that are looked at.
const MOST: usize = 100_000;

/// The folder.
#[derive(Debug)]
pub(crate) struct Shelf<'a> {
    root: &'a Path,
    written: BTreeSet<String>,
}

/// What became of a page.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Put {
    /// It is there.
    There,
    /// Somebody else's file is in its place.
    Foreign,
}

impl<'a> Shelf<'a> {
    pub(crate) fn of(root: &'a Path) -> Self {
        Self {
            root,
            written: BTreeSet::new(),
        }
    }

    /// Puts a page there.
    pub(crate) fn put(&mut self, path: &str, text: &str) -> io::Result<Put> {
        self.written.insert(path.to_owned());
        if leads_through_link(self.root, path) {
            return Ok(Put::Foreign);
        }
        match read(&self.root.join(path)) {
            Found::Nothing => {}
            Found::Text(found) if found == text => return Ok(Put::There),
            Found::Text(found) if is_ours(&found) => {}
            Found::Text(_) | Found::Other => return Ok(Put::Foreign),
        }
        write(self.root, path, text)?;
        Ok(Put::There)
    }

    /// Removes pages of ours that were not put there this time, and folders that became empty by that.
    pub(crate) fn clear(&self) -> io::Result<()> {
        if leads_through_link(self.root, &format!("{FOLDER}/x")) {
            return Ok(());
        }
        let mut left = MOST;
        self.clear_folder(Path::new(FOLDER), &mut left).map(|_| ())
    }

    /// Whether something was removed from a folder.
    fn clear_folder(&self, folder: &Path, left: &mut usize) -> io::Result<bool> {
        let entries = match fs::read_dir(self.root.join(folder)) {
            Ok(entries) => entries,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(false),
            Err(error) => return Err(error),
        };
        let mut removed = false;
        for entry in entries {
            *left = left.saturating_sub(1);
            let entry = entry?;
            let path = folder.join(entry.file_name());
            let kind = entry.file_type()?;
            if kind.is_dir() && *left > 0 {
                removed |= self.clear_folder(&path, left)?;
            } else if kind.is_file() && self.is_stale(&path) {
                fs::remove_file(entry.path())?;
                removed = true;
            }
        }
        // A folder with something in it stays: then this fails.
        Ok(removed
            && (folder == Path::new(FOLDER) || fs::remove_dir(self.root.join(folder)).is_ok()))
    }

    fn is_stale(&self, path: &Path) -> bool {
        let name = path.to_string_lossy();
        path.extension().is_some_and(|end| end == "md")
            && !self.written.contains(name.as_ref())
            && head(&self.root.join(path)).is_ok_and(|head| head == MARK.as_bytes())
    }
}

/// Whether a text is a page that was made here.
pub(crate) fn is_ours(text: &str) -> bool {
    let first = text.lines().next().unwrap_or_default();
    let last = text.trim_end().lines().next_back().unwrap_or_default();
    first.starts_with(MARK) || last.starts_with(MARK)
}

/// What lies at a path.
enum Found {
    Nothing,
    Text(String),
    Other,
}

fn read(path: &Path) -> Found {
    match path.symlink_metadata() {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Found::Nothing,
        Ok(meta) if meta.is_file() => fs::read_to_string(path).map_or(Found::Other, Found::Text),
        _ => Found::Other,
    }
}

fn head(path: &Path) -> io::Result<Vec<u8>> {
    let mut head = Vec::new();
    File::open(path)?
        .take(MARK.len() as u64)
        .read_to_end(&mut head)?;
    Ok(head)
}

/// Whether a folder of a path is a link: what is below it may be anywhere.
fn leads_through_link(root: &Path, path: &str) -> bool {
    let mut folder = PathBuf::from(root);
    let parts: Vec<&str> = path.split('/').collect();
    let folders = parts.split_last().map_or(&[][..], |(_, folders)| folders);
    folders.iter().any(|part| {
        folder.push(part);
        folder.is_symlink()
    })
}
