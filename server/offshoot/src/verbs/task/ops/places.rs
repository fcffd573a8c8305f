//! The folders of this machine in which an audit finds what it needs: where its database lies, and where package
//! managers keep packages.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use tasks::ops::deps;

/// The user's folder for what can be had again; none where nobody says.
pub(super) fn cache() -> Option<PathBuf> {
    folder("XDG_CACHE_HOME")
        .filter(|folder| folder.is_absolute())
        .or_else(|| Some(folder("HOME")?.join(".cache")))
}

/// Where packages tell their licences.
pub(super) fn of_packages() -> deps::Places {
    let home = |below: &str| Some(folder("HOME")?.join(below));
    let go = || {
        let path = variable("GOPATH")?;
        let first = std::env::split_paths(&path).next()?;
        Some(first.join("pkg/mod"))
    };
    deps::Places {
        cargo: folder("CARGO_HOME").or_else(|| home(".cargo")),
        go: folder("GOMODCACHE")
            .or_else(go)
            .or_else(|| home("go/pkg/mod")),
        maven: home(".m2/repository"),
        gems: gems(),
    }
}

/// As told by the environment, then where RubyGems and the distribution put them: one folder for each version of Ruby.
fn gems() -> Vec<PathBuf> {
    let told = variable("GEM_PATH").unwrap_or_default();
    let mut all: Vec<PathBuf> = folder("GEM_HOME").into_iter().collect();
    all.extend(std::env::split_paths(&told).filter(|path| path.is_absolute()));
    let own = [".gem/ruby", ".local/share/gem/ruby"];
    let own = own
        .into_iter()
        .filter_map(|below| Some(folder("HOME")?.join(below)));
    let families = own.chain([PathBuf::from("/var/lib/gems")]);
    all.extend(families.flat_map(|family| below(&family)));
    all
}

fn below(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).into_iter().flatten();
    let mut paths: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).collect();
    paths.sort();
    paths
}

fn folder(name: &str) -> Option<PathBuf> {
    variable(name).map(PathBuf::from)
}

fn variable(name: &str) -> Option<OsString> {
    std::env::var_os(name).filter(|value| !value.is_empty())
}
