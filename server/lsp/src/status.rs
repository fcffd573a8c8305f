//! Tells the client how it stands with the daemon, once it is ready and whenever that changes.

use crate::daemon::Connect;
use crate::notices::StatusNotice;
use crate::session::Session;
use std::sync::Arc;

/// Tells until the session ends.
pub(crate) async fn tell_status<C: Connect>(session: Arc<Session<C>>) {
    let mut begun = session.begun.subscribe();
    // The sender lives as long as the session.
    let _ = begun.wait_for(|begun| *begun).await;
    let mut states = session.link.states();
    let mut told = None;
    loop {
        let status = states.borrow_and_update().status();
        if told.as_ref() != Some(&status) {
            let notice = status.clone();
            session
                .editor
                .send_notification::<StatusNotice>(notice)
                .await;
            told = Some(status);
        }
        if states.changed().await.is_err() {
            return;
        }
    }
}
