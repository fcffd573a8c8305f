//! What the daemon answers: the method table over the engine and the store.

mod again;
mod apply;
mod base;
mod checkout;
mod config;
mod control;
mod file;
mod find;
mod finding;
mod from;
mod log;
mod results;
mod run;
mod subscribe;
mod task;
mod worktree;

pub(crate) use results::remove_worktrees;
pub(crate) use subscribe::Outbox;
pub(crate) use worktree::roots;

use crate::core::Core;
use client::Api;
use protocol::Error;
use std::sync::Arc;

/// One connection's way in.
pub(crate) struct Session {
    pub(crate) core: Arc<Core>,
    /// Where notifications of this connection go.
    pub(crate) outbox: Outbox,
}

macro_rules! session_api {
    ($($fn:ident => $module:ident::$target:ident ($params:ty) -> $result:ty;)*) => {
        impl Api for Session {
            $(async fn $fn(&self, params: $params) -> Result<$result, Error> {
                $module::$target(self, params).await
            })*
        }
    };
}

session_api! {
    daemon_hello => control::hello(protocol::daemon::HelloParams) -> protocol::daemon::Hello;
    daemon_status => control::status(protocol::daemon::Empty) -> protocol::daemon::Status;
    daemon_stop => control::stop(protocol::daemon::Stop) -> protocol::daemon::Stopping;
    daemon_handover => control::hand_over(protocol::daemon::HelloParams) -> protocol::daemon::Stopping;
    daemon_reload => control::reload(protocol::config::RepoRef) -> protocol::daemon::Reloaded;
    run_start => run::start(protocol::run::RunStart) -> protocol::run::Run;
    run_list => run::list(protocol::run::RunFilter) -> protocol::run::RunList;
    run_show => run::show(protocol::run::RunRef) -> protocol::run::Run;
    run_cancel => run::cancel(protocol::run::RunRef) -> protocol::run::Run;
    run_resume => again::resume(protocol::run::StepRef) -> protocol::run::Run;
    run_retry => again::retry(protocol::run::StepRef) -> protocol::run::Run;
    run_accept => again::accept(protocol::run::StepRef) -> protocol::run::Run;
    run_diff => results::diff(protocol::results::DiffParams) -> protocol::results::Diff;
    run_apply => apply::apply(protocol::results::ApplyParams) -> protocol::results::Applied;
    run_discard => results::discard(protocol::run::RunRef) -> protocol::results::Discarded;
    run_summary => results::summary(protocol::run::RunRef) -> protocol::results::Summary;
    file_read => file::read(protocol::file::FileRead) -> protocol::file::FileContent;
    finding_list => finding::list(protocol::finding::FindingFilter) -> protocol::finding::FindingList;
    finding_dismiss => finding::dismiss(protocol::finding::FindingDismiss) -> protocol::finding::Dismissed;
    task_submit => task::submit(protocol::task::TaskSubmit) -> protocol::task::Task;
    task_list => task::list(protocol::task::TaskFilter) -> protocol::task::TaskList;
    task_show => task::show(protocol::task::TaskRef) -> protocol::task::Task;
    task_cancel => task::cancel(protocol::task::TaskRef) -> protocol::task::Task;
    task_retry => task::retry(protocol::task::TaskRef) -> protocol::task::Task;
    log_read => log::read(protocol::log::LogRead) -> protocol::log::LogChunk;
    events_subscribe => subscribe::subscribe(protocol::event::Subscribe) -> protocol::event::Subscribed;
    pool_status => control::pool(protocol::daemon::Empty) -> protocol::daemon::Pool;
    pool_scale => control::scale(protocol::daemon::Scale) -> protocol::daemon::Pool;
    pool_pause => control::pause(protocol::daemon::Empty) -> protocol::daemon::Pool;
    pool_resume => control::resume(protocol::daemon::Empty) -> protocol::daemon::Pool;
    worktree_list => worktree::list(protocol::config::RepoRef) -> protocol::worktree::WorktreeList;
    worktree_prune => worktree::prune(protocol::worktree::PruneParams) -> protocol::worktree::Pruned;
    worktree_restore => worktree::restore(protocol::worktree::RestoreParams) -> protocol::worktree::Restored;
    config_show => config::show(protocol::config::RepoRef) -> protocol::config::Settings;
    config_set => config::set(protocol::config::SetParams) -> protocol::config::SetResult;
    trust_set => config::trust(protocol::config::TrustParams) -> protocol::config::Trust;
    workflow_files => config::workflow_files(protocol::config::RepoRef) -> protocol::config::WorkflowFiles;
}
