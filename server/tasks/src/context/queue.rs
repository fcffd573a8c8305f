//! `.refresh-queue`: what is to be fetched again, the most urgent first.

use super::stamp;
use crate::sheet;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

const FILE: &str = ".refresh-queue";
/// Tasks that are kept; the least urgent go.
const MOST: usize = 2000;
/// Bytes of the file.
const LARGEST: u64 = 8 << 20;
/// The reason of a task for what Context7 does not have.
const ABSENT: &str = "not found";
/// Failures after which a task is left alone.
pub(crate) const ATTEMPTS: u64 = 5;

/// A library, or one topic of it, that is to be fetched again. Readers there refuse a field that they do not know:
/// none is added.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Task {
    pub(crate) library: String,
    /// None: all of them.
    #[serde(default)]
    pub(crate) topic: Option<String>,
    /// 1 to 10, higher first.
    #[serde(default = "usual")]
    pub(crate) priority: i64,
    #[serde(default = "staleness")]
    pub(crate) reason: String,
    #[serde(default)]
    pub(crate) added_at: Option<String>,
    #[serde(default)]
    pub(crate) scheduled_for: Option<String>,
    #[serde(default)]
    pub(crate) attempts: u64,
    #[serde(default)]
    pub(crate) last_attempt: Option<String>,
    #[serde(default)]
    pub(crate) error: Option<String>,
    #[serde(flatten)]
    pub(crate) other: Map<String, Value>,
}

fn usual() -> i64 {
    5
}

fn staleness() -> String {
    "staleness".to_owned()
}

impl Task {
    fn is_given_up(&self) -> bool {
        self.attempts >= ATTEMPTS
    }

    /// A time that cannot be read holds nothing up.
    fn is_due(&self, now: Timestamp) -> bool {
        let at = self.scheduled_for.as_deref().and_then(stamp::parse);
        !self.is_given_up() && at.is_none_or(|at| at <= now)
    }

    fn is(&self, library: &str, topic: Option<&str>) -> bool {
        self.library.to_lowercase() == library.to_lowercase() && self.topic.as_deref() == topic
    }
}

/// The tasks, as they stand in the file.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct Queue {
    pub(crate) tasks: Vec<Task>,
    other: Map<String, Value>,
}

impl Queue {
    /// What is in the file, JSON or YAML; of a damaged one nothing, and of damaged tasks the others.
    pub(crate) fn read(root: &Path) -> Self {
        let mut text = String::new();
        let file = File::open(root.join(FILE)).ok();
        let _ = file.map(|file| file.take(LARGEST).read_to_string(&mut text));
        let read: Option<Map<String, Value>> = serde_json::from_str(&text)
            .ok()
            .or_else(|| serde_yaml::from_str(&text).ok());
        let mut other = read.unwrap_or_default();
        let tasks = match other.remove("tasks") {
            Some(Value::Array(tasks)) => tasks,
            _ => Vec::new(),
        };
        let known = tasks
            .into_iter()
            .filter_map(|task| serde_json::from_value(task).ok());
        Self {
            tasks: known.collect(),
            other,
        }
    }

    /// Brings it to disk. The lock of all is held.
    pub(super) fn write(&self, root: &Path, now: Timestamp) -> io::Result<()> {
        let mut whole = self.other.clone();
        whole.insert("version".to_owned(), "1.0".into());
        whole.insert("last_updated".to_owned(), stamp::text(now).into());
        whole.insert("tasks".to_owned(), serde_json::to_value(&self.tasks)?);
        sheet::write(root, FILE, &(serde_json::to_string_pretty(&whole)? + "\n"))
    }

    /// Adds a task, or makes the one that is there as urgent.
    pub(crate) fn add(
        &mut self,
        library: &str,
        topic: Option<&str>,
        priority: i64,
        reason: &str,
        now: Timestamp,
    ) {
        let priority = priority.clamp(1, 10);
        if let Some(task) = self.tasks.iter_mut().find(|task| task.is(library, topic)) {
            task.priority = task.priority.max(priority);
            reason.clone_into(&mut task.reason);
            return;
        }
        self.tasks.push(Task {
            library: library.to_owned(),
            topic: topic.map(str::to_owned),
            priority,
            reason: reason.to_owned(),
            added_at: Some(stamp::text(now)),
            scheduled_for: None,
            attempts: 0,
            last_attempt: None,
            error: None,
            other: Map::new(),
        });
        if self.tasks.len() > MOST {
            self.tasks.sort_by(order);
            self.tasks.truncate(MOST);
        }
    }

    /// What may be fetched now, in the order in which it is.
    pub(crate) fn due(&self, now: Timestamp) -> Vec<&Task> {
        let mut due: Vec<&Task> = self.tasks.iter().filter(|task| task.is_due(now)).collect();
        due.sort_by(|a, b| order(a, b));
        due
    }

    pub(crate) fn given_up(&self) -> usize {
        self.tasks.iter().filter(|task| task.is_given_up()).count()
    }

    /// It was fetched.
    pub(crate) fn done(&mut self, library: &str, topic: Option<&str>) {
        self.tasks.retain(|task| !task.is(library, topic));
    }

    /// There is nothing of it: it is asked for again in a week.
    pub(crate) fn absent(&mut self, library: &str, topic: Option<&str>, now: Timestamp) {
        self.add(library, topic, 1, ABSENT, now);
        self.failed(library, topic, "there is nothing of it", now);
        if let Some(task) = self.tasks.iter_mut().find(|task| task.is(library, topic)) {
            task.scheduled_for = Some(stamp::text(stamp::after_days(now, 7)));
        }
    }

    /// Whether it was asked for in vain, and is not to be asked for yet.
    pub(crate) fn is_absent(&self, library: &str, topic: Option<&str>, now: Timestamp) -> bool {
        let of =
            |task: &Task| task.is(library, topic) && task.reason == ABSENT && !task.is_due(now);
        self.tasks.iter().any(of)
    }

    /// It could not be fetched: another try in an hour, then in two, in four, at most in a day.
    pub(crate) fn failed(
        &mut self,
        library: &str,
        topic: Option<&str>,
        error: &str,
        now: Timestamp,
    ) {
        if let Some(task) = self.tasks.iter_mut().find(|task| task.is(library, topic)) {
            task.attempts += 1;
            let hours = 1 << (task.attempts - 1).min(5);
            let again = now.saturating_add(SignedDuration::from_hours(hours.min(24)));
            task.scheduled_for = again.ok().map(stamp::text);
            task.last_attempt = Some(stamp::text(now));
            task.error = Some(error.to_owned());
        }
    }

    /// Those that were given up are tried again.
    pub(crate) fn try_again(&mut self) {
        for task in &mut self.tasks {
            (task.attempts, task.scheduled_for) = (0, None);
        }
    }
}

fn order(a: &Task, b: &Task) -> std::cmp::Ordering {
    let key = |task: &Task| task.added_at.as_deref().and_then(stamp::parse);
    b.priority
        .cmp(&a.priority)
        .then_with(|| key(a).cmp(&key(b)))
        .then_with(|| (&a.library, &a.topic).cmp(&(&b.library, &b.topic)))
}

#[cfg(test)]
mod tests {
    use super::{ATTEMPTS, Queue, stamp};
    use jiff::{SignedDuration, Timestamp};

    fn at(text: &str) -> Timestamp {
        stamp::parse(text).unwrap()
    }

    fn names(queue: &Queue, now: Timestamp) -> Vec<String> {
        queue
            .due(now)
            .iter()
            .map(|task| task.library.clone())
            .collect()
    }

    #[test]
    fn theirs_is_read_in_both_forms_and_written_in_theirs() {
        let folder = tempfile::tempdir().unwrap();
        let theirs = include_str!("golden/theirs/.refresh-queue");
        crate::sheet::write(folder.path(), super::FILE, theirs).unwrap();
        let queue = Queue::read(folder.path());
        let now = at("2026-11-26T00:00:00Z");
        assert_eq!(names(&queue, now), ["jose", "react", "vue"]);
        queue.write(folder.path(), now).unwrap();
        assert_eq!(Queue::read(folder.path()).tasks, queue.tasks);
        let written = std::fs::read_to_string(folder.path().join(super::FILE)).unwrap();
        let as_yaml = serde_yaml::from_str::<serde_json::Value>(&written).unwrap();
        crate::sheet::write(
            folder.path(),
            super::FILE,
            &serde_yaml::to_string(&as_yaml).unwrap(),
        )
        .unwrap();
        assert_eq!(Queue::read(folder.path()).tasks, queue.tasks);
        for damaged in [
            "",
            "{",
            "[1]",
            "tasks: 3",
            "{\"tasks\": [{\"priority\": 1}, {\"library\": \"a\"}]}",
        ] {
            crate::sheet::write(folder.path(), super::FILE, damaged).unwrap();
            assert_eq!(
                Queue::read(folder.path()).tasks.len(),
                usize::from(damaged.contains("\"a\"")),
                "{damaged}"
            );
        }
    }

    #[test]
    fn tries_are_bounded_and_further_and_further_apart() {
        let mut queue = Queue::default();
        let mut now = at("2026-11-26T00:00:00Z");
        queue.add("A", None, 3, "staleness", now);
        queue.add("a", None, 99, "asked for", now);
        queue.add("b", Some("x"), 10, "asked for", now);
        assert_eq!(queue.tasks.len(), 2);
        assert_eq!(
            (queue.tasks[0].priority, queue.tasks[0].reason.as_str()),
            (10, "asked for")
        );
        queue.done("b", Some("x"));
        for hours in [1, 2, 4, 8] {
            queue.failed("a", None, "no answer", now);
            assert!(names(&queue, now).is_empty());
            now += SignedDuration::from_hours(hours) - SignedDuration::from_secs(1);
            assert!(names(&queue, now).is_empty(), "{hours} h");
            now += SignedDuration::from_secs(1);
            assert_eq!(names(&queue, now), ["A"], "{hours} h");
        }
        queue.failed("a", None, "no answer", now);
        assert_eq!((queue.tasks[0].attempts, queue.given_up()), (ATTEMPTS, 1));
        assert!(names(&queue, Timestamp::MAX).is_empty());
        queue.try_again();
        assert_eq!(names(&queue, now), ["A"]);
    }
}
