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
    leave_out(world, &repo, files);
    repo
}

/// Commits changes of this many files, one in each of the last folders; not the same ones each round.
pub(super) fn change(world: &World, repo: &Repo<'_>, files: usize, changed: usize, round: usize) {
    let one = |nth: usize| files - 100 * (nth + 1) + round % 100;
    let import = |into: &mut BufWriter<ChildStdin>| {
        begin(into)?;
        (0..changed).try_for_each(|nth| put(into, one(nth), &format!("changed in round {round}\n")))
    };
    let arguments = ["fast-import", "--quiet", "--date-format=now"];
    feed(world, repo, &arguments, import);
    leave_out(world, repo, files);
}

/// What is not in the checkout counts as left out on purpose, so that it is clean.
fn leave_out(world: &World, repo: &Repo<'_>, files: usize) {
    repo.git(&["read-tree", "HEAD"]);
    let names: Vec<String> = (0..files).map(name).collect();
    feed(
        world,
        repo,
        &["update-index", "--skip-worktree", "-z", "--stdin"],
        |into| into.write_all(names.join("\0").as_bytes()),
    );
}

/// A hundred in a folder, as source trees have them.
fn name(file: usize) -> String {
    format!("src/{}/file_{file}.txt", file / 100)
}

/// One commit on top of what is there; files of 400 to 4 000 bytes.
fn import(into: &mut impl Write, files: usize) -> io::Result<()> {
    begin(into)?;
    (0..files).try_for_each(|file| {
        let text = format!("line of file {file}, which is like no other\n").repeat(10 + file % 90);
        put(into, file, &text)
    })
}

fn begin(into: &mut impl Write) -> io::Result<()> {
    into.write_all(b"commit refs/heads/main\n")?;
    into.write_all(b"committer Tess Ter <tess@example.org> now\n")?;
    into.write_all(b"data 5\nmany\n\nfrom refs/heads/main^0\n")
}

fn put(into: &mut impl Write, file: usize, text: &str) -> io::Result<()> {
    let (name, length) = (name(file), text.len());
    write!(into, "M 100644 inline {name}\ndata {length}\n{text}\n")
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
