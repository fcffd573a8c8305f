//! `doctor`: one line per thing that has to be in order, each with the way out.

mod checks;

use crate::context::Context;
use crate::exit::Exit;
use crate::row::Row;
use crate::style::{Paint, Style};
use protocol::Error;
use protocol::documents::{CheckState as State, Examination};

/// Arguments of `doctor`.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {}

/// `doctor`. Exit code 5 where something does not work.
pub(crate) async fn run(context: &Context, _args: Args) -> Result<Exit, Error> {
    let mut checks = checks::machine(context);
    checks.extend(checks::repository(context));
    checks.extend(checks::daemon(context).await);
    let healthy = checks.iter().all(|check| check.state != State::Fail);
    let report = Examination { healthy, checks };
    context
        .out
        .result(&report, |report| lines(report, context.out.style));
    Ok(if healthy { Exit::DONE } else { Exit::UNHEALTHY })
}

fn lines(report: &Examination, style: Style) -> Vec<String> {
    let widest = report
        .checks
        .iter()
        .map(|check| check.name.len())
        .max()
        .unwrap_or(0);
    let mut lines = Vec::new();
    for check in &report.checks {
        let (sign, paint) = match check.state {
            State::Ok => (style.either("✔", "+"), Paint::Green),
            State::Warn => ("!", Paint::Yellow),
            State::Fail => (style.either("✘", "x"), Paint::Red),
        };
        let row =
            Row::new()
                .with(paint, sign)
                .text(" ")
                .cell(Paint::Bold, &check.name, widest, style);
        lines.push(row.text("  ").text(&check.message).finish(None, style));
        if let Some(hint) = &check.hint {
            let indent = " ".repeat(widest + 4);
            lines.push(
                Row::new()
                    .text(&indent)
                    .with(Paint::Cyan, hint)
                    .finish(None, style),
            );
        }
    }
    lines
}
