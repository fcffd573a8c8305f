//! Folders of files: their contents for comparing, and removing what is read-only.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

/// Every file, link and folder below `root` that `wanted` lets through (asked with the relative path, folders
/// before what is in them): mode and content.
pub fn contents(root: &Path, wanted: &dyn Fn(&Path) -> bool) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    walk(root, root, wanted, &mut |path| {
        let relative = path
            .strip_prefix(root)
            .unwrap_or(path)
            .display()
            .to_string();
        found.insert(relative, describe(path));
    });
    found
}

fn describe(path: &Path) -> String {
    let Ok(meta) = fs::symlink_metadata(path) else {
        return "unreadable".to_owned();
    };
    let mode = meta.permissions().mode() & 0o7777;
    if meta.is_symlink() {
        return format!("link to {:?}", fs::read_link(path).unwrap_or_default());
    }
    if meta.is_dir() {
        return format!("folder {mode:o}");
    }
    let bytes = fs::read(path).unwrap_or_default();
    format!("file {mode:o}\n{}", String::from_utf8_lossy(&bytes))
}

/// All files below `root` that `wanted` lets through, relative to it, in order.
pub fn files(root: &Path, wanted: &dyn Fn(&Path) -> bool) -> Vec<PathBuf> {
    let mut found = Vec::new();
    walk(root, root, wanted, &mut |path| {
        if path.is_file() {
            found.push(path.strip_prefix(root).unwrap_or(path).to_owned());
        }
    });
    found.sort();
    found
}

fn walk(root: &Path, folder: &Path, wanted: &dyn Fn(&Path) -> bool, visit: &mut dyn FnMut(&Path)) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if !wanted(path.strip_prefix(root).unwrap_or(&path)) {
            continue;
        }
        visit(&path);
        if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
            walk(root, &path, wanted, visit);
        }
    }
}

/// Gives back the right to remove everything below a folder.
pub fn make_writable(folder: &Path) {
    let _ = fs::set_permissions(folder, fs::Permissions::from_mode(0o700));
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
            make_writable(&entry.path());
        }
    }
}

/// Root of Offshoot's own source tree.
pub fn source_root() -> PathBuf {
    let tests = Path::new(env!("CARGO_MANIFEST_DIR"));
    tests.parent().unwrap_or(tests).to_owned()
}

/// The files of Offshoot's own source tree, relative to its root: what is built or installed is left out.
pub fn source_files() -> Vec<PathBuf> {
    files(&source_root(), &|path| {
        let name = path
            .file_name()
            .and_then(|name| name.to_str())
            .unwrap_or_default();
        !matches!(
            name,
            ".git" | "target" | "node_modules" | "out" | "dist" | ".tapps-agents"
        )
    })
}

/// Writes a file at once, and its folders before it.
#[expect(
    clippy::disallowed_methods,
    reason = "the harness plays agents, which write as they like"
)]
pub fn put(path: &Path, text: &str) {
    fs::create_dir_all(path.parent().expect("a file has a folder")).expect("folders");
    fs::write(path, text).expect("a file");
}
