//! What the language has at a place of a workflow: from the way to it to a level or a key.

use model::language::keys::key;
use model::language::{Key, Level, Segment};

/// What is written at the end of a way.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(in crate::language) struct Slot {
    /// The mapping there, if it may be one with keys of ours.
    pub(in crate::language) level: Option<Level>,
    /// The key whose value it is, or is an item of.
    pub(in crate::language) key: Option<&'static Key>,
    /// It is an item of that key's list.
    pub(in crate::language) item: bool,
    /// The step it is in.
    pub(in crate::language) step: Option<usize>,
}

impl Slot {
    /// Follows a way from the workflow's own mapping; nothing for what the language does not know.
    pub(in crate::language) fn of(path: &[Segment]) -> Option<Self> {
        let mut slot = Self {
            level: Some(Level::Workflow),
            key: None,
            item: false,
            step: None,
        };
        for segment in path {
            slot = slot.next(segment)?;
        }
        Some(slot)
    }

    fn next(self, segment: &Segment) -> Option<Self> {
        match segment {
            Segment::Key(name) => {
                let level = self.level?;
                let key = key(level, name)?;
                let below = level.below(name).filter(|_| !key.shape.is_list());
                Some(Self {
                    level: below,
                    key: Some(key),
                    item: false,
                    step: self.step,
                })
            }
            Segment::Item(index) => {
                let key = self.key.filter(|key| key.shape.is_list() && !self.item)?;
                let below = key.level.below(key.name);
                Some(Self {
                    level: below,
                    key: Some(key),
                    item: true,
                    step: below.map(|_| *index).or(self.step),
                })
            }
        }
    }
}
