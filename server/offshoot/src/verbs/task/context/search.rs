//! `task context search`.

use super::show::{self, show};
use super::surroundings::{Access, Limits, Place, invalid};
use crate::context::Context;
use crate::exit::Exit;
use crate::style::Paint;
use protocol::Error;
use tasks::context::search::{self, Options, Shown};

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// A library; without a topic, a library or topic
    name: String,
    /// A topic of the library
    topic: Option<String>,
    /// Only what has this very name
    #[arg(long)]
    exact: bool,
    /// What names have to have in common, 0 to 1
    #[arg(long, value_name = "SHARE", default_value_t = Options::THRESHOLD)]
    threshold: f64,
    /// Show at most this many
    #[arg(long, value_name = "N", default_value_t = 10)]
    limit: usize,
    /// Print which topics were found, and the documentation of the best; neither is in the artifact
    #[arg(long)]
    show: bool,
    #[command(flatten)]
    limits: Limits,
}

pub(super) async fn run(context: &Context, args: Args) -> Result<Exit, Error> {
    if !(0.0..=1.0).contains(&args.threshold) {
        return Err(invalid("--threshold is a number from 0 to 1"));
    }
    if args.show && context.out.json {
        let hint = "leave one of them out: topics do not go into a document";
        return Err(invalid("--show prints for people, --json the artifact").hint(hint));
    }
    let place = Place::open(context, None, &args.limits, Access::default())?;
    let options = Options {
        name: args.name,
        topic: args.topic,
        threshold: args.threshold,
        exact: args.exact,
        limit: args.limit,
    };
    place.announce_writes(false);
    let (artifact, found) = place
        .perform(move |ground, _, around| search::run(ground, around, &options))
        .await?;
    let found = if args.show { found } else { Vec::new() };
    Ok(show(context, search::ARTIFACT.0, &artifact, |artifact| {
        let mut lines = if found.is_empty() {
            show::rows(artifact, "matches", |row| {
                let name = show::text(row, "library_name")?;
                let topics = crate::times::count(
                    usize::try_from(show::number(row.get("topics"))).ok()?,
                    "topic",
                );
                Some(format!(
                    "{name:<28} {:.2}  {topics}",
                    row["score"].as_f64()?
                ))
            })
        } else {
            listed(context, &found)
        };
        if lines.is_empty() {
            lines.push("nothing was found".to_owned());
        }
        lines
    }))
}

/// The entries, and the documentation of the best.
fn listed(context: &Context, found: &[Shown]) -> Vec<String> {
    let style = context.out.style;
    let mut lines: Vec<String> = found
        .iter()
        .map(|one| format!("{:.2}  {}: {}", one.score, one.library, one.topic))
        .collect();
    if let Some(best) = found.first() {
        lines.push(String::new());
        lines.push(style.paint(Paint::Bold, &format!("{}: {}", best.library, best.topic)));
        lines.push(String::new());
        // Text from elsewhere: nothing in it commands the terminal.
        let plain = best.text.lines().map(|line| {
            line.chars()
                .filter(|c| !c.is_control() || *c == '\t')
                .collect()
        });
        lines.extend(plain);
        lines.push(String::new());
    }
    lines
}
