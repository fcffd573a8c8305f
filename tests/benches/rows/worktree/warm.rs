//! A worktree made of a warm tree in which twenty files differ, beside what git and worktrunk take for
//! one; in turns, so that each meets the machine in the same state.

use super::step::{Stopwatch, Took};
use super::{BY_GIT, WHOLE, by_git, repository};
use crate::Options;
use crate::figure::Figure;
use crate::samples::Samples;
use crate::world::World;
use client::{Api, Client};
use protocol::config::RepoRef;
use std::path::Path;
use std::time::{Duration, Instant};
use support::{LIMIT, Repo, wait_until};

const WHAT_5000: &str = "`step.preparing` to a worktree of 5 000 files, of a warm tree in which 20 changed, being ready";
const WHAT_40000: &str = "`step.preparing` to a worktree of 40 000 files, of a warm tree in which 20 changed, being ready";

/// What changes by the step before is put right when its tree is put away; a commit changes while nobody knows.
const MOVED: &str = "and where 20 files of its base are others than before";
const CHANGED: usize = 20;

/// Changes twenty files, of the first twenty folders.
const EDIT: &str = "steps:\n  - id: edit\n    run: for i in 0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19; do echo more >> src/$i/file_${i}00.txt; done; mv src/0/file_000.txt src/0/file_0.txt; echo more >> src/0/file_0.txt\n";

pub(in crate::rows) fn measure(options: &Options) -> Vec<Figure> {
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
    let repo = repository::of(&world, files, EDIT);
    let (daemon, client, _) = world.start();
    let mut watch = Stopwatch::new(&world, &client);
    let (mut ours, mut whole, mut gits) = <(Samples, Samples, Samples)>::default();
    let (mut wts, mut moved) = <(Samples, Samples)>::default();
    // The first two do not count: one makes the tree, one reads everything into memory.
    for round in 0..rounds + 2 {
        let took = by_step(&world, &client, &mut watch, &repo);
        let git = by_git(&world, &repo, round);
        let wt = by_worktrunk(&world, options.worktrunk.as_deref(), &repo, round);
        repository::change(&world, &repo, files, CHANGED, round);
        let other = by_step(&world, &client, &mut watch, &repo);
        if round > 1 {
            moved.push_ms(other.worktree);
            ours.push_ms(took.worktree);
            whole.push_ms(took.whole);
            gits.push_ms(git);
            wt.into_iter().for_each(|took| wts.push_ms(took));
        }
    }
    drop(watch);
    drop(client);
    daemon.stop();
    let ratio = ours.median() / gits.median();
    let figure = Figure::new(name, what, "ms", ours)
        .beside(WHOLE, whole)
        .beside(MOVED, moved)
        .against(BY_GIT, gits)
        .at_most("ratio", ratio, 0.15, "");
    match wts.n() {
        0 => figure.with("worktrunk", "not run: `cargo install worktrunk` brings it"),
        _ => figure.beside("`wt switch --create`", wts),
    }
}

/// A step, and its tree warm again afterwards: the next one wants it.
fn by_step(world: &World, client: &Client, watch: &mut Stopwatch<'_>, repo: &Repo<'_>) -> Took {
    let took = watch.run(repo, "run.completed");
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
