//! A cold worktree, in pairs with one of git's whose order alternates.
//!
//! Nothing is removed meanwhile (that is why the step fails: then its worktree stays): some file systems make
//! new files slowly while many were deleted in the minutes before.

use super::step::Stopwatch;
use super::{BY_GIT, WHOLE, by_git, repository};
use crate::Options;
use crate::figure::Figure;
use crate::samples::Samples;
use crate::world::World;

const WHAT_5000: &str = "`step.preparing` to a cold worktree of 5 000 files being ready";
const WHAT_40000: &str = "`step.preparing` to a cold worktree of 40 000 files being ready";
const WORKFLOW: &str = "steps:\n  - id: look\n    run: \"false\"\n";

pub(in crate::rows) fn measure(options: &Options) -> Vec<Figure> {
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
    let repo = repository::of(&world, files, WORKFLOW);
    let (daemon, client, _) = world.start();
    let mut watch = Stopwatch::new(&world, &client);
    let (mut ours, mut whole, mut gits) = <(Samples, Samples, Samples)>::default();
    let mut ratios = Samples::default();
    // One pair that does not count: it reads the objects into memory for both.
    for pair in 0..=pairs {
        let (took, git) = if pair % 2 == 0 {
            let took = watch.run(&repo, "run.failed");
            (took, by_git(&world, &repo, pair))
        } else {
            let git = by_git(&world, &repo, pair);
            (watch.run(&repo, "run.failed"), git)
        };
        if pair > 0 {
            ours.push_ms(took.worktree);
            whole.push_ms(took.whole);
            gits.push_ms(git);
            ratios.push(took.whole.as_secs_f64() / git.as_secs_f64());
        }
    }
    drop(watch);
    drop(client);
    daemon.stop();
    let ratio = ratios.median();
    Figure::new(name, what, "ms", ours)
        .beside(WHOLE, whole)
        .against(BY_GIT, gits)
        .ratio("median of the ratios of pairs, until its agent runs", ratio)
        .at_most("ratio", ratio, 1.15, "")
}
