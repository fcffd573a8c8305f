//! `offshoot lsp`: the language server on stdin and stdout.
//!
//! A thin surface. It shows what is wrong with workflow files while they are typed, tells how runs go and
//! what they found, and hands everything else on to the daemon; it keeps nothing that matters, so killing it
//! loses nothing.
//!
//! `tower-lsp` is safe under the rules that this crate keeps to: many requests at once ([`serve`]), handlers
//! that hand over before they wait ([`documents`]), no handler that waits for the client (tasks beside them
//! do: [`serve`]), a guard around each, so that its panic is one failed answer ([`guard`]), and an exit
//! status of our own ([`serve`]).

mod commands;
mod daemon;
mod diagnostics;
mod documents;
mod features;
mod feed;
mod findings;
mod guard;
mod language;
mod link;
mod notices;
mod options;
mod parent;
mod pass_through;
mod positions;
mod progress;
mod repositories;
mod runs;
mod serve;
mod server;
mod session;
mod status;
mod uri;

#[cfg(test)]
mod tests;

use client::Home;
use std::path::PathBuf;
use std::process::ExitCode;

/// Serves an editor on stdin and stdout until it says `exit` or goes away.
///
/// `program` is started as the daemon where a command needs one and none runs. The status is that of the
/// protocol: 0 after `shutdown`, else 1.
pub fn run(home: Home, program: PathBuf) -> ExitCode {
    // One thread is enough: what takes long (reading a large file) goes to the blocking pool.
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build();
    let Ok(runtime) = runtime else {
        tracing::error!("no runtime: this process may not open more files");
        return ExitCode::FAILURE;
    };
    let ended = runtime.block_on(serve::serve(
        tokio::io::stdin(),
        tokio::io::stdout(),
        daemon::Daemon { home, program },
        parent::parent(),
    ));
    // A thread sits in a read of stdin that an editor may keep open: not waited for.
    runtime.shutdown_background();
    match ended {
        serve::Ended::AfterShutdown => ExitCode::SUCCESS,
        serve::Ended::WithoutShutdown => ExitCode::FAILURE,
    }
}
