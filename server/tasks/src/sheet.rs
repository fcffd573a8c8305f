//! A task's artifact while it grows. It is on disk from the first moment on, whole and valid each time: whatever
//! ends the task, what was done so far is there.

use crate::ground::{Halt, Stop};
use artifact::{Artifact, Finding, MOST, Severity, status};
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::{Map, Value};
use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

/// What an artifact says for as long as its task has not said how it ended.
const UNFINISHED: &str = "it has not come to its end; what is here was done so far";

/// A whole artifact of a task: what all have, and what this one reports. Only its schema is made from it.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Document<R> {
    /// What all artifacts have.
    #[serde(flatten)]
    pub artifact: Artifact,
    /// What was found of each severity, once it has ended.
    pub counts: Option<Counts>,
    /// Findings beyond what an artifact holds.
    pub findings_left_out: Option<usize>,
    /// False where it was switched off, and so not run.
    pub enabled: Option<bool>,
    /// What an agent said that went on from there; its findings are among the others.
    pub agent: Option<Map<String, Value>>,
    /// What this kind reports.
    #[serde(flatten)]
    pub report: R,
}

/// Findings of each severity.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Counts {
    /// How many are errors.
    pub error: usize,
    /// How many are warnings.
    pub warning: usize,
    /// How many only tell something.
    pub info: usize,
}

impl Counts {
    pub(crate) fn of(findings: &[Finding]) -> Self {
        let mut counts = Self::default();
        for finding in findings {
            *match finding.severity {
                Severity::Error => &mut counts.error,
                Severity::Warning => &mut counts.warning,
                Severity::Info => &mut counts.info,
            } += 1;
        }
        counts
    }
}

/// An artifact on its way.
#[derive(Debug)]
pub struct Sheet {
    folder: PathBuf,
    path: String,
    artifact: Artifact,
    left_out: usize,
}

impl Sheet {
    /// Begins one at this path, which is relative to `folder`, and puts it there.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn begin(folder: &Path, path: &str, kind: &str) -> io::Result<Self> {
        let mut artifact = Artifact::new(kind);
        artifact.status = status::RUNNING.to_owned();
        artifact.error = Some(UNFINISHED.to_owned());
        let sheet = Self {
            folder: folder.to_owned(),
            path: path.to_owned(),
            artifact,
            left_out: 0,
        };
        sheet.save()?;
        // The page of another time would say that it is done.
        sheet.page("")?;
        Ok(sheet)
    }

    /// One more finding. Beyond what an artifact may hold the worst are kept and the others counted.
    pub fn found(&mut self, finding: Finding) {
        let findings = &mut self.artifact.findings;
        if findings.len() < MOST {
            findings.push(finding);
            return;
        }
        self.left_out += 1;
        let lighter = |severity| move |one: &Finding| one.severity == severity;
        let place = [Severity::Info, Severity::Warning]
            .into_iter()
            .filter(|severity| *severity > finding.severity)
            .find_map(|severity| findings.iter().rposition(lighter(severity)));
        if let Some(kept) = place.and_then(|place| findings.get_mut(place)) {
            *kept = finding;
        }
    }

    /// How many findings there was no room for.
    pub fn left_out(&self) -> usize {
        self.left_out
    }

    /// Begins anew with the findings: for tasks that judge all of them again once they know more.
    pub fn found_anew(&mut self, findings: Vec<Finding>) {
        self.artifact.findings.clear();
        self.left_out = 0;
        findings.into_iter().for_each(|finding| self.found(finding));
    }

    /// What its kind reports: the fields of a structure. Those that were there before are replaced.
    ///
    /// # Errors
    /// When it is no structure, or cannot be written as JSON.
    pub fn report(&mut self, report: &impl Serialize) -> io::Result<()> {
        let fields: Map<String, Value> =
            serde_json::to_value(report).and_then(serde_json::from_value)?;
        self.artifact.other.extend(fields);
        Ok(())
    }

    /// What was found so far.
    pub fn findings(&self) -> &[Finding] {
        &self.artifact.findings
    }

    /// Puts it on disk as it is now.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn save(&self) -> io::Result<()> {
        let text = self.artifact.to_json().map_err(io::Error::from)?;
        write(&self.folder, &self.path, &text)
    }

    /// Ends it: sorted, counted, with its summary in Markdown beside it.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn end(mut self, outcome: &Result<(), Halt>, summary: &str) -> io::Result<Artifact> {
        let (word, error) = match outcome {
            Ok(()) => (status::COMPLETED, None),
            Err(Halt::Stopped(Stop::Cancelled)) => {
                (status::CANCELLED, Some("somebody stopped it".to_owned()))
            }
            Err(Halt::Stopped(Stop::TimedOut)) => {
                (status::TIMEOUT, Some("its time was over".to_owned()))
            }
            Err(Halt::Failed(message)) => (status::FAILED, Some(message.clone())),
            Err(Halt::NotRun(message)) => (status::NOT_RUN, Some(message.clone())),
        };
        self.artifact.status = word.to_owned();
        self.artifact.error = error;
        self.artifact
            .findings
            .sort_by(|a, b| a.order().cmp(&b.order()));
        let other = &mut self.artifact.other;
        let counts = Counts::of(&self.artifact.findings);
        other.insert("counts".to_owned(), serde_json::to_value(counts)?);
        if self.left_out > 0 {
            other.insert("findings_left_out".to_owned(), self.left_out.into());
        }
        self.save()?;
        self.page(summary)?;
        Ok(self.artifact)
    }

    /// Writes the page for people beside it.
    fn page(&self, summary: &str) -> io::Result<()> {
        let page = crate::markdown::page(&self.artifact, summary);
        let beside = Path::new(&self.path).with_extension("md");
        write(&self.folder, &beside.to_string_lossy(), &page)
    }
}

/// Writes a file of a task whole or not at all. `path` is relative to the folder.
///
/// # Errors
/// When it cannot be written, or a link on the way leads elsewhere.
pub fn write(folder: &Path, path: &str, text: &str) -> io::Result<()> {
    write_with(folder, path, |file| file.write_all(text.as_bytes()))
}

/// The same for what is not in memory as a whole.
///
/// # Errors
/// When it cannot be written, or a link on the way leads elsewhere.
pub(crate) fn write_with(
    folder: &Path,
    path: &str,
    put: impl FnOnce(&mut dyn Write) -> io::Result<()>,
) -> io::Result<()> {
    let target = folder.join(path);
    let parent = target.parent().unwrap_or(folder);
    let mut at = folder.to_owned();
    for part in Path::new(path)
        .parent()
        .into_iter()
        .flat_map(Path::components)
    {
        at.push(part);
        if at.symlink_metadata().is_ok_and(|meta| meta.is_symlink()) {
            let message = format!(
                "`{}` is a link, through which nothing is written",
                at.display()
            );
            return Err(io::Error::other(message));
        }
    }
    fs::create_dir_all(parent)?;
    let name = target.file_name().unwrap_or_default().to_string_lossy();
    let temporary = parent.join(format!(".{name}.tmp"));
    // One that is left from before, or a link that somebody put there.
    let _ = fs::remove_file(&temporary);
    let mut file = BufWriter::new(File::create_new(&temporary)?);
    put(&mut file)?;
    file.flush()?;
    fs::rename(&temporary, &target)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_worst_are_kept() {
        let folder = tempfile::tempdir().expect("a folder");
        let mut sheet = Sheet::begin(folder.path(), "a/b.json", "k").expect("a sheet");
        let finding = |severity, code: &str| Finding {
            severity,
            code: code.to_owned(),
            ..Finding::default()
        };
        for _ in 0..MOST - 1 {
            sheet.found(finding(Severity::Info, "i"));
        }
        for (severity, code) in [
            (Severity::Warning, "w"),
            (Severity::Error, "e"),
            (Severity::Info, "lost"),
            (Severity::Error, "e"),
        ] {
            sheet.found(finding(severity, code));
        }
        let count = |code: &str| {
            sheet
                .findings()
                .iter()
                .filter(|one| one.code == code)
                .count()
        };
        assert_eq!(
            [count("e"), count("w"), count("i"), count("lost")],
            [2, 1, MOST - 3, 0]
        );
        assert_eq!(sheet.left_out(), 3);
    }

    #[test]
    fn nothing_is_written_through_links() {
        let (folder, other) = (
            tempfile::tempdir().expect("one"),
            tempfile::tempdir().expect("two"),
        );
        std::os::unix::fs::symlink(other.path(), folder.path().join("reports")).expect("a link");
        let error = write(folder.path(), "reports/ops/a.json", "x").expect_err("a link");
        assert!(error.to_string().contains("is a link"), "{error}");
        std::os::unix::fs::symlink(other.path().join("a"), folder.path().join(".b.json.tmp"))
            .expect("a link");
        write(folder.path(), "b.json", "x").expect("a file");
        assert_eq!(fs::read_dir(other.path()).expect("a folder").count(), 0);
        assert_eq!(
            fs::read_to_string(folder.path().join("b.json")).expect("it"),
            "x"
        );
    }
}
