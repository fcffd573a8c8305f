//! `ops scan`: secrets in the files of a folder, and in the lines that a range of its history added.

use super::secrets::{Hit, RULES, Scanner, Strength};
use crate::Within;
use crate::ground::{Ground, Halt, go_on};
use crate::input::{Input, is_own_output, read};
use crate::sheet::Sheet;
use artifact::{Artifact, Finding, Severity};
use globset::{Glob, GlobSet, GlobSetBuilder};
use schemars::JsonSchema;
use serde::Serialize;
use std::collections::BTreeSet;
use std::io;
use std::num::NonZero;
use std::path::Path;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Where its artifact lies.
pub const ARTIFACT: &str = "reports/ops/security-report.json";
/// The kind of its artifact.
pub const KIND: &str = "security-scan";

/// Files between two looks at whether it has to stop, and two savings.
const PORTION: usize = 256;

/// What is wanted.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Options {
    /// What is looked at.
    pub within: Within,
    /// A range of commits whose added lines are read too.
    pub history: Option<String>,
    /// Globs of files that are not read.
    pub allow: Vec<String>,
}

/// Does it, and leaves the artifact.
///
/// # Errors
/// When the artifact cannot be written; everything else is said in it.
pub fn run(ground: &dyn Ground, options: &Options) -> io::Result<Artifact> {
    let mut sheet = Sheet::begin(ground.root(), ARTIFACT, KIND)?;
    let mut count = Count::default();
    let outcome = scan(ground, options, &mut sheet, &mut count);
    sheet.report(&Report {
        operation_type: "security_scan",
        files_scanned: count.files,
        bytes_scanned: count.bytes,
        files_skipped: count.skipped,
        paths: options.within.told(),
        rules: RULES.len(),
        history: options.history.clone(),
        commits_scanned: options.history.is_some().then_some(count.commits),
    })?;
    let summary = count.summary(sheet.findings().len(), options);
    sheet.end(&outcome, &summary)
}

/// What its artifact says beside the findings.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Report {
    /// `security_scan`.
    operation_type: &'static str,
    /// Files that were read.
    files_scanned: usize,
    /// Their bytes.
    bytes_scanned: u64,
    /// Files that were passed over: too large, no text, allowed, own outputs.
    files_skipped: usize,
    /// The files and folders that it was limited to.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    paths: Vec<String>,
    /// Rules that they were read with.
    rules: usize,
    /// The range of commits that was read too.
    #[serde(skip_serializing_if = "Option::is_none")]
    history: Option<String>,
    /// Commits in it that added something.
    #[serde(skip_serializing_if = "Option::is_none")]
    commits_scanned: Option<usize>,
}

#[derive(Debug, Default)]
struct Count {
    files: usize,
    bytes: u64,
    skipped: usize,
    commits: usize,
}

impl Count {
    fn summary(&self, findings: usize, options: &Options) -> String {
        let mut text = format!(
            "{findings} possible secrets in {} files ({} bytes), read with {} rules.",
            self.files,
            self.bytes,
            RULES.len()
        );
        if self.skipped > 0 {
            text.push_str(&format!(
                " {} files were not read: too large, no text, or allowed.",
                self.skipped
            ));
        }
        if let Some(range) = &options.history {
            text.push_str(&format!(
                " {} commits of `{range}` were read too.",
                self.commits
            ));
        }
        text.push_str(" What was found is told by its place only.");
        text
    }
}

fn scan(
    ground: &dyn Ground,
    options: &Options,
    sheet: &mut Sheet,
    count: &mut Count,
) -> Result<(), Halt> {
    let allowed = allowed(&options.allow)?;
    let scanner = Scanner::new();
    let within = &options.within;
    let mut files = within.with_named(ground.root(), ground.files()?);
    let of_it = |path: &str| !is_own_output(path) && within.covers(path);
    files.retain(|path| of_it(&path.to_string_lossy()));
    let wanted = |path: &str| of_it(path) && !allowed.is_match(path);
    for portion in files.chunks(PORTION) {
        go_on(ground)?;
        for read in read_portion(ground.root(), portion, &scanner, &wanted) {
            match read {
                Scanned::Read(bytes, findings) => {
                    count.files += 1;
                    count.bytes += bytes;
                    findings
                        .into_iter()
                        .for_each(|finding| sheet.found(finding));
                }
                Scanned::Skipped => count.skipped += 1,
            }
        }
        sheet
            .save()
            .map_err(|error| Halt::Failed(error.to_string()))?;
    }
    match &options.history {
        Some(range) => scan_history(ground, range, &scanner, &wanted, sheet, count),
        None => Ok(()),
    }
}

fn allowed(globs: &[String]) -> Result<GlobSet, Halt> {
    let mut set = GlobSetBuilder::new();
    for glob in globs {
        let glob = Glob::new(glob)
            .map_err(|error| Halt::Failed(format!("`{glob}` is no glob: {}", error.kind())))?;
        set.add(glob);
    }
    set.build().map_err(|error| Halt::Failed(error.to_string()))
}

/// What came of one file.
enum Scanned {
    Read(u64, Vec<Finding>),
    Skipped,
}

/// Reads some files on all cores; the answers are in the order of the files.
fn read_portion(
    root: &Path,
    files: &[std::path::PathBuf],
    scanner: &Scanner,
    wanted: &(dyn Fn(&str) -> bool + Sync),
) -> Vec<Scanned> {
    let next = AtomicUsize::new(0);
    let done: Mutex<Vec<(usize, Scanned)>> = Mutex::new(Vec::with_capacity(files.len()));
    let cores = std::thread::available_parallelism().map_or(1, NonZero::get);
    std::thread::scope(|scope| {
        for _ in 0..cores.min(files.len()) {
            scope.spawn(|| {
                loop {
                    let index = next.fetch_add(1, Ordering::Relaxed);
                    let Some(path) = files.get(index) else { break };
                    let scanned = scan_file(root, path, scanner, wanted);
                    let mut done = done.lock().unwrap_or_else(|held| held.into_inner());
                    done.push((index, scanned));
                }
            });
        }
    });
    let mut done = done.into_inner().unwrap_or_else(|held| held.into_inner());
    done.sort_by_key(|(index, _)| *index);
    done.into_iter().map(|(_, scanned)| scanned).collect()
}

fn scan_file(
    root: &Path,
    path: &Path,
    scanner: &Scanner,
    wanted: &(dyn Fn(&str) -> bool + Sync),
) -> Scanned {
    // A name that is no UTF-8 cannot be told; its file is read all the same.
    let name = path.to_string_lossy();
    if !wanted(&name) {
        return Scanned::Skipped;
    }
    let Input::Text(text) = read(&root.join(path)) else {
        return Scanned::Skipped;
    };
    let hits = scanner.scan(&name, &text);
    let findings = hits.iter().map(|hit| finding(&name, &text, hit));
    Scanned::Read(text.len() as u64, findings.collect())
}

/// Secrets that are in the history and not in the files any more are as bad: they were given away.
fn scan_history(
    ground: &dyn Ground,
    range: &str,
    scanner: &Scanner,
    wanted: &(dyn Fn(&str) -> bool + Sync),
    sheet: &mut Sheet,
    count: &mut Count,
) -> Result<(), Halt> {
    let added = ground.added_lines(range)?;
    let mut commits = BTreeSet::new();
    for (index, lines) in added.iter().enumerate() {
        if index % PORTION == 0 {
            go_on(ground)?;
        }
        commits.insert(lines.commit.as_str());
        let name = lines.path.to_string_lossy();
        if !wanted(&name) {
            continue;
        }
        for hit in scanner.scan(&name, &lines.text) {
            let mut found = finding(&name, &lines.text, &hit);
            found.line = found.line.map(|line| line - 1 + lines.line);
            let still_there = sheet.findings().iter().any(|other| {
                other.path == found.path && other.code == found.code && other.line == found.line
            });
            if still_there {
                continue;
            }
            let commit: String = lines.commit.chars().take(12).collect();
            found.message = format!("{} in the history (commit {commit})", found.message);
            // The lines of today are others: a place in them would lie.
            found
                .other
                .insert("commit".to_owned(), lines.commit.clone().into());
            found
                .other
                .insert("line_then".to_owned(), found.line.into());
            (found.line, found.column, found.end_column) = (None, None, None);
            sheet.found(found);
        }
    }
    count.commits = commits.len();
    Ok(())
}

/// What is told of a secret: what kind it is and where it stands.
fn finding(path: &str, text: &[u8], hit: &Hit) -> Finding {
    let start = text[..hit.range.start]
        .iter()
        .rposition(|byte| *byte == b'\n')
        .map_or(0, |newline| newline + 1);
    let line = text[..start].iter().filter(|byte| **byte == b'\n').count() + 1;
    let column = |at: usize| String::from_utf8_lossy(&text[start..at]).chars().count() + 1;
    let narrow = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
    let mut finding = Finding {
        path: Some(path.to_owned()),
        line: Some(narrow(line)),
        column: Some(narrow(column(hit.range.start))),
        end_column: Some(narrow(column(hit.range.end))),
        ..Finding::default()
    };
    // Whoever shows findings with their lines leaves these out.
    finding.other.insert("sensitive".to_owned(), true.into());
    if let Some(rule) = RULES.get(hit.rule) {
        finding.severity = match rule.strength {
            Strength::Format | Strength::Armor => Severity::Error,
            Strength::Context => Severity::Warning,
        };
        finding.code = rule.id.to_owned();
        finding.message = format!("this looks like {}", rule.what);
        finding.help = Some(rule.help.to_owned());
    }
    finding
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ground::{AddedLines, Stop};
    use std::path::PathBuf;

    /// Files, and a stop that is heard at one of the looks.
    struct Stopped(tempfile::TempDir, AtomicUsize, Stop);

    impl Ground for Stopped {
        fn root(&self) -> &Path {
            self.0.path()
        }
        fn files(&self) -> Result<Vec<PathBuf>, Halt> {
            let names = (0..PORTION + 44).map(|number| format!("{number:03}.txt"));
            Ok(names.map(PathBuf::from).collect())
        }
        fn added_lines(&self, _: &str) -> Result<Vec<AddedLines>, Halt> {
            Ok(Vec::new())
        }
        fn stop(&self) -> Option<Stop> {
            (self.1.fetch_sub(1, Ordering::Relaxed) == 0).then_some(self.2)
        }
    }

    #[test]
    fn stopped_between_two_portions_it_says_what_it_read() {
        for (stop, status) in [(Stop::Cancelled, "cancelled"), (Stop::TimedOut, "timeout")] {
            for (looks, files) in [(0, 0), (1, PORTION), (2, PORTION + 44)] {
                let folder = tempfile::tempdir().expect("a folder");
                let ground = Stopped(folder, AtomicUsize::new(looks), stop);
                for file in ground.files().expect("files") {
                    std::fs::File::create(ground.root().join(file)).expect("a file");
                }
                let artifact = run(&ground, &Options::default()).expect("an artifact");
                let ended = if looks < 2 { status } else { "completed" };
                assert_eq!(artifact.status, ended);
                assert_eq!(artifact.other["files_scanned"], files);
            }
        }
    }
}
