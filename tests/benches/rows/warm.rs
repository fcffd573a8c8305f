//! A step's worktree made of a warm tree in which twenty files differ, beside what git and worktrunk take for
//! one; in turns, so that each meets the machine in the same state.

use super::worktree::{by_git, repository_with};
use crate::Options;
use crate::figure::Figure;
use crate::samples::Samples;
use crate::world::World;
use client::{Api, Client};
use protocol::config::RepoRef;
use protocol::event::Event;
use std::path::Path;
use std::time::{Duration, Instant};
use support::{LIMIT, Repo, wait_until};
use tokio::sync::mpsc::Receiver;

const WHAT_5000: &str = "`step.preparing` to `step.running`: a worktree of 5 000 files of a warm tree in which 20 changed, and the start of its agent";
const WHAT_40000: &str = "`step.preparing` to `step.running`: a worktree of 40 000 files of a warm tree in which 20 changed, and the start of its agent";

/// Changes twenty files, of the first twenty folders.
const EDIT: &str = "steps:\n  - id: edit\n    run: for i in 0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19; do echo more >> src/$i/file_${i}00.txt; done; mv src/0/file_000.txt src/0/file_0.txt; echo more >> src/0/file_0.txt\n";

pub(super) fn measure(options: &Options) -> Vec<Figure> {
    let mut figures = Vec::new();
    let sizes = [
        ("warm-5000", WHAT_5000, 5_000, options.n(9, 3)),
        ("warm-40000", WHAT_40000, 40_000, options.n(5, 1)),
    ];
    for (name, what, files, rounds) in sizes {
        if options.wants(name) {
            figures.push(of_size(options, name, what, files, rounds));
        }
    }
    figures
}

fn of_size(
    options: &Options,
    name: &'static str,
    what: &'static str,
    files: usize,
    rounds: usize,
) -> Figure {
    let world = World::new(4);
    let repo = repository_with(&world, files, EDIT);
    let (daemon, client, _) = world.start();
    let mut events = world.events();
    let (mut ours, mut gits, mut wts) = <(Samples, Samples, Samples)>::default();
    // The first two do not count: one makes the tree, one reads everything into memory.
    for round in 0..rounds + 2 {
        let took = by_step(&world, &client, &mut events.1, &repo);
        let git = by_git(&world, &repo, round);
        let wt = by_worktrunk(&world, options.worktrunk.as_deref(), &repo, round);
        if round > 1 {
            ours.push_ms(took);
            gits.push_ms(git);
            wt.into_iter().for_each(|took| wts.push_ms(took));
        }
    }
    drop((events, client));
    daemon.stop();
    let ratio = ours.median() / gits.median();
    let figure = Figure::new(name, what, "ms", ours)
        .against("`git worktree add --detach` of the same commit", gits)
        .at_most("ratio", ratio, 0.15, "");
    match wts.n() {
        0 => figure.with("worktrunk", "not run: `cargo install worktrunk` brings it"),
        _ => figure.with(
            "`wt switch --create`, ms",
            crate::figure::rounded(wts.median()),
        ),
    }
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
    world.next(events, |event| is(event, "run.completed"));
    // Its tree has to be warm before the next one wants it.
    let whole = RepoRef {
        repo: Some(repo.path.to_string_lossy().into_owned()),
    };
    wait_until("a warm tree", LIMIT, || {
        let list = world.block(client.worktree_list(whole.clone()));
        let mut warm = list.worktrees.iter().filter(|one| one.state == "warm");
        warm.any(|one| one.bytes.is_some()).then_some(())
    });
    took
}

/// None where it is not installed.
fn by_worktrunk(
    world: &World,
    folder: Option<&Path>,
    repo: &Repo<'_>,
    round: usize,
) -> Option<Duration> {
    let program = folder.map_or_else(|| "wt".into(), |folder| folder.join("wt"));
    let mut command = world.command(program, &repo.path);
    command.args([
        "switch",
        "--create",
        &format!("by-wt-{round}"),
        "--no-cd",
        "--yes",
    ]);
    let began = Instant::now();
    let status = command.status().ok()?;
    let took = began.elapsed();
    assert!(status.success(), "wt switch: {status}");
    Some(took)
}
