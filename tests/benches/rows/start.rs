//! From the start of the daemon's process to its first answer, with nothing stored.

use crate::Options;
use crate::figure::Figure;
use crate::samples::Samples;
use crate::world::World;
use std::time::Instant;

pub(super) fn measure(options: &Options) -> Vec<Figure> {
    let world = World::new(4);
    let (mut samples, mut bare) = (Samples::default(), Samples::default());
    for _ in 0..options.n(30, 10) {
        let (daemon, client, took) = world.start();
        samples.push_ms(took);
        drop(client);
        daemon.stop();
        let began = Instant::now();
        world.offshoot(&["--version"]).status().expect("a version");
        bare.push_ms(began.elapsed());
    }
    let what = "daemon start to ready: its process made to `daemon.hello` answered, empty queue";
    let figure = Figure::new("start", what, "ms", samples)
        .against("`offshoot --version`, start to end", bare)
        .percentile_at_most(50, 100.0);
    vec![figure]
}
