//! The network for a task that has to end at once: a question that is under way is given up then.

use super::super::web::Online;
use std::sync::Arc;
use std::sync::mpsc::{self, RecvTimeoutError};
use std::time::Duration;
use tasks::ground::Ground;
use tasks::web::{Answer, Request, Unanswered, Web};

/// Between two looks at whether the task has to end.
const PAUSE: Duration = Duration::from_millis(50);

/// The network, and what says when to give up.
pub(super) struct Interruptible<'a> {
    online: Arc<Online>,
    ground: &'a dyn Ground,
}

impl<'a> Interruptible<'a> {
    pub(super) fn new(ground: &'a dyn Ground) -> Self {
        Self {
            online: Arc::new(Online::new()),
            ground,
        }
    }
}

impl Web for Interruptible<'_> {
    fn ask(&self, request: &Request) -> Result<Answer, Unanswered> {
        let (sender, answer) = mpsc::sync_channel(1);
        let (online, request) = (Arc::clone(&self.online), request.clone());
        // Given up, the thread ends with its question, or with the program.
        std::thread::spawn(move || sender.send(online.ask(&request)));
        loop {
            match answer.recv_timeout(PAUSE) {
                Ok(answer) => return answer,
                Err(RecvTimeoutError::Timeout) if self.ground.stop().is_none() => {}
                Err(_) => return Err(Unanswered::Failed("the question was given up".to_owned())),
            }
        }
    }
}
