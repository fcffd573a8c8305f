//! The three forms of the file, and what each key becomes.

use super::super::{KEYS, Level, is_workflow, keys};
use super::{check, order, read, step, workflow};
use crate::command;
use crate::workflow::{Condition, Limits, OnError, Retry, Value, Work};
use std::time::Duration;

/// The examples of the user guide, to the letter.
const GUIDE: [&str; 3] = [
    "id: my-workflow
name: My Workflow
metadata:
  auto_execution: true

steps:
  - step: Gather Requirements
    agent: analyst
    action: gather-requirements
    params:
      target_file: requirements.md

  - step: Design System
    agent: architect
    action: design-system
    params:
      target_file: design.md
",
    "id: robust-workflow
name: Robust Workflow
metadata:
  auto_execution: true

steps:
  - step: Analyze Code
    agent: reviewer
    action: review-code
    params:
      target_file: src/main.py
    on_error: continue  # Continue on error

  - step: Generate Tests
    agent: tester
    action: generate-tests
    params:
      target_file: tests/test_main.py
",
    "id: conditional-workflow
name: Conditional Workflow
metadata:
  auto_execution: true

steps:
  - step: Check Prerequisites
    agent: analyst
    action: check-prerequisites
    params:
      check_file: prerequisites.md

  - step: Build Application
    agent: implementer
    action: implement-feature
    condition: prerequisites_met  # Only if previous step succeeded
    params:
      target_file: src/app.py
",
];

#[test]
fn the_user_guide() {
    let [simple, robust, conditional] = GUIDE.map(workflow);
    assert_eq!(
        (simple.id.as_str(), simple.name.as_str()),
        ("my-workflow", "My Workflow")
    );
    assert_eq!(simple.auto_execution, Some(true));
    assert_eq!(
        order(&simple),
        [
            "gather-requirements <- ",
            "design-system <- gather-requirements"
        ]
    );
    assert_eq!(simple.steps[0].title, "Gather Requirements");
    let commands = simple.steps.iter().map(|step| match &step.work {
        Work::Agent(work) => command::format(work),
        other => panic!("{other:?}"),
    });
    let expected = [
        "@analyst gather-requirements --target_file requirements.md",
        "@architect design-system --target_file design.md",
    ];
    assert_eq!(commands.collect::<Vec<_>>(), expected);
    assert_eq!(
        robust
            .steps
            .iter()
            .map(|step| step.on_error)
            .collect::<Vec<_>>(),
        [OnError::Continue, OnError::Fail]
    );
    assert_eq!(
        order(&conditional),
        [
            "check-prerequisites <- ",
            "build-application <- check-prerequisites"
        ]
    );
    assert_eq!(conditional.steps[1].condition, Condition::PrerequisitesMet);
}

#[test]
fn the_quick_start_without_an_id() {
    let quick = "metadata:\n  auto_execution: true\n\nsteps:\n  - step: Gather Requirements\n    agent: analyst\n    \
                 action: gather-requirements\n    params:\n      target_file: requirements.md\n";
    assert_eq!(workflow(quick).id, "my-flow");
}

/// The shape of a workflow that TappsCodingAgents ships.
const SHIPPED: &str = r#"workflow:
  id: rapid-dev
  name: "Rapid Development"
  description: "Feature development for small teams"
  version: "1.0.0"
  schema_version: "2.0"
  type: Greenfield
  auto_detect: true
  settings:
    quality_gates: true
    code_scoring: true
    context_tier_default: 2
    auto_detect: yes
  metadata:
    owner: {team: core}
  steps:
    - id: enhance
      agent: enhancer
      action: enhance_prompt
      context_tier: 1
      creates: [enhanced-prompt.md]
      next: planning
    - id: planning
      agent: planner
      action: create_stories
      context_tier: "TIER3"
      requires: [enhanced-prompt.md]
      creates:
        - stories/
      consults: [security-experts]
      next: implementation
    - id: implementation
      agent: implementer
      action: write_code
      requires: [stories/]
      creates: [src/]
      repeats: true
      metadata:
        retry: {enabled: true, max_attempts: 4, initial_backoff_seconds: 0.5, max_backoff_seconds: 30, backoff_multiplier: 3}
        skill: house-style
    - id: review
      agent: reviewer
      action: review_code
      requires: [src/]
      condition: required
      scoring:
        enabled: true
        thresholds:
          overall_min: 8.0
          security_min: 8.5
          complexity_max: 5
      gate:
        condition: scoring.passed == true
        on_pass: testing
        on_fail: implementation
      notes: |
        Look at the error paths.
    - id: testing
      agent: tester
      action: write_tests
      requires: [src/app.py]
      creates: [tests/]
      condition: conditional
    - id: security
      agent: ops
      action: security_scan
      requires: [src/]
      condition: optional
      metadata: {skip_on_fail: true}
    - id: documentation
      agent: documenter
      action: generate_docs
      requires: [src/, tests/]
      creates: [docs/]
      optional_steps: [security]
      next: null
    - id: complete
      agent: orchestrator
      action: finalize
"#;

#[test]
fn the_form_of_tapps_coding_agents() {
    let shipped = workflow(SHIPPED);
    assert_eq!(
        order(&shipped),
        [
            "enhance <- ",
            "planning <- enhance",
            "implementation <- planning",
            "review <- implementation",
            "testing <- implementation review",
            "security <- implementation review",
            "documentation <- implementation review testing",
            "complete <- enhance planning implementation review testing security documentation",
        ]
    );
    assert_eq!(
        (shipped.id.as_str(), shipped.version.as_str()),
        ("rapid-dev", "1.0.0")
    );
    assert_eq!(
        (
            shipped.settings.len(),
            shipped.metadata.len(),
            shipped.auto_execution
        ),
        (4, 1, None)
    );
    let [
        enhance,
        planning,
        implementation,
        review,
        testing,
        security,
        documentation,
        complete,
    ] = <[_; 8]>::try_from(shipped.steps).expect("eight steps");
    assert_eq!(
        [&enhance, &planning, &review].map(|step| step.context_tier),
        [Some(1), Some(3), Some(2)]
    );
    assert_eq!(planning.consults, ["security-experts"]);
    assert!(implementation.repeats);
    let retry = Retry {
        max_attempts: 4,
        backoff_multiplier: 3.0,
        initial_delay: Duration::from_millis(500),
    };
    assert_eq!(implementation.retry, Some(retry));
    assert_eq!(implementation.metadata.len(), 2);
    let gate = review.gate.expect("a gate");
    assert_eq!((gate.on_pass, gate.on_fail), (Some(4), Some(2)));
    assert_eq!((gate.again, gate.max_rounds), (vec![2, 3], None));
    assert_eq!(
        gate.condition.expect("an expression").to_string(),
        "scoring.passed == true"
    );
    assert_eq!(
        review.scoring.expect("scoring").thresholds[1],
        ("security_min".to_owned(), 8.5)
    );
    assert_eq!(review.notes, "Look at the error paths.\n");
    assert_eq!(
        (testing.condition, testing.optional),
        (Condition::Satisfied, false)
    );
    assert_eq!(
        (security.condition, security.optional, security.on_error),
        (Condition::Satisfied, true, OnError::Continue)
    );
    assert_eq!(documentation.optional_steps, ["security"]);
    assert_eq!(complete.work, Work::Nothing);
}

#[test]
fn flat_is_as_good_as_wrapped() {
    let flat: String = SHIPPED
        .lines()
        .skip(1)
        .map(|line| format!("{}\n", line.strip_prefix("  ").unwrap_or(line)))
        .collect();
    assert_eq!(workflow(&flat), workflow(SHIPPED));
}

#[test]
fn our_keys() {
    let step = step(
        "title: Build it
run: |
  make
  make test
timeout: 1h30m
silence: 90
retry: {max_attempts: 2, backoff_multiplier: 1.5, initial_delay_seconds: 0.5}
check: test -s out.txt
verify: strict
limits: {memory: 512MB, cpu_percent: 150, output: 1MiB}
touches: [src/**]
env: [API_KEY]
priority: high
backend: [command, file]
creates: ./out.txt
condition: inputs.target == 'all'
metadata: {anything: [1, true, ~, x, '2']}",
    );
    assert_eq!(
        (step.id.as_str(), step.title.as_str()),
        ("build-it", "Build it")
    );
    assert_eq!(step.work, Work::Shell("make\nmake test\n".to_owned()));
    assert_eq!(
        (step.timeout, step.silence),
        (
            Some(Duration::from_secs(5400)),
            Some(Duration::from_secs(90))
        )
    );
    let retry = Retry {
        max_attempts: 2,
        backoff_multiplier: 1.5,
        initial_delay: Duration::from_millis(500),
    };
    assert_eq!(step.retry, Some(retry));
    assert_eq!(
        (step.check.as_deref(), step.strict),
        (Some("test -s out.txt"), true)
    );
    let limits = Limits {
        memory: Some(512_000_000),
        cpu_percent: Some(150),
        output: Some(1 << 20),
    };
    assert_eq!(step.limits, limits);
    assert_eq!(
        (step.touches, step.env),
        (vec!["src/**".to_owned()], vec!["API_KEY".to_owned()])
    );
    assert_eq!(
        (step.priority, step.backends),
        (Some(70), vec!["command".to_owned(), "file".to_owned()])
    );
    assert_eq!(step.creates, ["out.txt"]);
    assert!(matches!(step.condition, Condition::Expr(_)));
    let anything = Value::List(vec![
        Value::Number("1".into()),
        Value::Bool(true),
        Value::Null,
        Value::Text("x".into()),
        Value::Text("2".into()),
    ]);
    assert_eq!(step.metadata, [("anything".to_owned(), anything)]);
}

#[test]
fn a_prompt_alone_is_agent_work() {
    let step = step("prompt: Write a poem");
    let Work::Agent(work) = step.work else {
        panic!("{:?}", step.work)
    };
    assert_eq!(
        (work.agent.as_str(), work.prompt.as_str()),
        ("", "Write a poem")
    );
    assert_eq!(command::format(&work), "@agent");
}

#[test]
fn signs_of_command_strings_are_taken_off() {
    let Work::Agent(work) = step("agent: '@reviewer'\naction: '*review'").work else {
        panic!("an agent")
    };
    assert_eq!(command::format(&work), "@reviewer review");
}

#[test]
fn auto_execution_as_a_mapping() {
    let found = workflow(
        "metadata:
  auto_execution:
    enabled: false
    retry: {enabled: true, max_attempts: 5}
    polling: {enabled: true, interval_seconds: 1.5, timeout_seconds: 60}
    features: {audit_logging: false, artifact_detection: true}
    version: '1.0'
steps:
  - agent: a
    action: b
  - run: x
  - agent: a
    action: b
    timeout: 5
    retry: {max_attempts: 1}
",
    );
    assert_eq!(found.auto_execution, Some(false));
    assert_eq!(
        found.features,
        [
            ("audit_logging".to_owned(), false),
            ("artifact_detection".to_owned(), true)
        ]
    );
    let attempts = found
        .steps
        .iter()
        .map(|step| step.retry.map(|retry| retry.max_attempts))
        .collect::<Vec<_>>();
    assert_eq!(
        attempts,
        [Some(5), None, Some(1)],
        "retry of auto-execution is for agents"
    );
    let timeouts = found
        .steps
        .iter()
        .map(|step| step.timeout.map(|time| time.as_secs()))
        .collect::<Vec<_>>();
    assert_eq!(timeouts, [Some(60), None, Some(5)]);
    assert_eq!(
        workflow("metadata: {auto_execution: {}}\nsteps: [{run: x}]").auto_execution,
        Some(true)
    );
    assert_eq!(
        workflow("metadata:\n  auto_execution: no\nsteps: [{run: x}]").auto_execution,
        Some(false)
    );
}

#[test]
fn ids_are_made_of_titles_and_unique() {
    let found = workflow(
        "steps:
  - {id: build, run: x}
  - {title: Build!, run: x}
  - {title: build, run: x}
  - {title: ä, run: x}
  - {run: x}
  - {agent: tester, action: write_tests}
  - {agent: orchestrator, action: complete}
",
    );
    let ids = found
        .steps
        .iter()
        .map(|step| step.id.as_str())
        .collect::<Vec<_>>();
    assert_eq!(
        ids,
        [
            "build",
            "build-2",
            "build-3",
            "step-4",
            "step-5",
            "tester-write-tests",
            "finalize"
        ]
    );
    assert_eq!(found.steps[4].title, "step-5");
}

#[test]
fn anchors_aliases_and_merges() {
    let found = workflow(
        "metadata:
  base: &base {timeout: 5, retry: &retry {max_attempts: 2}}
  other: &other {timeout: 9, priority: 1}
steps:
  - <<: *base
    run: x
  - <<: [*base, *other]
    run: y
    timeout: 7
  - run: z
    retry: *retry
",
    );
    let seen = found.steps.iter().map(|step| {
        (
            step.timeout.map(|time| time.as_secs()),
            step.retry.is_some(),
            step.priority,
        )
    });
    assert_eq!(
        seen.collect::<Vec<_>>(),
        [
            (Some(5), true, None),
            (Some(7), true, Some(1)),
            (None, true, None)
        ]
    );
}

#[test]
fn encodings_and_line_ends() {
    let plain = workflow(GUIDE[1]);
    assert_eq!(
        workflow(&format!("\u{feff}{}", GUIDE[1].replace('\n', "\r\n"))),
        plain
    );
    let wide: Vec<u8> = GUIDE[1].encode_utf16().flat_map(u16::to_le_bytes).collect();
    let wide = [&[0xff, 0xfe], wide.as_slice()].concat();
    for (bytes, expected) in [
        (
            &b"a: b\r\nc: \xc3\xa4 \xff\n"[..],
            "2:6-2:7 encoding error the byte 0xff is no UTF-8 | save the file as UTF-8",
        ),
        (
            b"\xef\xbb\xbf\x80",
            "1:1-1:2 encoding error the byte 0x80 is no UTF-8 | save the file as UTF-8",
        ),
        (
            &wide,
            "1:1-1:1 encoding error the file is UTF-16; only UTF-8 is read | save the file as UTF-8",
        ),
    ] {
        let found = super::parse("x.yaml", bytes).diagnostics;
        assert_eq!(
            found.iter().map(super::render).collect::<Vec<_>>(),
            [expected]
        );
    }
}

#[test]
fn null_counts_as_absent() {
    check(
        "steps:\n  - run: x\n    needs:\n    next: null\n    gate: ~\n    creates: []\n    timeout:\n",
        &[],
    );
}

#[test]
fn which_yaml_is_a_workflow() {
    for (yaml, expected) in [
        ("steps: [a]", true),
        ("workflow: {steps: []}", true),
        ("steps: [{run: x}]\nbroken: [", true),
        ("steps: x", false),
        ("jobs: {}\nsteps: []", false),
        ("apiVersion: v1\nsteps: []", false),
        ("- steps", false),
        ("", false),
    ] {
        assert_eq!(is_workflow(yaml.as_bytes()), expected, "{yaml}");
    }
}

/// The table of keys is the truth: nothing in it is called unknown, and its rows are whole.
#[test]
fn the_table_of_keys() {
    for key in KEYS {
        assert_eq!(
            KEYS.iter()
                .filter(|other| (other.level, other.name) == (key.level, key.name))
                .count(),
            1,
            "{key:?}"
        );
        assert!(
            key.meaning.ends_with('.') && !key.value.is_empty(),
            "{key:?}"
        );
    }
    let step: String = keys::keys(Level::Step)
        .map(|key| format!("    {}: ~\n", key.name))
        .collect();
    let flow: String = keys::keys(Level::Workflow)
        .filter(|key| key.name != "steps")
        .map(|key| format!("{}: ~\n", key.name))
        .collect();
    let found = read(&format!(
        "{flow}steps:\n  - prompt: p\n{}",
        step.replace("    prompt: ~\n", "")
    ));
    assert!(found.workflow.is_some(), "{:?}", found.diagnostics);
}
