//! Whatever the text and the place: an answer, and a rename that changes nothing but the name.

use super::{FILE, apply, run};
use crate::language::Reading;
use crate::language::complete::{Client, complete};
use crate::language::fixes::fixes;
use crate::language::fold::folds;
use crate::language::hints::hints;
use crate::language::hover::hover;
use crate::language::lenses::lenses;
use crate::language::names::{mentions, prepare_rename, rename};
use crate::language::symbols::symbols;
use model::diagnostic::Position as Place;
use model::language::{Outline, Symbol, parse};
use model::workflow::{Condition, Workflow};
use std::sync::Arc;

/// One of everything, in three forms.
const WHOLE: [&str; 3] = [
    "id: w\nmetadata: {auto_execution: {enabled: true}}\nsteps:\n  - id: a\n    run: |\n      make\n    creates: [a.md, 'b c.md']\n  - id: b.c\n    needs: [a]\n    requires: [\"a.md\"]\n    prompt: x\n    condition: >\n      steps.a.status == 'completed' &&\n      steps.a.outputs.n != ''\n    gate: {on_fail: a, condition: steps.a.status == 'x'}\n",
    "workflow:\n  id: w\n  steps:\n    - id: debug\n      agent: debugger\n      action: analyze_error\n      creates: [r.md]\n      next: fix\n    - id: fix\n      agent: implementer\n      action: write_code\n      requires: [r.md]\n      optional_steps: ['debug']\n",
    "steps:\n  - step: Gather it\n    agent: analyst\n    action: gather-requirements\n    params: {target_file: 'x y'}\n  - {step: 😀 Design, agent: architect, action: design-system, needs: [gather-it]}\n  - step: Last\n    run: x\n    needs: [design]\n    condition: \"steps.gather-it.status == 'completed'\"\n",
];

/// Numbers without a pattern one could see (a linear congruential generator); the same in each run.
struct Dice(u64);

impl Dice {
    fn below(&mut self, bound: usize) -> usize {
        let next = self.0.wrapping_mul(6_364_136_223_846_793_005);
        self.0 = next.wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % bound.max(1)
    }

    fn place(&mut self) -> Place {
        Place {
            line: u32::try_from(self.below(16)).unwrap(),
            column: u32::try_from(self.below(30)).unwrap(),
        }
    }
}

fn ask_everything(text: &str, at: Place) {
    let reading = Reading::of(FILE, &Arc::from(text));
    let known = run("failed", &[("a", "failed"), ("debug", "completed")]);
    let able = Client {
        snippets: true,
        lines: true,
    };
    for client in [Client::default(), able] {
        let _ = complete(&reading, at, &known, client);
    }
    let _ = hover(&reading, at, &known);
    let _ = mentions(&reading, at);
    let _ = prepare_rename(&reading, at);
    let _ = rename(&reading, at, "new-name");
    let _ = symbols(&reading);
    let _ = folds(&reading);
    let _ = lenses(&reading, &known);
    let _ = hints(&reading, 0..100, &known);
    for fix in fixes(&reading, &(Place::default()..at)) {
        let _ = apply(text, &[fix.edit]);
    }
}

fn boundary(text: &str, mut at: usize) -> usize {
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}

#[test]
fn there_is_an_answer_at_the_end_of_every_beginning() {
    for whole in WHOLE {
        for end in (0..=whole.len()).step_by(3) {
            let text = &whole[..boundary(whole, end)];
            let line = text.rsplit('\n').next().unwrap_or_default();
            let at = Place {
                line: u32::try_from(text.matches('\n').count()).unwrap(),
                column: u32::try_from(line.chars().count()).unwrap(),
            };
            ask_everything(text, at);
        }
    }
}

#[test]
fn there_is_an_answer_for_texts_cut_and_pasted() {
    let mut dice = Dice(7);
    for round in 0..600 {
        let whole = WHOLE[round % 3];
        let mut text = whole.to_owned();
        for _ in 0..=dice.below(4) {
            let from = boundary(whole, dice.below(whole.len()));
            let to = boundary(whole, (from + dice.below(30)).min(whole.len()));
            let at = boundary(&text, dice.below(text.len()));
            let until = boundary(&text, (at + dice.below(20)).min(text.len()));
            text.replace_range(at..until.max(at), &whole[from..to]);
        }
        ask_everything(&text, dice.place());
    }
}

/// The workflow without what a name changes: the name itself, and the places within expressions.
fn nameless(mut workflow: Workflow, name: &str) -> String {
    for step in &mut workflow.steps {
        let shown = |expr: &model::condition::Expr| {
            let own = format!("steps.{name}.");
            expr.to_string().replace(&own, "steps.NAME.")
        };
        let condition = match &step.condition {
            Condition::Expr(expr) => shown(expr),
            other => format!("{other:?}"),
        };
        let gate = step.gate.as_ref().map(|gate| {
            let condition = gate.condition.as_ref().map(shown);
            (condition, gate.on_pass, gate.on_fail)
        });
        step.notes = format!("{condition} {gate:?}");
        step.condition = Condition::Satisfied;
        step.gate = None;
        if step.title == name {
            step.title = "NAME".to_owned();
        }
    }
    format!("{workflow:?}").replace(&format!("\"{name}\""), "\"NAME\"")
}

#[test]
fn a_rename_changes_nothing_but_the_name() {
    for whole in WHOLE {
        let before = parse("w.yaml", whole.as_bytes()).workflow.unwrap();
        let outline = Outline::of("w.yaml", whole.as_bytes());
        let reading = Reading::of(FILE, &Arc::from(whole));
        for (index, place) in outline.map.steps.iter().enumerate() {
            for mention in outline.mentions(&Symbol::Step(index), whole) {
                let edits = rename(&reading, mention.range.start, "new-name").unwrap();
                let text = apply(whole, &edits);
                let after = parse("w.yaml", text.as_bytes()).workflow.unwrap();
                let expected = nameless(before.clone(), &place.id);
                assert_eq!(nameless(after, "new-name"), expected, "{text}");
            }
        }
    }
}
