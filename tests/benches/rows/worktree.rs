//! A step's cold worktree beside what git alone takes for one, in pairs whose order alternates.
//!
//! Nothing is removed meanwhile (that is why the step fails: then its worktree stays): some file systems make
//! new files slowly while many were deleted in the minutes before.
#![expect(
    clippy::disallowed_methods,
    reason = "the benchmark lays out a repository"
)]

use crate::Options;
use crate::figure::Figure;
use crate::samples::Samples;
use crate::world::World;
use client::{Api, Client};
use protocol::event::Event;
use std::fs;
use std::time::{Duration, Instant};
use support::Repo;
use tokio::sync::mpsc::Receiver;

const WHAT_5000: &str = "`step.preparing` to `step.running`: a cold worktree of 5 000 files, and the start of its agent";
const WHAT_40000: &str = "`step.preparing` to `step.running`: a cold worktree of 40 000 files, and the start of its agent";

pub(super) fn measure(options: &Options) -> Vec<Figure> {
    let mut figures = Vec::new();
    let sizes = [
        ("worktree-5000", WHAT_5000, 5_000, options.n(9, 3)),
        ("worktree-40000", WHAT_40000, 40_000, options.n(3, 1)),
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

/// Files of 400 to 4 000 bytes, a hundred in a folder, as source trees have them.
fn repository(world: &World, files: usize) -> Repo<'_> {
    let repo = world
        .sandbox()
        .repo(&[("w.yaml", "steps:\n  - id: look\n    run: \"false\"\n")]);
    for file in 0..files {
        let folder = repo.path.join(format!("src/{}", file / 100));
        if file % 100 == 0 {
            fs::create_dir_all(&folder).expect("a folder");
        }
        let text = format!("line of file {file}, which is like no other\n").repeat(10 + file % 90);
        fs::write(folder.join(format!("file_{file}.txt")), text).expect("a file");
    }
    repo.commit("many", &[]);
    repo
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

fn by_git(world: &World, repo: &Repo<'_>, pair: usize) -> Duration {
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
