//! Repositories of many files.

use crate::world::World;
use std::io::{self, BufWriter, Write};
use std::process::{ChildStdin, Stdio};
use support::Repo;

/// A repository with that many files in its history and, but for the workflow, none in its checkout: writing
/// them there as well would take longer than all that is measured.
pub(crate) fn of<'a>(world: &'a World, files: usize, workflow: &str) -> Repo<'a> {
    let repo = world.sandbox().repo(&[("w.yaml", workflow)]);
    feed(
        world,
        &repo,
        &["fast-import", "--quiet", "--date-format=now"],
        |into| import(into, files),
    );
    // What is not there counts as left out on purpose, so that the checkout is clean.
    repo.git(&["read-tree", "HEAD"]);
    let names: Vec<String> = (0..files).map(name).collect();
    feed(
        world,
        &repo,
        &["update-index", "--skip-worktree", "-z", "--stdin"],
        |into| into.write_all(names.join("\0").as_bytes()),
    );
    repo
}

/// A hundred in a folder, as source trees have them.
fn name(file: usize) -> String {
    format!("src/{}/file_{file}.txt", file / 100)
}

/// One commit on top of what is there; files of 400 to 4 000 bytes.
fn import(into: &mut impl Write, files: usize) -> io::Result<()> {
    into.write_all(b"commit refs/heads/main\n")?;
    into.write_all(b"committer Tess Ter <tess@example.org> now\n")?;
    into.write_all(b"data 5\nmany\n\nfrom refs/heads/main^0\n")?;
    for file in 0..files {
        let text = format!("line of file {file}, which is like no other\n").repeat(10 + file % 90);
        let (name, length) = (name(file), text.len());
        write!(into, "M 100644 inline {name}\ndata {length}\n{text}\n")?;
    }
    Ok(())
}

/// Runs git with something on its standard input.
fn feed(
    world: &World,
    repo: &Repo<'_>,
    arguments: &[&str],
    write: impl FnOnce(&mut BufWriter<ChildStdin>) -> io::Result<()>,
) {
    let mut command = world.command("git", &repo.path);
    let command = command.args(arguments).stdin(Stdio::piped());
    let mut git = command.spawn().expect("git");
    let mut into = BufWriter::new(git.stdin.take().expect("its input"));
    let written = write(&mut into).and_then(|()| into.flush());
    drop(into);
    let status = git.wait().expect("its end");
    assert!(status.success(), "git {arguments:?}: {status}");
    written.expect("all of its input");
}
