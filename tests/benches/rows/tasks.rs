//! The built-in tasks on 5 000 source files of packages that lie on this machine: a cold and a second run of
//! `task docs`, and `task ops scan`.

mod packages;

use crate::Options;
use crate::figure::Figure;
use crate::samples::Samples;
use crate::world::World;
use packages::{Packages, fill};
use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};
use support::Repo;

/// Files that change between two runs.
const CHANGED: usize = 20;
/// Megabytes (10^6 bytes) that a task may use.
const MEMORY: f64 = 300.0;

pub(super) fn measure(options: &Options) -> Vec<Figure> {
    let world = World::new(1);
    let repo = world.sandbox().repo(&[]);
    let packages = fill(&repo.path);
    repo.git(&["add", "--all"]);
    repo.git(&["commit", "--quiet", "--message", "packages"]);
    let mut figures = Vec::new();
    if options.wants("docs-cold") || options.wants("docs-incremental") {
        figures.extend(docs(options, &world, &repo, &packages));
    }
    if options.wants("secret-scan") {
        figures.push(scan(options, &world, &repo, &packages));
    }
    figures
}

fn docs(options: &Options, world: &World, repo: &Repo<'_>, packages: &Packages) -> Vec<Figure> {
    let (mut cold, mut again) = <(Samples, Samples)>::default();
    let mut memory = 0.0_f64;
    for _ in 0..options.n(3, 1) {
        repo.git(&["clean", "--quiet", "--force", "-d"]);
        forget(&world.sandbox().state());
        let ran = run(world, &repo.path, &["task", "docs"]);
        cold.push_ms(ran.took);
        memory = memory.max(ran.memory);
    }
    let mut memory_again = 0.0_f64;
    for turn in 0..options.n(7, 3) {
        for path in packages.rust.iter().skip(turn * CHANGED).take(CHANGED) {
            let text = fs::read_to_string(path).expect("a source");
            let name = path
                .strip_prefix(&repo.path)
                .expect("below")
                .display()
                .to_string();
            repo.write(
                &name,
                &format!("{text}\n/// New.\npub fn new_{turn}() {{}}\n"),
            );
        }
        let ran = run(world, &repo.path, &["task", "docs"]);
        again.push_ms(ran.took);
        memory_again = memory_again.max(ran.memory);
    }
    vec![
        Figure::new(
            "docs-cold",
            "`task docs` of 5 000 source files: nothing known, nothing written before",
            "ms",
            cold,
        )
        .percentile_at_most(50, 10_000.0)
        .at_most("memory", memory, MEMORY, "MB")
        .with("files", packages.describe())
        .with("megabytes", packages.bytes as f64 / 1e6),
        Figure::new(
            "docs-incremental",
            "the same again, after 20 of the files changed",
            "ms",
            again,
        )
        .percentile_at_most(50, 1_000.0)
        .at_most("memory", memory_again, MEMORY, "MB"),
    ]
}

fn scan(options: &Options, world: &World, repo: &Repo<'_>, packages: &Packages) -> Figure {
    let mut speed = Samples::default();
    let mut memory = 0.0_f64;
    for _ in 0..options.n(5, 2) {
        let ran = run(world, &repo.path, &["task", "ops", "scan"]);
        let artifact = repo.read("reports/ops/security-report.json");
        let artifact: serde_json::Value = serde_json::from_str(&artifact).expect("JSON");
        let bytes = artifact["bytes_scanned"].as_f64().expect("bytes");
        speed.push(bytes / 1e6 / ran.took.as_secs_f64());
        memory = memory.max(ran.memory);
    }
    let median = speed.median();
    Figure::new(
        "secret-scan",
        "`task ops scan` of the same files, start and end of the process included",
        "MB/s",
        speed,
    )
    .at_least("MB/s", median, 100.0)
    .at_most("memory", memory, MEMORY, "MB")
    .with("megabytes", packages.bytes as f64 / 1e6)
}

/// What the tasks know from before.
fn forget(state: &Path) {
    let kept = state.join("kept");
    if kept.exists() {
        fs::remove_dir_all(kept).expect("what was kept");
    }
}

/// A run of the program.
struct Ran {
    took: Duration,
    /// The most memory it had, in megabytes.
    memory: f64,
}

fn run(world: &World, repo: &Path, arguments: &[&str]) -> Ran {
    let mut command = world.offshoot(arguments);
    command.current_dir(repo);
    let began = Instant::now();
    let mut child = command.spawn().expect("the program starts");
    let status = PathBuf::from(format!("/proc/{}/status", child.id()));
    let mut memory = 0.0_f64;
    // The highest mark only grows, so the last look before the end tells it.
    let end = loop {
        if let Some(end) = child.try_wait().expect("a child") {
            break end;
        }
        memory = memory.max(highest(&status));
        std::thread::sleep(Duration::from_millis(1));
    };
    let took = began.elapsed();
    assert!(end.success(), "{arguments:?}: {end}");
    Ran { took, memory }
}

fn highest(status: &Path) -> f64 {
    let status = fs::read_to_string(status).unwrap_or_default();
    let line = status.lines().find(|line| line.starts_with("VmHWM:"));
    let kib = line.and_then(|line| line.split_whitespace().nth(1)?.parse::<f64>().ok());
    kib.unwrap_or(0.0) * 1_024.0 / 1e6
}
