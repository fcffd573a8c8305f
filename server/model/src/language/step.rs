//! One item of `steps`: from its keys to a [`Step`] whose relations to other steps are still names.
//!
//! How the forms become one model:
//!
//! | written | becomes |
//! |---|---|
//! | `step: T` (user guide), `title: T` | the title, and the id where there is no `id` |
//! | `run`; `agent`/`action`/`params`; `prompt` | [`Work::Shell`]; [`Work::Agent`]; an agent with that text |
//! | `orchestrator` with `finalize` or `complete` | [`Work::Nothing`], which waits for all others |
//! | `condition: required` or `conditional` | [`Condition::Satisfied`]: its gate decides, not the step |
//! | `condition: optional` | the same, and `optional` |
//! | `condition: prerequisites_met` | [`Condition::PrerequisitesMet`] |
//! | any other `condition` | [`Condition::Expr`]; steps in it are waited for |
//! | `metadata.retry`, `metadata.scoring` | `retry`, `scoring`, where the step has none itself |
//! | `metadata.skip_on_fail`, `.error_recoverable` | `on_error: continue`, where the step does not say |

use super::gates::BAD_GATE;
use super::keys::Level;
use super::read::{At, Fields, scalar_text, shortened};
use super::report::Report;
use super::step_parts as parts;
use super::tree::{Kind, Node, Span, pairs};
use super::{paths, values};
use crate::condition::{self, Expr};
use crate::ids::StepId;
use crate::workflow::{AgentWork, Condition, OnError, Step, Work};
use std::collections::HashSet;

/// A step whose relations are names.
pub(super) struct Draft {
    pub(super) step: Step,
    /// The place for problems of the step as a whole.
    pub(super) name: Span,
    pub(super) id: Option<At<String>>,
    pub(super) needs: Vec<At<String>>,
    pub(super) next: Vec<At<String>>,
    /// `needs` or `next` is written, also as an empty list: `needs: []` waits for nothing on purpose.
    pub(super) placed: bool,
    /// Steps that its condition speaks of.
    pub(super) asks: Vec<At<String>>,
    /// Where its condition stands.
    pub(super) condition: Option<Span>,
    /// Where `gate` stands, and the gate's condition.
    pub(super) gate: Option<(Span, Option<Span>)>,
    /// `repeats`, where it is said, and where that stands.
    pub(super) repeats: Option<At<bool>>,
    /// Steps that its gate's condition speaks of.
    pub(super) gate_asks: Vec<At<String>>,
    pub(super) on_pass: Option<At<String>>,
    pub(super) on_fail: Option<At<String>>,
    pub(super) optional_steps: Vec<At<String>>,
    pub(super) touches: Vec<At<String>>,
    /// In one spelling, each once.
    pub(super) creates: Vec<At<String>>,
    pub(super) requires: Vec<At<String>>,
}

/// Reads an item of `steps`; nothing where it is no mapping. Of one that is not `complete`, because
/// the file ends in the middle of it, nothing is missed.
pub(super) fn read(node: &Node, complete: bool, report: &mut Report) -> Option<Draft> {
    let Kind::Map(entries) = &node.kind else {
        let message = format!("a step is a mapping, not {}", node.describe());
        let hint = Some("write `- title: …` with `run`, `agent` or `prompt` below".to_owned());
        report.error(node.span.clone(), "wrong-type", message, hint);
        return None;
    };
    let fields = Fields::open(entries, Level::Step, report);
    let id = fields.filled("id", report);
    let shown = fields.filled("step", report);
    let title = fields.filled("title", report).or(shown);
    let first = entries
        .first()
        .map_or_else(|| node.span.clone(), |entry| entry.key_span.clone());
    let name = id
        .as_ref()
        .or(title.as_ref())
        .map_or(first, |found| found.span.clone());
    let work = work(&fields, report);
    if complete {
        check_work(&fields, &work, &name, report);
    }
    // The id is settled when all steps are known.
    let title = title.map(|title| title.value).unwrap_or_default();
    let mut draft = Draft {
        step: Step::new(StepId::new(""), title, work),
        name,
        id,
        needs: fields.list("needs", report),
        next: fields.list("next", report),
        placed: fields.has("needs") || fields.has("next"),
        asks: Vec::new(),
        condition: fields.node("condition").map(|node| node.span.clone()),
        gate: None,
        repeats: repeats(&fields, report),
        gate_asks: Vec::new(),
        on_pass: None,
        on_fail: None,
        touches: fields.list("touches", report),
        optional_steps: fields.list("optional_steps", report),
        creates: artifacts(&fields, "creates", report),
        requires: artifacts(&fields, "requires", report),
    };
    relations(&mut draft, &fields, report);
    plain(&mut draft.step, &fields, report);
    draft.step.optional_steps = draft
        .optional_steps
        .iter()
        .map(|id| id.value.clone())
        .collect();
    draft.step.touches = draft
        .touches
        .iter()
        .map(|glob| glob.value.clone())
        .collect();
    draft.step.creates = draft
        .creates
        .iter()
        .map(|path| path.value.clone())
        .collect();
    draft.step.requires = draft
        .requires
        .iter()
        .map(|path| path.value.clone())
        .collect();
    Some(draft)
}

/// What speaks of other steps, besides lists of their names.
fn relations(draft: &mut Draft, fields: &Fields<'_>, report: &mut Report) {
    condition(draft, fields, report);
    if let Some(gate) = parts::gate(fields, report) {
        draft.gate_asks = gate.asks;
        draft.on_pass = gate.on_pass;
        draft.on_fail = gate.on_fail;
        draft.gate = Some((gate.key, gate.condition));
        draft.step.gate = Some(gate.gate);
    }
    draft.step.repeats = draft.repeats.as_ref().is_some_and(|repeats| repeats.value);
}

/// What is read without looking at anything else.
fn plain(step: &mut Step, fields: &Fields<'_>, report: &mut Report) {
    let texts = |list: Vec<At<String>>| list.into_iter().map(|item| item.value).collect::<Vec<_>>();
    step.metadata = fields
        .map("metadata", report)
        .map(pairs)
        .unwrap_or_default();
    let metadata = parts::metadata(fields, report);
    step.on_error = on_error(fields, report).unwrap_or(metadata.on_error);
    step.retry = parts::retry(fields, Level::Retry, report).or(metadata.retry);
    step.scoring = parts::scoring(fields, report).or(metadata.scoring);
    step.consults = texts(fields.list("consults", report));
    step.context_tier = parts::context_tier(fields, "context_tier", report);
    step.notes = parts::notes(fields, report);
    step.timeout = fields.duration("timeout", report);
    step.silence = fields.duration("silence", report);
    step.check = fields.filled("check", report).map(|check| check.value);
    step.strict = strict(fields, report);
    step.limits = parts::limits(fields, report);
    step.env = parts::env(fields, report);
    step.backends = texts(fields.list("backend", report));
    step.priority = priority(fields, report);
}

fn repeats(fields: &Fields<'_>, report: &mut Report) -> Option<At<bool>> {
    let value = fields.boolean("repeats", report)?;
    let span = fields.node("repeats")?.span.clone();
    Some(At { value, span })
}

fn work(fields: &Fields<'_>, report: &mut Report) -> Work {
    let run = fields.filled("run", report);
    let agent = fields
        .filled("agent", report)
        .map(|agent| parts::word(agent, "agent", '@', report));
    let action = fields
        .filled("action", report)
        .map(|action| parts::word(action, "action", '*', report));
    let prompt = fields.filled("prompt", report);
    let params = fields.map("params", report).map(pairs).unwrap_or_default();
    if let Some(run) = run {
        refuse_beside_run(fields, report);
        return Work::Shell(run.value);
    }
    let work = AgentWork {
        agent: agent.unwrap_or_default(),
        action: action.unwrap_or_default(),
        params,
        prompt: prompt.map(|prompt| prompt.value).unwrap_or_default(),
    };
    let action = work.action.to_ascii_lowercase();
    if work.agent.eq_ignore_ascii_case("orchestrator")
        && matches!(action.as_str(), "finalize" | "complete")
    {
        return Work::Nothing;
    }
    Work::Agent(work)
}

/// `run` is the whole work of its step.
fn refuse_beside_run(fields: &Fields<'_>, report: &mut Report) {
    for key in ["agent", "prompt", "action", "params"] {
        let Some(entry) = fields.entry(key) else {
            continue;
        };
        let hint = Some("keep one of them, or make two steps of it".to_owned());
        report.error(
            entry.key_span.clone(),
            "two-works",
            format!("`run` and `{key}` do not go together"),
            hint,
        );
    }
}

/// Whether there is anything to do. Keys that are there but unusable have been reported.
fn check_work(fields: &Fields<'_>, work: &Work, name: &Span, report: &mut Report) {
    let any = |keys: &[&str]| keys.iter().any(|key| fields.has(key));
    if !any(&["run", "agent", "prompt", "action"]) {
        let hint = Some("add `run`, `agent` or `prompt`".to_owned());
        report.error(
            name.clone(),
            "no-work",
            "the step has nothing to do".to_owned(),
            hint,
        );
    } else if !any(&["run", "agent", "prompt"]) {
        let message = "the step has an `action` but no `agent` to do it".to_owned();
        report.error(
            name.clone(),
            "no-work",
            message,
            Some("add `agent`".to_owned()),
        );
    } else if let Work::Agent(work) = work
        && !any(&["run", "action", "prompt"])
        && !work.agent.is_empty()
    {
        let message = format!("the agent `{}` is not told what to do", work.agent);
        report.warning(
            name.clone(),
            "no-task",
            message,
            Some("add `action` or `prompt`".to_owned()),
        );
    }
}

fn condition(draft: &mut Draft, fields: &Fields<'_>, report: &mut Report) {
    let Some(text) = fields.filled("condition", report) else {
        return;
    };
    match text.value.trim() {
        "required" | "conditional" => {}
        "optional" => draft.step.optional = true,
        "prerequisites_met" => draft.step.condition = Condition::PrerequisitesMet,
        _ => {
            let Some(node) = fields.node("condition") else {
                return;
            };
            if let Some((expr, asks)) = expression(node, report, Decides::Step) {
                draft.step.condition = Condition::Expr(expr);
                draft.asks = asks;
            }
        }
    }
}

/// What an expression decides.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Decides {
    /// Whether a step runs.
    Step,
    /// Whether a gate passes.
    Gate,
}

/// An expression, and the steps it speaks of with their places.
pub(super) fn expression(
    node: &Node,
    report: &mut Report,
    decides: Decides,
) -> Option<(Expr, Vec<At<String>>)> {
    const NAMES: [&str; 4] = ["prerequisites_met", "required", "optional", "conditional"];
    let text = scalar_text(node)?;
    match condition::parse(text) {
        Ok(expr) => {
            let asks = expr.references().into_iter().filter_map(|(reference, at)| {
                // The id starts behind `steps.`.
                let step = reference.step()?;
                let start = at.start + "steps.".len();
                let span = parts::within(node, start..start + step.chars().count());
                Some(At {
                    value: step.to_owned(),
                    span,
                })
            });
            let asks = asks.collect();
            Some((expr, asks))
        }
        Err(error) => {
            let (code, near) = match decides {
                Decides::Step => {
                    let near = report.did_you_mean(text.trim(), NAMES.into_iter());
                    ("bad-condition", near)
                }
                Decides::Gate => (BAD_GATE, None),
            };
            let span = parts::within(node, error.at);
            report.error(span, code, error.message, near.or(error.hint));
            None
        }
    }
}

fn artifacts(fields: &Fields<'_>, key: &str, report: &mut Report) -> Vec<At<String>> {
    let mut seen = HashSet::new();
    let mut found = Vec::new();
    for path in fields.list(key, report) {
        match paths::normal(&path.value) {
            Ok(value) if seen.insert(value.clone()) => found.push(At {
                value,
                span: path.span,
            }),
            Ok(_) => {}
            Err(why) => {
                let message = format!("the path `{}` {why}", shortened(&path.value));
                report.error(path.span, "bad-path", message, None);
            }
        }
    }
    found
}

fn on_error(fields: &Fields<'_>, report: &mut Report) -> Option<OnError> {
    let found = fields.filled("on_error", report)?;
    match found.value.as_str() {
        "fail" => Some(OnError::Fail),
        "continue" => Some(OnError::Continue),
        other => {
            let hint = report.did_you_mean(other, ["fail", "continue"].into_iter());
            let message = format!(
                "`on_error` is `fail` or `continue`, not `{}`",
                shortened(other)
            );
            report.error(found.span, "wrong-type", message, hint);
            None
        }
    }
}

fn strict(fields: &Fields<'_>, report: &mut Report) -> bool {
    let Some(found) = fields.filled("verify", report) else {
        return false;
    };
    if found.value != "strict" {
        let message = format!(
            "`verify` is `strict` or absent, not `{}`",
            shortened(&found.value)
        );
        let hint = report.did_you_mean(&found.value, ["strict"].into_iter());
        report.error(found.span, "wrong-type", message, hint);
    }
    true
}

fn priority(fields: &Fields<'_>, report: &mut Report) -> Option<u8> {
    let found = fields.filled("priority", report)?;
    let priority = values::priority(&found.value);
    if priority.is_none() {
        let hint = report.did_you_mean(
            &found.value,
            values::PRIORITIES.into_iter().map(|(name, _)| name),
        );
        let message = "`priority` is 0 to 100, `critical`, `high`, `medium` or `low`".to_owned();
        report.error(found.span, "bad-priority", message, hint);
    }
    priority
}
