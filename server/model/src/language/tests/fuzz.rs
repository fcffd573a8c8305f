//! Whatever the bytes, there is an answer: a workflow, or an error with a place.

use super::super::parse;
use crate::diagnostic::Severity;
use proptest::prelude::*;

/// One of everything.
const WHOLE: &str = r#"id: whole # comment
metadata: {auto_execution: {enabled: true, retry: {max_attempts: 2}}, base: &base {timeout: 5m}}
settings: {context_tier_default: 2}
steps:
  - step: Gather "it"
    agent: analyst
    action: gather
    params: {file: 'a b', deep: [1, {x: ~}], flag: true}
    creates: [a.md, src/]
  - <<: *base
    id: build
    run: |
      make
      make test
    needs: [gather-it]
    condition: steps.gather-it.status == 'completed' && !inputs.skip
    gate: {condition: scoring.passed == true, on_pass: end, on_fail: build}
    retry: {max_attempts: 2, backoff_multiplier: 1.5}
    limits: {memory: 1GB, cpu_percent: 50}
    requires: [src/x.py]
  - id: end
    prompt: "say \"hi\"\n"
    scoring: {thresholds: {overall_min: 8}}
"#;

fn sound(bytes: &[u8]) -> Result<(), TestCaseError> {
    let found = parse("x.yaml", bytes);
    let errors = found
        .diagnostics
        .iter()
        .any(|diagnostic| diagnostic.severity == Severity::Error);
    prop_assert_eq!(found.workflow.is_none(), errors);
    for diagnostic in &found.diagnostics {
        prop_assert!(
            diagnostic.range.start <= diagnostic.range.end,
            "{:?}",
            diagnostic
        );
    }
    if let Some(workflow) = found.workflow {
        prop_assert_eq!(found.map.steps.len(), workflow.steps.len());
        for (index, step) in workflow.steps.iter().enumerate() {
            prop_assert!(
                step.needs
                    .iter()
                    .all(|need| *need < workflow.steps.len() && *need != index)
            );
        }
    }
    Ok(())
}

#[test]
fn the_whole_is_valid() {
    assert_eq!(parse("x.yaml", WHOLE.as_bytes()).diagnostics, []);
}

/// Every file on its way from empty to whole, as an editor sends it.
#[test]
fn every_beginning_has_an_answer() {
    for end in 0..WHOLE.len() {
        sound(&WHOLE.as_bytes()[..end]).expect("sound");
    }
}

proptest! {
    #[test]
    fn any_bytes(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        sound(&bytes)?;
    }

    #[test]
    fn yaml_soup(text in "([ \t\n\r:,{}\\[\\]&*!|>'\"%@`#?~<-]|[a-c]|: |\n  - |steps:|run: x|\u{feff}|\u{85}|ä){0,60}") {
        sound(text.as_bytes())?;
        sound(format!("steps:\n  - run: x\n    {text}").as_bytes())?;
    }

    #[test]
    fn cut_and_pasted(cuts in prop::collection::vec((0..WHOLE.len(), 0..WHOLE.len(), 0..40_usize), 1..6)) {
        let mut bytes = WHOLE.as_bytes().to_vec();
        for (from, to, len) in cuts {
            let end = (from + len).min(WHOLE.len());
            let piece = WHOLE.as_bytes()[from..end].to_vec();
            let at = to.min(bytes.len());
            let until = (at + len / 2).min(bytes.len());
            bytes.splice(at..until, piece);
        }
        sound(&bytes)?;
    }
}
