//! Environments that tasks share: ten thousand submits from one terminal bring the same one.

use model::run::Environment;
use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

/// Clients come in few kinds: terminals, an editor, a script.
const KNOWN: usize = 16;

/// The latest different environments.
#[derive(Debug, Default)]
pub(crate) struct Environments(Mutex<VecDeque<Arc<Environment>>>);

impl Environments {
    /// The one of these that is equal, or a new one in the place of the one unused for longest.
    pub(crate) fn shared(&self, environment: Environment) -> Arc<Environment> {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let place = known.iter().position(|known| **known == environment);
        let shared = place.and_then(|place| known.remove(place));
        let shared = shared.unwrap_or_else(|| Arc::new(environment));
        known.truncate(KNOWN - 1);
        known.push_front(Arc::clone(&shared));
        shared
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn environment(value: usize) -> Environment {
        Environment(vec![("A".to_owned(), value.to_string())])
    }

    #[test]
    fn equal_ones_are_one_and_old_ones_go() {
        let all = Environments::default();
        let first = all.shared(environment(0));
        for value in 1..KNOWN * 2 {
            assert_eq!(*all.shared(environment(value)), environment(value));
            assert!(
                Arc::ptr_eq(&first, &all.shared(environment(0))),
                "it is in use"
            );
        }
        let second = all.shared(environment(1));
        assert_eq!(
            Arc::strong_count(&second),
            2,
            "the first one with this value is forgotten"
        );
        assert_eq!(all.0.lock().unwrap().len(), KNOWN);
    }
}
