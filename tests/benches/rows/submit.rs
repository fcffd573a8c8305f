//! Submit over the socket to the first action of the task, on an idle daemon.

use crate::Options;
use crate::fifo::Fifo;
use crate::figure::{Figure, rounded};
use crate::samples::Samples;
use crate::world::World;
use client::Api;
use std::time::Instant;

/// Not counted: caches fill, the first settings are read.
const WARM_UP: usize = 5;

pub(super) fn measure(options: &Options) -> Vec<Figure> {
    let world = World::new(4);
    let (daemon, client, _) = world.start();
    let fifo = Fifo::new(world.path("fifo"));
    let argv = ["/bin/sh", "-c", &fifo.command()];
    let (mut samples, mut answers, mut bare) = Default::default();
    for round in 0..WARM_UP + options.n(300, 60) {
        let began = Instant::now();
        let task = world.block(client.task_submit(world.task(&argv)));
        let answered = began.elapsed();
        let ran = fifo.wait() - began;
        world.ended(&client, &task.task_id);
        let alone = by_hand(&world, &fifo);
        if round >= WARM_UP {
            Samples::push_ms(&mut samples, ran);
            Samples::push_ms(&mut answers, answered);
            Samples::push_ms(&mut bare, alone);
        }
    }
    drop(client);
    daemon.stop();
    let what = "submit over the socket to the first action of the task; idle, 4 slots, no worktree";
    let figure = Figure::new("submit", what, "ms", samples)
        .against("the same shell started directly, to its first action", bare)
        .percentile_at_most(50, 10.0)
        .percentile_at_most(99, 50.0)
        .with("answer_p50_ms", rounded(answers.median()));
    vec![figure]
}

fn by_hand(world: &World, fifo: &Fifo) -> std::time::Duration {
    let began = Instant::now();
    let mut command = world.command("/bin/sh", &world.path("home"));
    let mut child = command
        .args(["-c", &fifo.command()])
        .spawn()
        .expect("a shell");
    let ran = fifo.wait() - began;
    child.wait().expect("its end");
    ran
}
