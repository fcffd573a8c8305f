//! The table of figures in `docs/performance.md`.
#![expect(
    clippy::disallowed_methods,
    reason = "the page is written where it lies, by the one who asked for it"
)]

use serde_json::Value;
use std::fmt::Write as _;
use std::fs;
use support::tree::source_root;

const BEGIN: &str = "<!-- figures -->\n";
const END: &str = "<!-- end -->";

/// Puts the figures of this document into the page, in the place of those that are there.
pub(crate) fn write(document: &Value) -> Result<(), String> {
    let path = source_root().join("docs/performance.md");
    let failed = |error: std::io::Error| format!("{}: {error}", path.display());
    let page = fs::read_to_string(&path).map_err(failed)?;
    let parts = page.split_once(BEGIN).and_then(|(head, rest)| {
        let (_, tail) = rest.split_once(END)?;
        Some((head, tail))
    });
    let (head, tail) = parts.ok_or("the page has no place for figures")?;
    fs::write(
        &path,
        format!("{head}{BEGIN}{}{END}{tail}", table(document)),
    )
    .map_err(failed)
}

fn table(document: &Value) -> String {
    let machine = &document["machine"];
    let text = |value: &Value| value.as_str().unwrap_or("unknown").to_owned();
    let mut out = format!(
        "Measured on {} with {} cores ({}, {} memory, Linux {}, {}), {}, in {:.0} s; load at the end {}.\n\n\
         | figure | n | result | baseline in the same run | ratio | bar | met |\n|---|---|---|---|---|---|---|\n",
        text(&document["date"])
            .split('T')
            .next()
            .unwrap_or_default(),
        machine["cores"],
        text(&machine["processor"]),
        text(&machine["memory"]),
        text(&machine["kernel"]),
        text(&machine["file_system"]),
        document["commit"]
            .as_str()
            .map_or_else(String::new, |commit| format!("commit {commit}")),
        document["took_s"].as_f64().unwrap_or_default(),
        text(&machine["load"]),
    );
    for figure in document["figures"].as_array().into_iter().flatten() {
        let _ = writeln!(out, "{}", row(figure));
    }
    out
}

fn row(figure: &Value) -> String {
    let unit = figure["unit"].as_str().unwrap_or_default();
    let baseline = match figure["baseline"]["what"].as_str() {
        Some(what) => format!("{what}: {}", spread(&figure["baseline"], unit)),
        None => "–".to_owned(),
    };
    let ratio = match figure["ratio"]["value"].as_f64() {
        Some(value) => format!(
            "{value:.2} ({})",
            figure["ratio"]["of"].as_str().unwrap_or_default()
        ),
        None => "–".to_owned(),
    };
    let mut result = spread(&figure["result"], unit);
    for beside in figure["beside"].as_array().into_iter().flatten() {
        let what = beside["what"].as_str().unwrap_or_default();
        let _ = write!(result, "; {what}: {}", spread(beside, unit));
    }
    let bars: Vec<String> = figure["bars"]
        .as_array()
        .into_iter()
        .flatten()
        .map(bar)
        .collect();
    let met = match figure["met"].as_bool() {
        Some(true) => "yes",
        Some(false) => "**no**",
        None => "no bar",
    };
    format!(
        "| `{}`: {} | {} | {} | {baseline} | {ratio} | {} | {met} |",
        figure["name"].as_str().unwrap_or_default(),
        figure["what"].as_str().unwrap_or_default(),
        figure["result"]["n"],
        result,
        bars.join("; "),
    )
}

fn bar(bar: &Value) -> String {
    format!(
        "{} (is {:.2})",
        bar["bar"].as_str().unwrap_or_default(),
        bar["value"].as_f64().unwrap_or(f64::NAN)
    )
}

fn spread(values: &Value, unit: &str) -> String {
    let number = |name: &str| values[name].as_f64();
    match (number("value"), number("p50"), number("p99")) {
        (Some(value), ..) => format!("{value:.2} {unit}"),
        (None, Some(p50), Some(p99)) => format!("p50 {p50:.2}, p99 {p99:.2} {unit}"),
        _ => "–".to_owned(),
    }
}
