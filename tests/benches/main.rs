//! The figures of `docs/performance.md`: measured from outside, each against a baseline of the same run.
//!
//! Started by `tests/bench`. One JSON document on stdout, what it is doing on stderr. Rows are measured one
//! after the other, each in a world of its own that is gone afterwards.
#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a program for a terminal and a pipe"
)]

mod baseline;
mod fifo;
mod figure;
mod guard;
mod machine;
mod page;
mod rows;
mod samples;
mod stand_in;
mod usage;
mod world;

use figure::Figure;
use rows::ROWS;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Instant;

const USAGE: &str = "\
usage: tests/bench [--quick] [--pueue DIR] [--write] [ROW…]

  --quick      fewer samples and a shorter queue: under 90 s; bars are judged on full runs
  --pueue DIR  where `pueue` and `pueued` lie; else they are looked for on the PATH
  --worktrunk DIR  where `wt` lies; else it is looked for on the PATH
  --write      puts the figures into docs/performance.md
  --list       the rows and what they measure";

/// What a call asks for.
#[derive(Debug, Default)]
pub(crate) struct Options {
    /// Fewer samples.
    pub(crate) quick: bool,
    /// Folder with pueue's two programs.
    pub(crate) pueue: Option<PathBuf>,
    /// Folder with worktrunk's program.
    pub(crate) worktrunk: Option<PathBuf>,
    /// Rows; none = all.
    names: Vec<String>,
    list: bool,
    write: bool,
}

impl Options {
    fn parse(mut arguments: impl Iterator<Item = String>) -> Result<Self, String> {
        let mut options = Self::default();
        while let Some(argument) = arguments.next() {
            match argument.as_str() {
                "--quick" => options.quick = true,
                "--list" => options.list = true,
                "--worktrunk" => options.worktrunk = Some(arguments.next().ok_or(USAGE)?.into()),
                "--write" => options.write = true,
                "--pueue" => options.pueue = Some(arguments.next().ok_or(USAGE)?.into()),
                name if known(name) => options.names.push(argument),
                _ => return Err(format!("unknown: {argument}\n{USAGE}\n\nrows: {}", names())),
            }
        }
        Ok(options)
    }

    /// Whether a row is asked for.
    pub(crate) fn wants(&self, name: &str) -> bool {
        self.names.is_empty() || self.names.iter().any(|wanted| wanted == name)
    }

    /// How many samples: all, or those of a quick run.
    pub(crate) fn n(&self, full: usize, quick: usize) -> usize {
        if self.quick { quick } else { full }
    }
}

fn known(name: &str) -> bool {
    ROWS.iter().any(|row| row.names.contains(&name))
}

fn names() -> String {
    let names: Vec<&str> = ROWS.iter().flat_map(|row| row.names).copied().collect();
    names.join(" ")
}

fn main() -> ExitCode {
    if let Some(code) = guard::called() {
        return code;
    }
    let options = match Options::parse(std::env::args().skip(1)) {
        Ok(options) => options,
        Err(message) => {
            eprintln!("{message}");
            return ExitCode::from(2);
        }
    };
    if options.list {
        ROWS.iter()
            .for_each(|row| println!("{}: {}", row.names.join(", "), row.what));
        return ExitCode::SUCCESS;
    }
    let began = Instant::now();
    let guard = guard::Guard::set();
    let clear = world::Clear;
    let mut figures = Vec::new();
    for row in ROWS {
        if row.names.iter().any(|name| options.wants(name)) {
            figures.extend(measure(row, &options));
        }
    }
    drop(clear);
    drop(guard);
    let document = machine::document(&options, &figures, began.elapsed());
    println!("{document:#}");
    match options.write.then(|| page::write(&document)) {
        Some(Err(message)) => {
            eprintln!("{message}");
            ExitCode::FAILURE
        }
        _ => ExitCode::SUCCESS,
    }
}

fn measure(row: &rows::Row, options: &Options) -> Vec<Figure> {
    eprintln!("== {}", row.names.join(", "));
    let began = Instant::now();
    let mut figures = (row.measure)(options);
    figures.retain(|figure| options.wants(figure.name));
    for figure in &figures {
        eprintln!("   {figure}");
    }
    eprintln!("   in {:.1} s", began.elapsed().as_secs_f64());
    figures
}
