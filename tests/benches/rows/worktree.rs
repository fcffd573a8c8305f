//! A step's cold worktree beside what git alone takes for one, in pairs whose order alternates.
//!
//! Nothing is removed meanwhile (that is why the step fails: then its worktree stays): some file systems make
//! new files slowly while many were deleted in the minutes before.

use crate::Options;
use crate::figure::Figure;
use crate::samples::Samples;
use crate::world::World;
use client::{Api, Client};
use protocol::event::Event;
use std::io::{self, BufWriter, Write};
use std::process::{ChildStdin, Stdio};
use std::time::{Duration, Instant};
use support::Repo;
use tokio::sync::mpsc::Receiver;

const WHAT_5000: &str = "`step.preparing` to `step.running`: a cold worktree of 5 000 files, and the start of its agent";
const WHAT_40000: &str = "`step.preparing` to `step.running`: a cold worktree of 40 000 files, and the start of its agent";

pub(super) fn measure(options: &Options) -> Vec<Figure> {
    let mut figures = Vec::new();
    let sizes = [
        ("worktree-5000", WHAT_5000, 5_000, options.n(9, 3)),
        ("worktree-40000", WHAT_40000, 40_000, options.n(5, 1)),
    ];
    for (name, what, files, pairs) in sizes {
        if options.wants(name) {
            figures.push(of_size(name, what, files, pairs));
        }
    }
    figures
}

fn of_size(name: &'static str, what: &'static str, files: usize, pairs: usize) -> Figure {
    let world = World::new(4);
    let repo = repository(&world, files);
    let (daemon, client, _) = world.start();
    let mut events = world.events();
    let (mut ours, mut gits, mut ratios) = <(Samples, Samples, Samples)>::default();
    // One pair that does not count: it reads the objects into memory for both.
    for pair in 0..=pairs {
        let (ours_took, git_took) = if pair % 2 == 0 {
            let ours = by_step(&world, &client, &mut events.1, &repo);
            (ours, by_git(&world, &repo, pair))
        } else {
            let git = by_git(&world, &repo, pair);
            (by_step(&world, &client, &mut events.1, &repo), git)
        };
        if pair > 0 {
            ours.push_ms(ours_took);
            gits.push_ms(git_took);
            ratios.push(ours_took.as_secs_f64() / git_took.as_secs_f64());
        }
    }
    drop((events, client));
    daemon.stop();
    let ratio = ratios.median();
    Figure::new(name, what, "ms", ours)
        .against("`git worktree add --detach` of the same commit", gits)
        .ratio("median of the ratios of pairs", ratio)
        .at_most("ratio", ratio, 1.15, "")
}

/// A repository with that many files in its history and, but for the workflow, none in its checkout: writing
/// them there as well would take longer than all that is measured.
fn repository(world: &World, files: usize) -> Repo<'_> {
    repository_with(world, files, "steps:\n  - id: look\n    run: \"false\"\n")
}

/// The same with a workflow of one's own.
pub(super) fn repository_with<'a>(world: &'a World, files: usize, workflow: &str) -> Repo<'a> {
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

fn by_step(
    world: &World,
    client: &Client,
    events: &mut Receiver<Event>,
    repo: &Repo<'_>,
) -> Duration {
    let run = world.block(client.run_start(world.run(&repo.path, "w.yaml")));
    let is = |event: &Event, kind: &str| {
        event.run_id.as_ref() == Some(&run.run_id) && event.kind == kind
    };
    let began = world.next(events, |event| is(event, "step.preparing"));
    let took = world.next(events, |event| is(event, "step.running")) - began;
    world.next(events, |event| is(event, "run.failed"));
    took
}

pub(super) fn by_git(world: &World, repo: &Repo<'_>, pair: usize) -> Duration {
    let folder = world.path(&format!("by-git-{pair}"));
    let place = folder.to_string_lossy().into_owned();
    let mut command = world.command("git", &repo.path);
    command.args(["worktree", "add", "--quiet", "--detach", &place]);
    let began = Instant::now();
    let status = command.status().expect("git");
    let took = began.elapsed();
    assert!(status.success(), "git worktree add: {status}");
    took
}
