//! Starting a hand-off: what was there is recorded and moved aside, `handoff.json` is stored, the
//! files are written, the command file last. From then on an agent may answer at any moment.

use super::artifacts::Fingerprints;
use super::aside;
use super::baseline::{Baseline, Before, Expected, Side, VERSION, marker_folder};
use super::error::Error;
use super::files;
use super::instructions;
use super::job::HandOff;
use super::marker;
use super::names::{self, COMMAND_FILE, INSTRUCTIONS_FILE, METADATA_FILE, SIMPLE_FILE};
use super::place::{self, Root, Stamp};
use super::since::Since;
use super::status;
use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::MetadataExt;
use std::path::Path;
use std::time::Duration;

/// Only the user reads and writes the files.
const MODE: u32 = 0o600;
/// Folder in the attempt's folder for what was there before.
pub(super) const BEFORE_DIR: &str = "handoff/before";

/// Writes the four files of the hand-off. Blocking: call it off the event loop.
///
/// # Errors
/// When a file cannot be moved aside or written, or a name or path cannot be told to an agent.
/// What was written by then is removed again.
pub fn write(job: &HandOff) -> Result<Baseline, Error> {
    check(job)?;
    let root = Root::open(&job.worktree).map_err(Error::io("open the worktree", &job.worktree))?;
    let mut baseline = baseline(job, &root)?;
    let outcome = write_files(job, &root, &mut baseline);
    if outcome.is_err() {
        for name in [COMMAND_FILE, INSTRUCTIONS_FILE, METADATA_FILE, SIMPLE_FILE] {
            let _ = fs::remove_file(root.path().join(name));
        }
    }
    outcome.map(|()| baseline)
}

fn check(job: &HandOff) -> Result<(), Error> {
    let name = &job.status_file_name;
    let ours = [COMMAND_FILE, INSTRUCTIONS_FILE, METADATA_FILE, SIMPLE_FILE];
    if !names::is_plain_name(name) || ours.contains(&name.as_str()) {
        return Err(Error::StatusFileName { name: name.clone() });
    }
    for path in [&job.worktree, &job.repo] {
        if path.to_str().is_none() {
            return Err(Error::PathNotUtf8 { path: path.clone() });
        }
    }
    Ok(())
}

fn baseline(job: &HandOff, root: &Root) -> Result<Baseline, Error> {
    let mut before = set_aside(job, root)?;
    before.extend(markers(job, root));
    let mut prints = Fingerprints::default();
    let expected = job.expected_artifacts.iter().map(|path| {
        let was = prints.take(root, path, Duration::ZERO).hash;
        Expected {
            path: path.clone(),
            was,
        }
    });
    Ok(Baseline {
        version: VERSION,
        attempt_dir: job.attempt_dir.clone(),
        worktree: job.worktree.clone(),
        repo: job.repo.clone(),
        run_id: job.run_id.clone(),
        workflow_id: job.workflow_id.clone(),
        step_id: job.step_id.clone(),
        attempt: job.attempt,
        execution_id: job.execution_id.clone(),
        status_file: job.status_file_name.clone(),
        poll_ms: millis(job.poll_interval),
        timeout_ms: millis(job.timeout),
        features: job.features,
        created_at_ms: job.created_at.0,
        since: Since::now(),
        not_before_ns: 0,
        expected: expected.collect(),
        before,
    })
}

fn millis(span: Duration) -> u64 {
    u64::try_from(span.as_millis()).unwrap_or(u64::MAX)
}

/// Moves every file of a hand-off that lies in the worktree into the attempt's folder.
fn set_aside(job: &HandOff, root: &Root) -> Result<Vec<Before>, Error> {
    let mut before = Vec::new();
    for place in aside::places(&names::files_with(&job.status_file_name)) {
        let Some((path, meta)) = aside::find(root, &place) else {
            continue;
        };
        let stamp = stamp(&path, &meta);
        let (folder, name) = place.rsplit_once('/').unwrap_or(("", &place));
        let kept_in = job.attempt_dir.join(BEFORE_DIR).join(folder);
        let name =
            aside::move_into(&path, &kept_in, name).map_err(Error::io("move aside", &path))?;
        let kept = Path::new(BEFORE_DIR).join(folder).join(name);
        before.push(Before {
            side: Side::Worktree,
            tracked: job.tracked.contains(&place),
            path: place,
            stamp,
            kept: kept.to_str().map(str::to_owned),
            mode: meta.mode() & 0o7777,
        });
    }
    Ok(before)
}

fn stamp(path: &Path, meta: &fs::Metadata) -> Stamp {
    let content = if meta.is_symlink() {
        fs::read_link(path)
            .map(|target| target.as_os_str().as_bytes().to_vec())
            .unwrap_or_default()
    } else {
        match place::read_file(path, status::MAX_BYTES) {
            place::Found::File(bytes, _) => bytes,
            place::Found::Absent | place::Found::Unusable(_) => Vec::new(),
        }
    };
    place::stamp_of(meta, &content)
}

/// Markers are the repository's: they are recorded and left where they are.
fn markers(job: &HandOff, root: &Root) -> Vec<Before> {
    let Some(folder) = marker_folder(&job.workflow_id, &job.step_id) else {
        return Vec::new();
    };
    let repo = Root::open(&job.repo).ok();
    let sides = [(Side::Worktree, Some(root)), (Side::Repo, repo.as_ref())];
    let mut before = Vec::new();
    for (side, root) in sides {
        for name in marker::NAMES {
            let path = format!("{folder}/{name}");
            let Some((full, meta)) = root.and_then(|root| aside::find(root, &path)) else {
                continue;
            };
            let (stamp, mode) = (stamp(&full, &meta), meta.mode() & 0o7777);
            before.push(Before {
                side,
                path,
                stamp,
                tracked: false,
                kept: None,
                mode,
            });
        }
    }
    before
}

fn write_files(job: &HandOff, root: &Root, baseline: &mut Baseline) -> Result<(), Error> {
    let put = |name: &str, content: &[u8]| {
        let path = root.path().join(name);
        place::write_atomic(&path, content, MODE).map_err(Error::io("write", &path))
    };
    put(SIMPLE_FILE, job.command.as_bytes())?;
    put(METADATA_FILE, &files::metadata(job))?;
    // The same clock that will stamp the agent's files, read just before the agent can know.
    baseline.not_before_ns = put(INSTRUCTIONS_FILE, instructions::text(job).as_bytes())?;
    baseline.store()?;
    put(COMMAND_FILE, &files::command(job))?;
    Ok(())
}
