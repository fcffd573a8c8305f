//! For the tests: a folder, a Context7 that answers as it is told, and a time.

use super::api::{Access, Key};
use super::{Policy, Surroundings};
use crate::ground::{AddedLines, Ground, Halt, Stop};
use crate::web::{Answer, Request, Unanswered, Web};
use jiff::Timestamp;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

/// When it is.
pub(crate) fn now() -> Timestamp {
    "2026-11-26T12:00:00Z".parse().expect("a time")
}

/// A folder of files. It stops the task after so many looks, where it is told so.
pub(crate) struct Bed {
    pub(crate) folder: tempfile::TempDir,
    looks: AtomicUsize,
    stop: Option<(usize, Stop)>,
}

impl Bed {
    pub(crate) fn new(files: &[(&str, &str)]) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        for (name, text) in files {
            crate::sheet::write(folder.path(), name, text).expect("a file");
        }
        Self {
            folder,
            looks: AtomicUsize::new(0),
            stop: None,
        }
    }

    /// With the knowledge base that others wrote.
    pub(crate) fn with_theirs(files: &[(&str, &str)]) -> Self {
        let bed = Self::new(files);
        let from = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/context/golden/theirs");
        copy(&from, &bed.cache());
        bed
    }

    pub(crate) fn cache(&self) -> PathBuf {
        self.folder.path().join(super::FOLDER)
    }

    /// The folder of another, never stopped.
    pub(crate) fn of(folder: tempfile::TempDir) -> Self {
        Self {
            folder,
            looks: AtomicUsize::new(0),
            stop: None,
        }
    }

    /// The same, stopped at this look.
    pub(crate) fn stopped(mut self, look: usize, stop: Stop) -> Self {
        self.stop = Some((look, stop));
        self
    }

    pub(crate) fn looks(&self) -> usize {
        self.looks.load(Ordering::Relaxed)
    }

    pub(crate) fn around(&self) -> Surroundings {
        Surroundings {
            checkout: self.folder.path().to_owned(),
            now: now(),
            policy: Policy::default(),
            access: Access::new(None, Key::new("ctx7sk-never-told")),
        }
    }

    pub(crate) fn read(&self, path: &str) -> String {
        std::fs::read_to_string(self.folder.path().join(path))
            .unwrap_or_else(|error| panic!("{path}: {error}"))
    }
}

fn copy(from: &Path, to: &Path) {
    for entry in std::fs::read_dir(from).expect("the golden folder") {
        let entry = entry.expect("an entry");
        let to = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy(&entry.path(), &to);
        } else {
            std::fs::create_dir_all(to.parent().expect("a parent")).expect("a folder");
            std::fs::copy(entry.path(), to).expect("a copy");
        }
    }
}

impl Ground for Bed {
    fn root(&self) -> &Path {
        self.folder.path()
    }

    fn files(&self) -> Result<Vec<PathBuf>, Halt> {
        let mut files = Vec::new();
        let mut folders = vec![PathBuf::new()];
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(self.folder.path().join(&folder))
                .map_err(|error| Halt::Failed(error.to_string()))?
            {
                let entry = entry.map_err(|error| Halt::Failed(error.to_string()))?;
                let path = folder.join(entry.file_name());
                if entry.path().is_dir() {
                    folders.push(path)
                } else {
                    files.push(path)
                }
            }
        }
        files.sort();
        Ok(files)
    }

    fn added_lines(&self, _: &str) -> Result<Vec<AddedLines>, Halt> {
        Err(Halt::Failed("there is no history".to_owned()))
    }

    fn stop(&self) -> Option<Stop> {
        let looks = self.looks.fetch_add(1, Ordering::Relaxed);
        self.stop
            .and_then(|(at, stop)| (looks >= at).then_some(stop))
    }
}

/// What a request asks for, decoded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Asked {
    pub(crate) path: String,
    pub(crate) query: Vec<(String, String)>,
    pub(crate) key: Option<String>,
}

impl Asked {
    pub(crate) fn get(&self, name: &str) -> &str {
        let found = self.query.iter().find(|(other, _)| other == name);
        found.map_or("", |(_, value)| value.as_str())
    }
}

type Script =
    Box<dyn Fn(&Asked, usize) -> (u16, Vec<(&'static str, String)>, String) + Sync + Send>;

/// A Context7 that answers as it is told: by the question and how many came before it.
pub(crate) struct Fake {
    script: Script,
    asked: Mutex<Vec<Asked>>,
}

impl Fake {
    pub(crate) fn new(
        script: impl Fn(&Asked, usize) -> (u16, Vec<(&'static str, String)>, String)
        + Sync
        + Send
        + 'static,
    ) -> Self {
        Self {
            script: Box::new(script),
            asked: Mutex::new(Vec::new()),
        }
    }

    /// One that has each library.
    pub(crate) fn well() -> Self {
        Self::new(|asked, _| (200, Vec::new(), well(asked)))
    }

    pub(crate) fn asked(&self) -> Vec<Asked> {
        self.asked.lock().expect("the list").clone()
    }
}

/// What it has of a library.
pub(crate) fn well(asked: &Asked) -> String {
    match asked.path.as_str() {
        "/api/v2/libs/search" => {
            let name = asked.get("libraryName");
            let id = format!("/owner/{}", name.rsplit('/').next().unwrap_or(name));
            serde_json::json!({"results": [
                {"id": "/else/where", "title": "Elsewhere", "state": "finalized", "trustScore": 10},
                {"id": id, "title": name, "state": "finalized", "trustScore": 9.1, "totalSnippets": 4},
            ], "searchFilterApplied": false})
        }
        _ => serde_json::json!({
            "codeSnippets": [{"codeTitle": "Use it", "codeDescription": "As here.", "codeLanguage": "rust",
                "codeList": [{"language": "rust", "code": "let a = 1;"}]}],
            "infoSnippets": [{"breadcrumb": "Start", "content": format!("About {}.", asked.get("libraryId")), "contentTokens": 3}],
        }),
    }
    .to_string()
}

impl Web for Fake {
    fn ask(&self, request: &Request) -> Result<Answer, Unanswered> {
        let (path, query) = request.url.split_once('?').unwrap_or((&request.url, ""));
        let decode = |text: &str| {
            percent_encoding::percent_decode_str(text)
                .decode_utf8_lossy()
                .into_owned()
        };
        let query = query.split('&').filter_map(|pair| pair.split_once('='));
        let key = request
            .headers
            .iter()
            .find(|(name, _)| name == "Authorization");
        let asked = Asked {
            path: path.trim_start_matches("https://context7.com").to_owned(),
            query: query
                .map(|(name, value)| (name.to_owned(), decode(value)))
                .collect(),
            key: key.map(|(_, key)| key.clone()),
        };
        let mut all = self.asked.lock().expect("the list");
        let (status, headers, body) = (self.script)(&asked, all.len());
        all.push(asked);
        if status == 0 {
            return Err(Unanswered::Failed(format!(
                "{}: connection refused",
                request.url
            )));
        }
        let headers = headers
            .into_iter()
            .map(|(name, value)| (name.to_owned(), value));
        Ok(Answer {
            status,
            headers: headers.collect(),
            body: body.into_bytes(),
        })
    }
}
