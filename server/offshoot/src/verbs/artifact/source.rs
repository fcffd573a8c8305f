//! Where artifacts are taken from: files and folders, or the steps of a run.

use crate::context::Context;
use crate::git;
use artifact::{Artifact, LARGEST};
use client::Api;
use protocol::documents::ArtifactEntry;
use protocol::file::{FileRead, Side};
use protocol::run::RunRef;
use protocol::{Error, ErrorKind};
use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};
use walkdir::WalkDir;

/// Where tasks leave theirs.
const FOLDER: &str = "reports";
/// Artifacts that are read at once.
const MOST: usize = 1_000;
/// Levels of folders.
const DEEPEST: usize = 16;

#[derive(Debug, clap::Args)]
pub(crate) struct Source {
    /// Files, or folders that are gone through; without any `reports/`. With --run: as the run names them
    paths: Vec<PathBuf>,
    /// Those that the steps of this run left
    #[arg(long)]
    run: Option<String>,
    /// Only those of this step
    #[arg(long, requires = "run")]
    step: Option<String>,
}

/// An artifact that was read.
#[derive(Debug)]
pub(super) struct Found {
    pub(super) entry: ArtifactEntry,
    pub(super) artifact: Artifact,
    /// What was not taken as it stands.
    pub(super) notes: Vec<String>,
}

impl Source {
    /// All artifacts. What cannot be read is told on stderr, or is an error where it was named.
    pub(super) async fn read(&self, context: &Context) -> Result<Vec<Found>, Error> {
        match &self.run {
            Some(run) => self.of_run(context, run).await,
            None => self.of_folders(context),
        }
    }

    fn of_folders(&self, context: &Context) -> Result<Vec<Found>, Error> {
        let repo = git::open(&context.repo).ok();
        let root = repo.map_or_else(|| context.repo.clone(), |repo| repo.root().to_owned());
        let mut found = Vec::new();
        if self.paths.is_empty() {
            return walk(context, &root.join(FOLDER), &root);
        }
        for path in &self.paths {
            let path = context.file(path);
            if path.is_dir() {
                found.extend(walk(context, &path, &root)?);
                continue;
            }
            let text = bytes(&path).map_err(|why| {
                let message = format!("`{}` cannot be read: {why}", path.display());
                Error::new(ErrorKind::NotFound, message)
                    .hint("`offshoot artifact list` names those of the repository")
            })?;
            let one = understand(relative(&path, &root), &text, &root);
            found.push(one.map_err(|why| {
                let message = format!("`{}` is no artifact: {why}", path.display());
                Error::new(ErrorKind::InvalidInput, message)
            })?);
        }
        Ok(found)
    }

    async fn of_run(&self, context: &Context, run: &str) -> Result<Vec<Found>, Error> {
        let daemon = context.daemon().await?;
        let repo = Some(context.repo_text());
        let run = daemon
            .run_show(RunRef {
                run_id: run.to_owned(),
                repo: repo.clone(),
            })
            .await?;
        let wanted = |id: &str| self.step.as_deref().is_none_or(|step| step == id);
        if !run.steps.iter().any(|step| wanted(&step.id)) {
            let step = self.step.as_deref().unwrap_or_default();
            let message = format!("run {} has no step `{step}`", run.run_id);
            return Err(Error::new(ErrorKind::NotFound, message));
        }
        let root = PathBuf::from(&run.repo);
        let mut found = Vec::new();
        for step in run.steps.iter().filter(|step| wanted(&step.id)) {
            let paths = step.artifacts.iter().map(|artifact| &artifact.path);
            for path in paths.filter(|path| artifact::looks_like_one(path) && self.names(path)) {
                let content = daemon
                    .file_read(FileRead {
                        run_id: run.run_id.clone(),
                        step_id: Some(step.id.clone()),
                        side: Side::Result,
                        path: path.clone(),
                        repo: repo.clone(),
                    })
                    .await?;
                let mut roots = vec![root.clone()];
                roots.extend(step.worktree.as_ref().map(PathBuf::from));
                let read = match content.text {
                    Some(text) => understand_in(path.clone(), text.as_bytes(), &roots),
                    None if content.missing => Err("it is not in the result".to_owned()),
                    None => Err("it is no text".to_owned()),
                };
                match read {
                    Ok(mut one) => {
                        one.entry.run_id = Some(run.run_id.clone());
                        one.entry.step_id = Some(step.id.clone());
                        found.push(one);
                    }
                    Err(why) => context.out.note(&format!("{}: {path}: {why}", step.id)),
                }
            }
        }
        Ok(found)
    }

    /// Whether the caller named this path of a run, or a folder above it, or nothing.
    fn names(&self, path: &str) -> bool {
        self.paths.is_empty()
            || self
                .paths
                .iter()
                .any(|named| Path::new(path).starts_with(named))
    }
}

/// The artifacts below a folder. Other JSON is passed over without a word: folders of reports hold much.
fn walk(context: &Context, folder: &Path, root: &Path) -> Result<Vec<Found>, Error> {
    let plain = |entry: &walkdir::DirEntry| {
        let name = entry.file_name().to_string_lossy();
        entry.depth() == 0 || !(name.starts_with('.') || name == "node_modules" || name == "target")
    };
    let entries = WalkDir::new(folder)
        .max_depth(DEEPEST)
        .sort_by_file_name()
        .into_iter()
        .filter_entry(plain)
        .filter_map(Result::ok)
        .filter(|entry| entry.file_type().is_file())
        .filter(|entry| artifact::looks_like_one(&entry.file_name().to_string_lossy()));
    let mut found = Vec::new();
    for entry in entries {
        let path = relative(entry.path(), root);
        let read = bytes(entry.path()).and_then(|text| understand(path.clone(), &text, root));
        match read {
            Ok(one) if one.entry.kind == "file" && one.artifact.findings.is_empty() => {}
            Ok(one) => found.push(one),
            Err(why) => context.out.note(&format!("{path}: {why}")),
        }
        if found.len() >= MOST {
            context.out.note(&format!(
                "only the first {MOST} artifacts are taken; name a folder below"
            ));
            break;
        }
    }
    Ok(found)
}

fn relative(path: &Path, root: &Path) -> String {
    let path = path.canonicalize().unwrap_or_else(|_| path.to_owned());
    path.strip_prefix(root)
        .unwrap_or(&path)
        .to_string_lossy()
        .into_owned()
}

/// The bytes of a file, if it is no larger than an artifact may be.
fn bytes(path: &Path) -> Result<Vec<u8>, String> {
    let mut text = Vec::new();
    let file = File::open(path).map_err(|error| error.to_string())?;
    file.take(LARGEST + 1)
        .read_to_end(&mut text)
        .map_err(|error| error.to_string())?;
    if text.len() as u64 > LARGEST {
        return Err(format!("it is larger than {} MiB", LARGEST >> 20));
    }
    Ok(text)
}

fn understand(path: String, text: &[u8], root: &Path) -> Result<Found, String> {
    understand_in(path, text, &[root.to_owned()])
}

fn understand_in(path: String, text: &[u8], roots: &[PathBuf]) -> Result<Found, String> {
    let roots: Vec<&Path> = roots.iter().map(PathBuf::as_path).collect();
    let reading = artifact::read(text, &roots).map_err(|error| error.to_string())?;
    let (artifact, notes) = if reading.kind == "sarif" {
        // Its runs are what was read already.
        let mut artifact = Artifact::new("sarif");
        artifact.findings = reading.findings;
        (artifact, reading.notes)
    } else {
        Artifact::from_json(text, &roots).map_err(|error| error.to_string())?
    };
    let ours = reading.status.is_some();
    let entry = ArtifactEntry {
        path,
        kind: artifact.kind.clone(),
        schema_version: reading.schema_version,
        status: ours.then(|| artifact.status.clone()),
        error: artifact.error.clone(),
        findings: super::counts(artifact.findings.iter().map(|one| one.severity)),
        ..ArtifactEntry::default()
    };
    Ok(Found {
        entry,
        artifact,
        notes,
    })
}
