//! The daemon with nothing to do.

use crate::Options;
use crate::figure::{Figure, rounded};
use crate::usage::Usage;
use crate::world::World;
use std::time::{Duration, Instant};

/// Threads that the start needed end after 5 s without work.
const SETTLE: Duration = Duration::from_secs(6);

pub(super) fn measure(options: &Options) -> Vec<Figure> {
    let world = World::new(4);
    let (daemon, client, _) = world.start();
    drop(client);
    std::thread::sleep(SETTLE);
    let (before, began) = (Usage::of(daemon.pid()), Instant::now());
    std::thread::sleep(Duration::from_secs(if options.quick { 5 } else { 20 }));
    let (after, span) = (Usage::of(daemon.pid()), began.elapsed());
    let busy = Duration::from_nanos(after.cpu_ns - before.cpu_ns);
    let percent = busy.as_secs_f64() / span.as_secs_f64() * 100.0;
    daemon.stop();
    let what = "resident memory of the daemon after its start, nothing queued, no client; its processor time meanwhile";
    let figure = Figure::one("idle", what, "MB", after.rss_mb)
        .at_most("memory", after.rss_mb, 20.0, "MB")
        .at_most("processor", percent, 0.1, "%")
        .with("own_mb", rounded(after.own_mb))
        .with("threads", after.threads)
        .with("files", after.files)
        .with("observed_s", rounded(span.as_secs_f64()));
    vec![figure]
}
