//! From rows to the domain. A reader lives for one operation and shares what many rows have in
//! common: environments, and the workflow of runs with the same text.

use crate::error::{Fault, Subject};
use crate::stored::{
    self, EnvironmentDoc, RunDoc, RunParts, SourceDoc, SubmissionDoc, TaskDoc, TaskParts,
    path_from_text,
};
use model::diagnostic::Severity;
use model::ids::{RunId, TaskId};
use model::language;
use model::run::{Environment, Run, Source, Submission};
use model::task::Task;
use model::time::Timestamp;
use model::workflow::{Step, Workflow};
use rusqlite::types::ValueRef;
use rusqlite::{Connection, OptionalExtension as _, Row};
use std::collections::{HashMap, HashSet};
use std::rc::Rc;
use std::sync::Arc;

/// The columns that [`Reader::run`] reads, in its order.
pub(crate) const RUN: &str = "id, repo, created_at, environment_id, doc, source";
/// The columns that [`Reader::task`] reads, in its order.
pub(crate) const TASK: &str =
    "id, tenant, run_id, step, priority, created_at, environment_id, doc, submission";

/// Reads rows.
pub(crate) struct Reader<'a> {
    db: &'a Connection,
    environments: HashMap<i64, Arc<Environment>>,
    files: HashMap<(String, Arc<str>), Rc<Plan>>,
}

/// A run with what its tasks need of it.
pub(crate) struct Planned {
    pub(crate) run: Run,
    plan: Rc<Plan>,
}

/// A workflow, and its steps one by one as tasks share them.
struct Plan {
    source: Source,
    workflow: Arc<Workflow>,
    steps: Vec<Arc<Step>>,
}

impl<'a> Reader<'a> {
    pub(crate) fn new(db: &'a Connection) -> Self {
        Self {
            db,
            environments: HashMap::new(),
            files: HashMap::new(),
        }
    }

    /// The run in a row of [`RUN`].
    pub(crate) fn run(&mut self, row: &Row<'_>) -> Result<Planned, Fault> {
        let parts: RunParts = stored::decode::<RunDoc>(text(row, 4)?)?.try_into()?;
        let source = stored::decode::<SourceDoc>(text(row, 5)?)?.into();
        let plan = self.plan(source)?;
        let run = Run {
            id: run_id(row),
            repo: path_from_text(row.get(1)?)?,
            source: plan.source.clone(),
            workflow: plan.workflow.clone(),
            options: parts.options,
            environment: self.environment(row.get(3)?)?,
            base: parts.base,
            created_at: Timestamp(row.get(2)?),
            state: parts.state,
            tasks: parts.tasks,
            cancelled: parts.cancelled,
        };
        Ok(Planned { run, plan })
    }

    /// A run and all its tasks, in the order of its steps: together readable, or not at all.
    pub(crate) fn whole_run(&mut self, row: &Row<'_>) -> Result<(Run, Vec<Task>), Fault> {
        let planned = self.run(row)?;
        let sql = format!("SELECT {TASK} FROM task WHERE run_id = ?1 ORDER BY step");
        let mut statement = self.db.prepare_cached(&sql)?;
        let mut rows = statement.query([planned.run.id.as_str()])?;
        let mut tasks = Vec::with_capacity(planned.run.tasks.len());
        while let Some(row) = rows.next()? {
            let task = self.task(row, Some(&planned)).map_err(in_task(row))?;
            tasks.push(task);
        }
        let found: HashSet<&TaskId> = tasks.iter().map(|task| &task.id).collect();
        let missing = planned.run.tasks.iter().find(|id| !found.contains(id));
        match missing {
            Some(id) => Err(Fault::Row(format!("has lost its task {id}"))),
            None => Ok((planned.run, tasks)),
        }
    }

    /// The task in a row of [`TASK`]; `planned` is the run it belongs to.
    pub(crate) fn task(&mut self, row: &Row<'_>, planned: Option<&Planned>) -> Result<Task, Fault> {
        let parts: TaskParts = stored::decode::<TaskDoc>(text(row, 7)?)?.try_into()?;
        let submission = match row.get_ref(8)? {
            ValueRef::Null => None,
            _ => Some(Submission::from(stored::decode::<SubmissionDoc>(text(
                row, 8,
            )?)?)),
        };
        let (run, step) = match planned {
            Some(planned) => {
                let index: usize = row.get(3)?;
                (
                    Some((planned.run.id.clone(), index)),
                    planned.plan.step(index)?,
                )
            }
            None => (None, own_step(submission.as_ref())?),
        };
        Ok(Task {
            id: task_id(row),
            tenant: path_from_text(row.get(1)?)?,
            run,
            step,
            submission: submission.map(Arc::new),
            environment: self.environment(row.get(6)?)?,
            place: parts.place,
            priority: row.get(4)?,
            after: parts.after,
            scheduled_at: parts.scheduled_at,
            policy: parts.policy,
            created_at: Timestamp(row.get(5)?),
            state: parts.state,
            attempts: parts.attempts,
            worktree: parts.worktree,
            product: parts.product,
            stop: parts.stop,
            rounds: parts.rounds,
            back: parts.back,
            beside: parts.beside,
        })
    }

    /// The task in a row of [`TASK`], whose run is looked up where it has one.
    pub(crate) fn lone_task(&mut self, row: &Row<'_>) -> Result<Task, Fault> {
        let Some(run) = row.get::<_, Option<String>>(2)? else {
            return self.task(row, None);
        };
        let sql = format!("SELECT {RUN} FROM run WHERE id = ?1");
        let mut statement = self.db.prepare_cached(&sql)?;
        let mut rows = statement.query([&run])?;
        let planned = match rows.next()? {
            Some(row) => self.run(row)?,
            None => return Err(Fault::Row(format!("has lost its run {run}"))),
        };
        self.task(row, Some(&planned))
    }

    fn environment(&mut self, id: i64) -> Result<Arc<Environment>, Fault> {
        if let Some(known) = self.environments.get(&id) {
            return Ok(known.clone());
        }
        let doc: Option<String> = self
            .db
            .prepare_cached("SELECT doc FROM environment WHERE id = ?1")?
            .query_row([id], |row| row.get(0))
            .optional()?;
        let doc = doc.ok_or_else(|| Fault::Row("has lost its environment".to_owned()))?;
        let environment = stored::decode::<EnvironmentDoc>(&doc)
            .map_err(|invalid| Fault::Row(format!("has an environment that {invalid}")))?;
        let environment = Arc::new(Environment::from(environment));
        self.environments.insert(id, environment.clone());
        Ok(environment)
    }

    fn plan(&mut self, source: Source) -> Result<Rc<Plan>, Fault> {
        let Source::File { path, text } = &source else {
            return Plan::of(source).map(Rc::new);
        };
        let key = (path.clone(), text.clone());
        if let Some(known) = self.files.get(&key) {
            return Ok(known.clone());
        }
        let plan = Rc::new(Plan::of(source)?);
        self.files.insert(key, plan.clone());
        Ok(plan)
    }
}

impl Plan {
    fn of(source: Source) -> Result<Self, Fault> {
        let workflow = workflow_of(&source)?;
        let steps = workflow.steps.iter().cloned().map(Arc::new).collect();
        Ok(Self {
            source,
            workflow: Arc::new(workflow),
            steps,
        })
    }

    fn step(&self, index: usize) -> Result<Arc<Step>, Fault> {
        let missing = || Fault::Row(format!("is step {index}, which its workflow does not have"));
        self.steps.get(index).cloned().ok_or_else(missing)
    }
}

/// The workflow that a source stands for: made again by the same code that made it first.
fn workflow_of(source: &Source) -> Result<Workflow, Fault> {
    match source {
        Source::Submission(submission) => Ok(submission.workflow()),
        Source::File { path, text } => {
            let parsed = language::parse_stored(path, text.as_bytes());
            parsed.workflow.ok_or_else(|| {
                let first = parsed
                    .diagnostics
                    .iter()
                    .find(|problem| problem.severity == Severity::Error);
                let what = first.map_or("no reason given", |problem| &problem.message);
                Fault::Row(format!(
                    "has a workflow that this version cannot read ({path}: {what})"
                ))
            })
        }
    }
}

fn own_step(submission: Option<&Submission>) -> Result<Arc<Step>, Fault> {
    submission
        .map(|submission| Arc::new(submission.step()))
        .ok_or_else(|| Fault::Row("has neither a run nor a submission".to_owned()))
}

/// Says in which task of a run the fault is.
fn in_task<'r>(row: &'r Row<'_>) -> impl FnOnce(Fault) -> Fault + 'r {
    |fault| match fault {
        Fault::Row(reason) => Fault::Row(format!("has a task {} that {reason}", task_id(row))),
        sql @ Fault::Sql(_) => sql,
    }
}

/// Text without a copy.
fn text<'r>(row: &'r Row<'_>, column: usize) -> Result<&'r str, Fault> {
    row.get_ref(column)?
        .as_str()
        .map_err(|error| Fault::Row(format!("is not readable: {error}")))
}

/// The id in the first column, also where it is not text any more.
pub(crate) fn run_id(row: &Row<'_>) -> RunId {
    RunId::new(lossy(row))
}

/// The id in the first column, also where it is not text any more.
pub(crate) fn task_id(row: &Row<'_>) -> TaskId {
    TaskId::new(lossy(row))
}

fn lossy(row: &Row<'_>) -> String {
    let bytes = row.get_ref(0).ok().and_then(|value| match value {
        ValueRef::Text(bytes) | ValueRef::Blob(bytes) => Some(bytes),
        _ => None,
    });
    String::from_utf8_lossy(bytes.unwrap_or_default()).into_owned()
}

/// What to call the row of a run.
pub(crate) fn run_subject(row: &Row<'_>) -> Subject {
    Subject::Run(run_id(row))
}

/// What to call the row of a task.
pub(crate) fn task_subject(row: &Row<'_>) -> Subject {
    Subject::Task(task_id(row))
}
