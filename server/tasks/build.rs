//! A number that stands for all sources of this crate and for the versions of the libraries it is built with: what
//! the documentation task keeps is only believed by the very program that kept it. Nobody has to think of raising it.

use std::fs;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::io;
use std::path::{Path, PathBuf};

fn main() -> io::Result<()> {
    let mut files = vec![PathBuf::from("Cargo.toml")];
    collect(Path::new("src"), &mut files)?;
    // Not there where the crate is built by itself.
    let lock = Path::new("../../Cargo.lock");
    files.extend(lock.exists().then(|| lock.to_owned()));
    files.sort();
    let mut hasher = DefaultHasher::new();
    for path in &files {
        println!("cargo:rerun-if-changed={}", path.display());
        path.hash(&mut hasher);
        fs::read(path)?.hash(&mut hasher);
    }
    // A file that comes is noticed by its folder.
    println!("cargo:rerun-if-changed=src");
    println!(
        "cargo:rustc-env=OFFSHOOT_TASKS_SOURCES={:016x}",
        hasher.finish()
    );
    Ok(())
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        match path.is_dir() {
            true => collect(&path, files)?,
            false => files.push(path),
        }
    }
    Ok(())
}
