//! Where steps, their keys and their references to each other stand in the text: for the editor's
//! outline, definitions, references and rename, and for the places of problems that show later.

use crate::diagnostic::Position;
use std::ops::Range;

/// The places of one file. Steps are counted as in the file, so indices are those of
/// [`crate::workflow::Workflow::steps`].
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct SourceMap {
    /// The workflow's `id`, where the file has one.
    pub id: Option<Range<Position>>,
    /// Each item of `steps`, also one that is no step.
    pub steps: Vec<StepPlaces>,
    /// Each mention of a step in another place than its own `id`, in file order.
    pub references: Vec<StepReference>,
    /// Each path in `creates` and `requires`, in file order.
    pub artifacts: Vec<ArtifactPlace>,
}

/// A path in `creates` or `requires`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ArtifactPlace {
    /// Where it stands, quotes included.
    pub range: Range<Position>,
    /// Index of the step in which it stands.
    pub step: usize,
    /// In `creates`; else in `requires`.
    pub made: bool,
    /// In one spelling: no `./`, no doubled `/`; a folder ends with `/`.
    pub path: String,
}

/// The places of one step.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct StepPlaces {
    /// The step's id as the workflow has it; empty for an item that is no step.
    pub id: String,
    /// From its first key to its last value.
    pub range: Range<Position>,
    /// The value that gives the step its name: `id`, else `step` or `title`; else its first key.
    pub name: Range<Position>,
    /// Its keys in file order.
    pub keys: Vec<KeyPlace>,
}

/// The place of one key of a step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyPlace {
    /// The key.
    pub name: String,
    /// Where the key stands.
    pub key: Range<Position>,
    /// Where its value stands.
    pub value: Range<Position>,
}

/// A mention of a step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StepReference {
    /// Where it stands: the name alone, also within an expression.
    pub range: Range<Position>,
    /// Index of the step in which it stands.
    pub step: usize,
    /// The key in which it stands: `needs`, `next`, `condition`, `gate`, `on_pass`, `on_fail`,
    /// `optional_steps`.
    pub key: &'static str,
    /// Index of the step it names; none where there is no such step.
    pub target: Option<usize>,
}

impl SourceMap {
    /// From the first key of this step to its last value.
    pub fn step_range(&self, step: usize) -> Option<Range<Position>> {
        self.steps.get(step).map(|places| places.range.clone())
    }

    /// What gives this step its name: the place for problems of the step as a whole.
    pub fn name_range(&self, step: usize) -> Option<Range<Position>> {
        self.steps.get(step).map(|places| places.name.clone())
    }

    /// The value of this key of this step.
    pub fn range_of(&self, step: usize, key: &str) -> Option<Range<Position>> {
        let places = self.steps.get(step)?;
        places
            .keys
            .iter()
            .find(|place| place.name == key)
            .map(|place| place.value.clone())
    }

    /// The step that this place belongs to.
    pub fn step_at(&self, position: Position) -> Option<usize> {
        self.steps
            .iter()
            .position(|places| holds(&places.range, position))
    }

    /// The mention of a step at this place.
    pub fn reference_at(&self, position: Position) -> Option<&StepReference> {
        self.references
            .iter()
            .find(|reference| holds(&reference.range, position))
    }
}

fn holds(range: &Range<Position>, position: Position) -> bool {
    range.start <= position && position <= range.end
}
