//! Progress of runs in the client: one token for each run that goes on, wherever it was started.
//!
//! What is shown is decided in [`plan`]; this task does it. It is the only one that makes tokens, so each that
//! was begun is ended: with its run, with the connection, or with the session.

mod plan;
mod words;

use crate::daemon::Connect;
use crate::link::{State, with_hint};
use crate::session::Session;
use client::Api;
use plan::{Act, Plan};
use protocol::run::RunRef;
use serde_json::{Value, json};
use std::sync::Arc;
use tokio::sync::mpsc;
use tokio::task::JoinSet;
use tower_lsp::gen_lsp_types::{
    MessageType, ProgressNotification, ProgressParams, ProgressToken, WorkDoneProgressCreateParams,
    WorkDoneProgressCreateRequest,
};

/// Cancels that may wait to be looked at.
pub(crate) const CANCELS: usize = 64;

/// Shows runs until the session ends. Does nothing for a client that cannot show progress.
pub(crate) async fn show_progress<C: Connect>(
    session: Arc<Session<C>>,
    mut cancels: mpsc::Receiver<String>,
) {
    let mut begun = session.begun.subscribe();
    // The senders live as long as the session.
    let _ = begun.wait_for(|begun| *begun).await;
    if !session.options().client.progress {
        return;
    }
    let mut runs = session.runs.subscribe();
    let mut states = session.link.states();
    let mut ending = session.ending.subscribe();
    let mut shown = Shown {
        session: &session,
        plan: Plan::default(),
        created: JoinSet::new(),
        cancelled: JoinSet::new(),
    };
    loop {
        let connected = matches!(*states.borrow_and_update(), State::Connected { .. });
        let now = Arc::clone(&runs.borrow_and_update());
        let acts = if *ending.borrow_and_update() {
            shown.plan.end_all("the session ends")
        } else if connected {
            shown.plan.look(&now)
        } else {
            shown
                .plan
                .end_all("the connection to the daemon is lost; the run goes on without it")
        };
        shown.act(acts).await;
        tokio::select! {
            Ok(()) = runs.changed() => {}
            Ok(()) = states.changed() => {}
            Ok(()) = ending.changed() => {}
            Some(Ok((token, taken))) = shown.created.join_next() => {
                let acts = shown.plan.created(&token, taken);
                shown.act(acts).await;
            }
            Some(token) = cancels.recv() => shown.cancel(&token),
            Some(_) = shown.cancelled.join_next() => {}
            else => return,
        }
    }
}

/// What is shown, and what the client owes.
struct Shown<'a, C: Connect> {
    session: &'a Arc<Session<C>>,
    plan: Plan,
    /// Tokens that the client was asked to take. Asked beside everything else: it may never answer.
    created: JoinSet<(String, bool)>,
    cancelled: JoinSet<()>,
}

impl<C: Connect> Shown<'_, C> {
    async fn act(&mut self, acts: Vec<Act>) {
        for act in acts {
            match act {
                Act::Create { token } => self.create(token),
                Act::Begin { token, look } => {
                    let value = json!({"kind": "begin", "title": look.title, "cancellable": true,
                        "message": look.message, "percentage": look.percentage});
                    self.tell(token, value).await;
                }
                Act::Report { token, look } => {
                    let value = json!({"kind": "report", "message": look.message,
                        "percentage": look.percentage});
                    self.tell(token, value).await;
                }
                Act::End { token, message } => {
                    self.tell(token, json!({"kind": "end", "message": message}))
                        .await;
                }
            }
        }
    }

    fn create(&mut self, token: String) {
        let editor = self.session.editor.clone();
        self.created.spawn(async move {
            let params = WorkDoneProgressCreateParams {
                token: ProgressToken::String(token.clone()),
            };
            let taken = editor
                .send_request::<WorkDoneProgressCreateRequest>(params)
                .await;
            (token, taken.is_ok())
        });
    }

    async fn tell(&self, token: String, value: Value) {
        let params = ProgressParams {
            token: ProgressToken::String(token),
            value,
        };
        self.session
            .editor
            .send_notification::<ProgressNotification>(params)
            .await;
    }

    /// The person cancelled it in the client.
    fn cancel(&mut self, token: &str) {
        let Some(run_id) = self.plan.run_of(token) else {
            return;
        };
        let session = Arc::clone(self.session);
        self.cancelled.spawn(async move {
            let cancelled = async {
                let api = session.to_change().await?;
                api.run_cancel(RunRef { run_id, repo: None }).await
            };
            if let Err(error) = cancelled.await {
                let message = format!("The run cannot be cancelled: {}", with_hint(&error));
                session
                    .editor
                    .show_message(MessageType::Error, message)
                    .await;
            }
        });
    }
}
