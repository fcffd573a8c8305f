//! The one method table. The client's `Api`, the daemon's dispatcher, the LSP's custom requests, the
//! documentation and the schemas are made of it; there is no second list.

/// Hands the table to a macro: rows of `/// doc`, `name "wire.name" Params => Result;`.
#[macro_export]
macro_rules! method_table {
    ($callback:ident) => {
        $callback! {
            /// Opens a connection: versions are compared.
            daemon_hello "daemon.hello" $crate::daemon::HelloParams => $crate::daemon::Hello;
            /// What the daemon does right now.
            daemon_status "daemon.status" $crate::daemon::Empty => $crate::daemon::Status;
            /// Ends the daemon; attempts go back into the queue, or go on.
            daemon_stop "daemon.stop" $crate::daemon::Stop => $crate::daemon::Stopping;
            /// An older daemon makes room for the caller's newer one; attempts go on.
            daemon_handover "daemon.handover" $crate::daemon::HelloParams => $crate::daemon::Stopping;
            /// Reads all settings again.
            daemon_reload "daemon.reload" $crate::config::RepoRef => $crate::daemon::Reloaded;
            /// Starts a run of a workflow file.
            run_start "run.start" $crate::run::RunStart => $crate::run::Run;
            /// Runs, newest first.
            run_list "run.list" $crate::run::RunFilter => $crate::run::RunList;
            /// One run.
            run_show "run.show" $crate::run::RunRef => $crate::run::Run;
            /// Stops a run; what completed stays.
            run_cancel "run.cancel" $crate::run::RunRef => $crate::run::Run;
            /// Goes on with everything that has not completed.
            run_resume "run.resume" $crate::run::StepRef => $crate::run::Run;
            /// Sets failed steps (or one step and what follows from it) going again.
            run_retry "run.retry" $crate::run::StepRef => $crate::run::Run;
            /// Takes an unverified step as completed.
            run_accept "run.accept" $crate::run::StepRef => $crate::run::Run;
            /// What a run or a step changed.
            run_diff "run.diff" $crate::results::DiffParams => $crate::results::Diff;
            /// Puts a run's changes into the working tree, checks that, or takes it back.
            run_apply "run.apply" $crate::results::ApplyParams => $crate::results::Applied;
            /// Removes a run's branches and worktrees; everything is saved first.
            run_discard "run.discard" $crate::run::RunRef => $crate::results::Discarded;
            /// A Markdown page about a run.
            run_summary "run.summary" $crate::run::RunRef => $crate::results::Summary;
            /// A file as a run or step found it, or left it.
            file_read "file.read" $crate::file::FileRead => $crate::file::FileContent;
            /// What the newest runs found that holds now, with places.
            finding_list "finding.list" $crate::finding::FindingFilter => $crate::finding::FindingList;
            /// Does not show a finding again, also of later runs; or takes that back.
            finding_dismiss "finding.dismiss" $crate::finding::FindingDismiss => $crate::finding::Dismissed;
            /// Puts a task into the queue.
            task_submit "task.submit" $crate::task::TaskSubmit => $crate::task::Task;
            /// Tasks, newest first.
            task_list "task.list" $crate::task::TaskFilter => $crate::task::TaskList;
            /// One task.
            task_show "task.show" $crate::task::TaskRef => $crate::task::Task;
            /// Stops a task.
            task_cancel "task.cancel" $crate::task::TaskRef => $crate::task::Task;
            /// Sets an ended task going again.
            task_retry "task.retry" $crate::task::TaskRef => $crate::task::Task;
            /// A piece of an attempt's log.
            log_read "log.read" $crate::log::LogRead => $crate::log::LogChunk;
            /// From now on this connection gets `event` notifications.
            events_subscribe "events.subscribe" $crate::event::Subscribe => $crate::event::Subscribed;
            /// The slots.
            pool_status "pool.status" $crate::daemon::Empty => $crate::daemon::Pool;
            /// Another number of slots, until the daemon ends.
            pool_scale "pool.scale" $crate::daemon::Scale => $crate::daemon::Pool;
            /// Starts nothing new.
            pool_pause "pool.pause" $crate::daemon::Empty => $crate::daemon::Pool;
            /// Starts things again.
            pool_resume "pool.resume" $crate::daemon::Empty => $crate::daemon::Pool;
            /// Worktrees of steps and saved states.
            worktree_list "worktree.list" $crate::config::RepoRef => $crate::worktree::WorktreeList;
            /// Removes worktrees nobody needs.
            worktree_prune "worktree.prune" $crate::worktree::PruneParams => $crate::worktree::Pruned;
            /// Brings a saved state back.
            worktree_restore "worktree.restore" $crate::worktree::RestoreParams => $crate::worktree::Restored;
            /// Every setting with its effective value and where it comes from.
            config_show "config.show" $crate::config::RepoRef => $crate::config::Settings;
            /// Writes a setting into a file.
            config_set "config.set" $crate::config::SetParams => $crate::config::SetResult;
            /// Asks for or sets the trust in a repository.
            trust_set "trust.set" $crate::config::TrustParams => $crate::config::Trust;
            /// Workflow files found in a repository.
            workflow_files "workflow.files" $crate::config::RepoRef => $crate::config::WorkflowFiles;
        }
    };
}

/// A row of the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Method {
    /// Name on the wire.
    pub name: &'static str,
    /// One sentence.
    pub doc: &'static str,
}

macro_rules! list {
    ($(#[doc = $doc:literal] $fn:ident $name:literal $params:ty => $result:ty;)*) => {
        /// All rows, in order.
        pub const METHODS: &[Method] = &[$(Method { name: $name, doc: $doc }),*];

        /// JSON schema of the parameters and of the result of each method: `(name, params, result)`.
        pub fn schemas() -> Vec<(&'static str, schemars::Schema, schemars::Schema)> {
            vec![$(($name, schemars::schema_for!($params), schemars::schema_for!($result))),*]
        }
    };
}
method_table!(list);

/// Last parts of names whose methods only read.
const READS: &[&str] = &[
    "diff",
    "files",
    "hello",
    "list",
    "read",
    "show",
    "status",
    "subscribe",
    "summary",
];

/// Whether a method only reads. One with a name of another kind counts as one that changes something; so
/// does `trust.set`, which can be asked without setting anything.
pub fn reads(name: &str) -> bool {
    name.rsplit('.')
        .next()
        .is_some_and(|verb| READS.contains(&verb))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_changes_something_is_told_from_what_reads() {
        let changing = METHODS
            .iter()
            .map(|row| row.name)
            .filter(|name| !reads(name));
        // A new row that changes something is entered here, after a look at whether it does.
        let expected = [
            "daemon.stop",
            "daemon.handover",
            "daemon.reload",
            "run.start",
            "run.cancel",
            "run.resume",
            "run.retry",
            "run.accept",
            "run.apply",
            "run.discard",
            "finding.dismiss",
            "task.submit",
            "task.cancel",
            "task.retry",
            "pool.scale",
            "pool.pause",
            "pool.resume",
            "worktree.prune",
            "worktree.restore",
            "config.set",
            "trust.set",
        ];
        assert_eq!(changing.collect::<Vec<_>>(), expected);
    }
}
