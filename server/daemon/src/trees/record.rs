//! What is noted of each worktree, in a folder of its own below `worktrees/.offshoot-warm/`, out of the
//! reach of what goes on in the worktree:
//!
//! ```text
//! <id>/record.json   whose it is, its ports, what was laid into it
//! <id>/index         what was checked out, where its tree may be used again
//! <id>/set-up        what setup put there
//! <id>/tree/         the tree, while it is warm: that it lies here is what makes it warm
//! ```

use serde_json::{Value, json};
use std::io;
use std::io::Write;
use std::path::{Path, PathBuf};

/// Written into each record; another number means another form.
const VERSION: u64 = 1;
const RECORD: &str = "record.json";

/// A port that is leased.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Port {
    /// Its name, perhaps empty.
    pub(crate) name: String,
    pub(crate) number: u16,
}

impl Port {
    /// The variable that holds it: `OFFSHOOT_PORT`, `OFFSHOOT_PORT_WEB`.
    pub(crate) fn variable(&self) -> String {
        if self.name.is_empty() {
            return "OFFSHOOT_PORT".to_owned();
        }
        let name = self.name.to_ascii_uppercase().replace('-', "_");
        format!("OFFSHOOT_PORT_{name}")
    }
}

/// What decides whether the tree may be used again, and for what.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Reuse {
    /// [`worktree::Repo::checkout_settings`] of when it was checked out.
    pub(crate) settings: String,
    pub(crate) folder_mode: u32,
    /// Print of what setup depends on, where setup was done.
    pub(crate) set_up: Option<String>,
    /// Names of tracked files on which setup depends.
    pub(crate) inputs: Vec<String>,
}

/// All that is noted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Record {
    /// Root of the repository.
    pub(crate) repo: PathBuf,
    /// The worktree, also one that has become warm.
    pub(crate) worktree: PathBuf,
    pub(crate) task: String,
    pub(crate) run: Option<String>,
    pub(crate) step: String,
    /// Since when it is what it is, in milliseconds.
    pub(crate) since: i64,
    pub(crate) ports: Vec<Port>,
    /// What was laid into it and is not to be committed.
    pub(crate) laid: Vec<PathBuf>,
    /// What of that git does not ignore.
    pub(crate) not_ignored: Vec<PathBuf>,
    /// Shell commands before it goes, as they were when it was made: nobody is asked again.
    pub(crate) teardown: Vec<String>,
    /// Bytes on disk of a warm tree, measured when it had been tidied.
    pub(crate) bytes: Option<u64>,
    /// Length of the repository's object ids in bytes.
    pub(crate) id_length: usize,
    /// None where the tree is never used again.
    pub(crate) reuse: Option<Reuse>,
}

/// The folder of one record, and what lies in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Seat(pub(crate) PathBuf);

impl Seat {
    pub(crate) fn index(&self) -> PathBuf {
        self.0.join("index")
    }

    pub(crate) fn set_up(&self) -> PathBuf {
        self.0.join("set-up")
    }

    pub(crate) fn tree(&self) -> PathBuf {
        self.0.join("tree")
    }

    /// None for one that is missing, damaged, or of another form.
    pub(crate) fn read(&self) -> Option<Record> {
        let text = std::fs::read(self.0.join(RECORD)).ok()?;
        parse(&serde_json::from_slice(&text).ok()?)
    }

    /// Writes the record, complete or not at all.
    pub(crate) fn write(&self, record: &Record) -> io::Result<()> {
        std::fs::create_dir_all(&self.0)?;
        let temporary = self.0.join(format!(".{RECORD}"));
        let mut file = std::fs::File::create(&temporary)?;
        file.write_all(render(record).to_string().as_bytes())?;
        drop(file);
        std::fs::rename(&temporary, self.0.join(RECORD))
    }
}

fn render(record: &Record) -> Value {
    let paths = |paths: &[PathBuf]| paths.iter().map(|path| text(path)).collect::<Vec<_>>();
    let ports = record.ports.iter();
    let ports = ports.map(|port| json!({"name": port.name, "number": port.number}));
    let reuse = record.reuse.as_ref().map(|reuse| {
        json!({
            "settings": reuse.settings,
            "folder_mode": reuse.folder_mode,
            "set_up": reuse.set_up,
            "inputs": reuse.inputs,
        })
    });
    json!({
        "version": VERSION,
        "repo": text(&record.repo),
        "worktree": text(&record.worktree),
        "task": record.task,
        "run": record.run,
        "step": record.step,
        "since": record.since,
        "ports": ports.collect::<Vec<_>>(),
        "laid": paths(&record.laid),
        "not_ignored": paths(&record.not_ignored),
        "teardown": record.teardown,
        "bytes": record.bytes,
        "id_length": record.id_length,
        "reuse": reuse,
    })
}

/// Paths of repositories are text in all that is stored; one that is not does not get here.
fn text(path: &Path) -> String {
    path.to_string_lossy().into_owned()
}

fn parse(value: &Value) -> Option<Record> {
    if value.get("version")?.as_u64()? != VERSION {
        return None;
    }
    let text = |name: &str| value.get(name)?.as_str().map(str::to_owned);
    let paths =
        |name: &str| -> Vec<PathBuf> { texts(value, name).into_iter().map(Into::into).collect() };
    let ports = value.get("ports")?.as_array()?.iter().map(|port| {
        Some(Port {
            name: port.get("name")?.as_str()?.to_owned(),
            number: u16::try_from(port.get("number")?.as_u64()?).ok()?,
        })
    });
    let reuse = value.get("reuse").filter(|reuse| !reuse.is_null());
    Some(Record {
        repo: text("repo")?.into(),
        worktree: text("worktree")?.into(),
        task: text("task")?,
        run: text("run"),
        step: text("step")?,
        since: value.get("since")?.as_i64()?,
        ports: ports.collect::<Option<_>>()?,
        laid: paths("laid"),
        not_ignored: paths("not_ignored"),
        // Not there in what earlier versions wrote.
        teardown: texts(value, "teardown"),
        bytes: value.get("bytes").and_then(Value::as_u64),
        id_length: usize::try_from(value.get("id_length")?.as_u64()?).ok()?,
        reuse: match reuse {
            None => None,
            Some(reuse) => Some(Reuse {
                settings: reuse.get("settings")?.as_str()?.to_owned(),
                folder_mode: u32::try_from(reuse.get("folder_mode")?.as_u64()?).ok()?,
                set_up: reuse.get("set_up")?.as_str().map(str::to_owned),
                inputs: texts(reuse, "inputs"),
            }),
        },
    })
}

fn texts(value: &Value, name: &str) -> Vec<String> {
    let items = value.get(name).and_then(Value::as_array);
    let items = items.into_iter().flatten().filter_map(Value::as_str);
    items.map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// As a daemon of version 1 wrote it: it stays readable.
    const GOLDEN: &str = r#"{"version":1,"repo":"/r","worktree":"/w/x","task":"t-1","run":"r-1","step":"s",
        "since":5,"ports":[{"name":"","number":20000},{"name":"db","number":20001}],"laid":[".env"],
        "not_ignored":[],"bytes":7,"id_length":20,
        "reuse":{"settings":"aa","folder_mode":493,"set_up":"bb","inputs":["Cargo.lock"]}}"#;

    #[test]
    fn records_survive_and_others_are_refused() {
        let record = parse(&serde_json::from_str(GOLDEN).unwrap()).unwrap();
        assert_eq!(record.ports[1].number, 20001);
        let folder = tempfile::tempdir().unwrap();
        let seat = Seat(folder.path().join("a"));
        assert_eq!(seat.read(), None);
        seat.write(&record).unwrap();
        assert_eq!(seat.read(), Some(record.clone()));
        let undone = Record {
            teardown: vec!["docker stop x".to_owned()],
            ..record.clone()
        };
        seat.write(&undone).unwrap();
        assert_eq!(seat.read(), Some(undone));
        let plain = Record {
            reuse: None,
            run: None,
            bytes: None,
            ..record
        };
        seat.write(&plain).unwrap();
        assert_eq!(seat.read(), Some(plain));
        for damaged in [
            "",
            "{}",
            "{\"version\":2}",
            "[",
            &GOLDEN.replace("20000", "70000"),
        ] {
            let value = serde_json::from_str(damaged).unwrap_or_default();
            assert_eq!(parse(&value), None, "{damaged}");
        }
    }
}
