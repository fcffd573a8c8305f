//! What an editor asks of a workflow's text, also while it is broken: its steps, who mentions whom, and the
//! files that pass between them. Made by the same reader as the engine's workflow.

use super::report::Report;
use super::source_map::{SourceMap, StepReference};
use super::tree::Span;
use super::yaml::Yaml;
use super::{Sketch, load, read, sketch, text, top, yaml};
use crate::diagnostic::{Diagnostic, Position};
use crate::workflow::Workflow;
use std::collections::{BTreeSet, HashMap};

/// A workflow's text.
#[derive(Debug, Clone, Default)]
pub struct Outline {
    /// The workflow as far as it could be read, perhaps with errors. Its steps are those of `map` that are
    /// steps; see [`Outline::step`].
    pub workflow: Option<Workflow>,
    /// Every problem of the text, as [`super::parse`] finds them.
    pub diagnostics: Vec<Diagnostic>,
    /// Where things stand; of a broken text what its repair has.
    pub map: SourceMap,
    /// The tree and layout.
    pub yaml: Yaml,
    /// The workflow stands in `workflow:`.
    pub wrapped: bool,
    /// Where the steps' names stand, exactly.
    mentions: Vec<(usize, Mention)>,
}

/// Something with a name that other places of the file repeat.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Symbol {
    /// A step, by its index in the map.
    Step(usize),
    /// A file, by its path in one spelling.
    Artifact(String),
}

/// A place where a symbol is named.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mention {
    /// The name alone, without quotes.
    pub range: Span,
    /// Here it comes into the world: a step's `id` (or the title its id is made of), a file in `creates`.
    pub definition: bool,
    /// The text there is the name itself: false for a title that an id was made of.
    pub verbatim: bool,
    /// The quote it stands in.
    pub quote: Option<char>,
}

impl Outline {
    /// Reads a text. `file_name` as for [`super::parse`].
    pub fn of(file_name: &str, bytes: &[u8]) -> Self {
        let mut report = Report::default();
        let Some(text) = text::decode(bytes, &mut report) else {
            return Self {
                diagnostics: report.finish().0,
                ..Self::default()
            };
        };
        let mut loaded = load::load(text, &mut report);
        let mut map = SourceMap::default();
        let mut workflow = read(file_name, &loaded, &mut report, &mut map);
        let sketch = Sketch::of(text);
        let sound = loaded.broken.is_none();
        if !sound {
            loaded = yaml::repaired(text, &sketch);
            map = SourceMap::default();
            workflow = read(file_name, &loaded, &mut Report::default(), &mut map);
        }
        let wrapped = loaded.root.as_ref().is_some_and(top::is_wrapped);
        let mentions = step_mentions(&map, text);
        Self {
            workflow,
            diagnostics: report.finish().0,
            map,
            yaml: Yaml {
                root: loaded.root,
                diagnostics: Vec::new(),
                sound,
                sketch,
            },
            wrapped,
            mentions,
        }
    }

    /// Whether it is a workflow to an editor; see [`super::is_workflow`].
    pub fn is_workflow(&self) -> bool {
        self.yaml.root.as_ref().is_some_and(top::is_workflow)
    }

    /// The step with this index in the map.
    pub fn step(&self, index: usize) -> Option<&crate::workflow::Step> {
        let id = &self.map.steps.get(index)?.id;
        // In a sound file both lists are the same.
        let steps = &self.workflow.as_ref()?.steps;
        let same = steps.get(index).filter(|step| step.id.as_str() == id);
        same.or_else(|| steps.iter().find(|step| step.id.as_str() == id))
    }

    /// The step with this id, by its index in the map.
    pub fn index_of(&self, id: &str) -> Option<usize> {
        self.map.steps.iter().position(|step| step.id == id)
    }

    /// What is named at this place, and where exactly.
    pub fn symbol_at(&self, at: Position, text: &str) -> Option<(Symbol, Mention)> {
        let holds = |mention: &Mention| mention.range.start <= at && at <= mention.range.end;
        if let Some((step, mention)) = self.mentions.iter().find(|(_, found)| holds(found)) {
            return Some((Symbol::Step(*step), mention.clone()));
        }
        let lines = Lines::new(text);
        self.map.artifacts.iter().find_map(|place| {
            let mention = lines.scalar(&place.range, place.made);
            holds(&mention).then(|| (Symbol::Artifact(place.path.clone()), mention))
        })
    }

    /// All places that name it, definitions first, each once.
    pub fn mentions(&self, symbol: &Symbol, text: &str) -> Vec<Mention> {
        let mut found: Vec<Mention> = match symbol {
            Symbol::Step(step) => self
                .mentions
                .iter()
                .filter(|(of, _)| of == step)
                .map(|(_, mention)| mention.clone())
                .collect(),
            Symbol::Artifact(path) => {
                let lines = Lines::new(text);
                self.map
                    .artifacts
                    .iter()
                    .filter(|place| place.path == *path)
                    .map(|place| lines.scalar(&place.range, place.made))
                    .collect()
            }
        };
        // An alias repeats what stands in one place.
        let mut seen = BTreeSet::new();
        found.retain(|mention| seen.insert((mention.range.start, mention.range.end)));
        found.sort_by_key(|mention| (!mention.definition, mention.range.start));
        found
    }
}

/// Where steps are named: their own ids, and each reference.
fn step_mentions(map: &SourceMap, text: &str) -> Vec<(usize, Mention)> {
    let lines = Lines::new(text);
    let mut found = Vec::new();
    for (index, step) in map.steps.iter().enumerate() {
        let id = step.keys.iter().find(|key| key.name == "id");
        if id.is_none_or(|id| id.value != step.name) && step.id.is_empty() {
            continue;
        }
        let mut mention = lines.scalar(&step.name, true);
        mention.verbatim = id.is_some_and(|id| id.value == step.name);
        found.push((index, mention));
    }
    // Of references that cannot be told apart by their places, the nth is the nth in the text.
    let mut seen: HashMap<(Position, Position, usize), usize> = HashMap::new();
    for reference in &map.references {
        let Some(target) = reference.target else {
            continue;
        };
        let id = map.steps.get(target).map_or("", |step| step.id.as_str());
        let key = (reference.range.start, reference.range.end, target);
        let nth = seen.entry(key).or_default();
        if let Some(mention) = lines.reference(reference, id, *nth) {
            found.push((target, mention));
        }
        *nth += 1;
    }
    found
}

/// The lines of a text, for looking up what stands at a place.
struct Lines<'a>(Vec<&'a str>);

impl<'a> Lines<'a> {
    fn new(text: &'a str) -> Self {
        Self(sketch::lines(text.strip_prefix('\u{feff}').unwrap_or(text)))
    }

    fn slice(&self, line: u32, from: u32, to: u32) -> &'a str {
        let Some(line) = self.0.get(line as usize) else {
            return "";
        };
        let byte = |column: u32| {
            line.char_indices()
                .nth(column as usize)
                .map_or(line.len(), |(at, _)| at)
        };
        line.get(byte(from)..byte(to)).unwrap_or_default()
    }

    /// A whole value: the place of its text within the quotes.
    fn scalar(&self, span: &Span, definition: bool) -> Mention {
        let mut mention = Mention {
            range: span.clone(),
            definition,
            verbatim: true,
            quote: None,
        };
        if span.start.line != span.end.line {
            mention.verbatim = false;
            return mention;
        }
        let text = self.slice(span.start.line, span.start.column, span.end.column);
        // The parser counts blanks behind a closing quote in.
        let text = text.trim_end();
        let len = u32::try_from(text.chars().count()).unwrap_or_default();
        mention.range.end.column = span.start.column + len;
        let quote = text.chars().next().filter(|c| matches!(c, '"' | '\''));
        if let Some(quote) = quote.filter(|quote| len > 1 && text.ends_with(*quote)) {
            mention.quote = Some(quote);
            mention.range.start.column += 1;
            mention.range.end.column -= 1;
        }
        mention
    }

    /// A reference: its name alone where it stands there, else the nth `steps.<id>.` within the place.
    fn reference(&self, reference: &StepReference, id: &str, nth: usize) -> Option<Mention> {
        let Span { start, end } = reference.range.clone();
        let condition = matches!(reference.key, "condition" | "gate");
        if start.line == end.line && self.slice(start.line, start.column, end.column) == id {
            return Some(Mention {
                range: start..end,
                definition: false,
                verbatim: true,
                quote: None,
            });
        }
        if !condition {
            let mention = self.scalar(&reference.range, false);
            let Span { start, end } = mention.range.clone();
            let same = self.slice(start.line, start.column, end.column) == id;
            return (start.line == end.line && same).then_some(mention);
        }
        let wanted = format!("steps.{id}.");
        let mut left = nth;
        for line in start.line..=end.line {
            let text = self.0.get(line as usize)?;
            for (at, _) in text.match_indices(&wanted) {
                let column = u32::try_from(text[..at].chars().count()).ok()?;
                let place = |column| Position { line, column };
                let word = text[..at]
                    .chars()
                    .next_back()
                    .is_some_and(|c| c.is_alphanumeric() || matches!(c, '_' | '-' | '.'));
                // A longer id may begin with this one and a dot.
                let whole = ["status", "outputs."]
                    .iter()
                    .any(|rest| text[at + wanted.len()..].starts_with(rest));
                let from = column + 6;
                if word || !whole || place(from) < start || place(from) > end {
                    continue;
                }
                if left == 0 {
                    let to = from + u32::try_from(id.chars().count()).ok()?;
                    return Some(Mention {
                        range: place(from)..place(to),
                        definition: false,
                        verbatim: true,
                        quote: None,
                    });
                }
                left -= 1;
            }
        }
        None
    }
}
