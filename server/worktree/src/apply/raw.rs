//! Files as they lie on disk, byte for byte, as git trees: what undoing needs. No filter and no
//! line-end conversion has a say here.

use std::collections::BTreeMap;
use std::fs;
use std::io::ErrorKind;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::{Path, PathBuf};

use crate::bytes;
use crate::error::{Error, Result};
use crate::index::TempIndex;
use crate::oid::Oid;
use crate::repo::Repo;

/// Paths with mode (`100644`, `100755`, `120000`) and blob. A path that is not there has no entry.
pub(super) type RawFiles = BTreeMap<PathBuf, (String, Oid)>;

const LINK: &str = "120000";
const EXECUTABLE: &str = "100755";

impl Repo {
    /// Stores what lies at these paths below `root`.
    pub(super) fn read_raw(&self, root: &Path, paths: &[PathBuf]) -> Result<RawFiles> {
        let folder = tempfile::tempdir()
            .map_err(|e| Error::io("make a folder in", &std::env::temp_dir(), e))?;
        let mut found = Vec::new();
        // Copies under plain names: git reads names line by line here, and follows links.
        for path in paths {
            let copy = folder.path().join(found.len().to_string());
            let full = root.join(path);
            match copy_raw(&full, &copy) {
                Ok(Some(mode)) => found.push((path, mode)),
                Ok(None) => {}
                Err(e) if matches!(e.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => {}
                Err(e) => return Err(Error::io("read", &full, e)),
            }
        }
        if found.is_empty() {
            return Ok(RawFiles::new());
        }
        let names: String = (0..found.len())
            .map(|n| format!("{}\n", folder.path().join(n.to_string()).display()))
            .collect();
        let output = self
            .git("hash-object")
            .args(["-w", "--no-filters", "--stdin-paths"])
            .input(names.into_bytes())
            .run()?;
        let ids: Vec<Oid> = bytes::lossy(&output)
            .lines()
            .map(Oid::parse)
            .collect::<Result<_>>()?;
        if ids.len() != found.len() {
            return Err(Error::odd_answer("hash-object", &output));
        }
        Ok(found
            .into_iter()
            .zip(ids)
            .map(|((path, mode), oid)| (path.clone(), (mode.to_owned(), oid)))
            .collect())
    }

    /// The tree of these files.
    pub(super) fn write_raw_tree(&self, files: &RawFiles) -> Result<Oid> {
        let index = TempIndex::empty()?;
        let mut input = Vec::new();
        for (path, (mode, oid)) in files {
            input.extend_from_slice(format!("{mode} {oid}\t").as_bytes());
            input.extend_from_slice(bytes::of(path));
            input.push(0);
        }
        self.git("update-index")
            .index(index.path())
            .args(["-z", "--index-info"])
            .input(input)
            .run()?;
        self.git("write-tree").index(index.path()).oid()
    }

    /// The files of a tree, named by an expression such as `<commit>:before`.
    pub(super) fn raw_tree(&self, tree: &str) -> Result<RawFiles> {
        let output = self
            .git("ls-tree")
            .args(["-r", "-z", "--full-tree", tree])
            .run()?;
        let odd = || Error::odd_answer("ls-tree", &output);
        let mut files = RawFiles::new();
        for entry in bytes::fields(&output) {
            // `<mode> <type> <oid>\t<path>`
            let tab = entry.iter().position(|b| *b == b'\t').ok_or_else(odd)?;
            let head = bytes::lossy(&entry[..tab]);
            let words: Vec<&str> = head.split(' ').collect();
            let [mode, _, oid] = words[..] else {
                return Err(odd());
            };
            files.insert(
                bytes::path(&entry[tab + 1..]),
                (mode.to_owned(), Oid::parse(oid)?),
            );
        }
        Ok(files)
    }

    /// Writes these files below a folder, as they were.
    pub(super) fn write_raw(&self, files: &RawFiles, folder: &Path) -> Result<()> {
        for (path, (mode, oid)) in files {
            let full = folder.join(path);
            let content = self.git("cat-file").args(["blob", oid.as_str()]).run()?;
            write(&full, mode, &content).map_err(|e| Error::io("write", &full, e))?;
        }
        Ok(())
    }
}

/// Copies what lies there: a file's bytes or a link's text. `None` for a folder or something else.
fn copy_raw(from: &Path, to: &Path) -> std::io::Result<Option<&'static str>> {
    let meta = fs::symlink_metadata(from)?;
    if meta.is_symlink() {
        let target = fs::read_link(from)?;
        create(to, bytes::of(&target))?;
        return Ok(Some(LINK));
    }
    if !meta.is_file() {
        return Ok(None);
    }
    fs::copy(from, to)?;
    Ok(Some(if meta.permissions().mode() & 0o100 == 0 {
        "100644"
    } else {
        EXECUTABLE
    }))
}

fn write(to: &Path, mode: &str, content: &[u8]) -> std::io::Result<()> {
    if let Some(parent) = to.parent() {
        fs::create_dir_all(parent)?;
    }
    if mode == LINK {
        return symlink(bytes::path(content), to);
    }
    create(to, content)?;
    if mode == EXECUTABLE {
        let bits = fs::metadata(to)?.permissions().mode();
        // Executable for whoever may read, as git does it.
        fs::set_permissions(to, fs::Permissions::from_mode(bits | (bits & 0o444) >> 2))?;
    }
    Ok(())
}

fn create(path: &Path, content: &[u8]) -> std::io::Result<()> {
    use std::io::Write;
    fs::File::options()
        .write(true)
        .create_new(true)
        .open(path)?
        .write_all(content)
}
