//! Help, misspelt verbs, colour, and the verbs that set things up: init, doctor, trust, completions.

use support::sandbox;
use support::schema::assert_document;

const VERBS: [&str; 15] = [
    "demo",
    "run",
    "workflow",
    "background",
    "pool",
    "config",
    "diff",
    "apply",
    "discard",
    "worktree",
    "doctor",
    "init",
    "trust",
    "completions",
    "lsp",
];

#[test]
fn help_is_everywhere_and_names_every_verb() {
    let sandbox = sandbox!();
    let help = sandbox.offshoot(&["--help"]).expect_code(0);
    for verb in VERBS {
        assert!(
            help.stdout.contains(&format!("\n  {verb} ")),
            "{verb} is not in the help:\n{}",
            help.stdout
        );
        let own = sandbox.offshoot(&[verb, "--help"]).expect_code(0);
        assert!(own.stdout.contains("Usage:"), "{own}");
    }
    let version = sandbox.offshoot(&["--version"]).expect_code(0);
    assert_eq!(
        version.stdout.trim(),
        format!("offshoot {}", env!("CARGO_PKG_VERSION"))
    );
}

#[test]
fn a_misspelt_verb_gets_the_nearest() {
    let sandbox = sandbox!();
    for (given, meant) in [("wrokflow", "workflow"), ("doctr", "doctor")] {
        let output = sandbox.offshoot(&[given]).expect_code(2);
        assert!(output.stderr.contains(meant), "{output}");
        assert_eq!(output.stdout, "");
    }
}

#[test]
fn colour_only_on_a_terminal() {
    let sandbox = sandbox!();
    let repo = sandbox.repo(&[("w.yaml", "steps:\n  - {id: a, run: 'true'}\n")]);
    for name in ["NO_COLOR", "UNRELATED"] {
        let output = repo
            .call(&["run", "w.yaml"])
            .env(name, "1")
            .run()
            .expect_code(0);
        assert!(
            !output.stdout.contains('\u{1b}') && !output.stderr.contains('\u{1b}'),
            "{output}"
        );
        assert!(
            output.stdout.contains("offshoot apply"),
            "the end does not say what to do next: {output}"
        );
    }
}

#[test]
fn init_makes_a_start_that_runs_and_never_overwrites() {
    let sandbox = sandbox!();
    let repo = sandbox.repo(&[("README.md", "x\n")]);
    repo.offshoot(&["init"]).expect_code(0);
    repo.offshoot(&["workflow", "validate", "workflows/example.yaml"])
        .expect_code(0);
    repo.offshoot(&["config", "validate"]).expect_code(0);
    repo.write("workflows/example.yaml", "mine\n");
    let again = repo.json(&["init"]);
    assert_document("init", &again);
    assert_eq!(again["written"], serde_json::json!([]));
    assert_eq!(repo.read("workflows/example.yaml"), "mine\n");
    sandbox.offshoot(&["init"]).expect_code(2);
}

#[test]
fn doctor_finds_what_is_well_and_what_is_not() {
    let sandbox = sandbox!();
    let repo = sandbox.repo(&[("README.md", "x\n")]);
    let well = repo.call(&["--json", "doctor"]).run();
    assert!(matches!(well.code, 0 | 5), "{well}");
    assert_document("doctor", &well.json());
    repo.write(
        ".tapps-agents/config.yaml",
        "offshoot:\n  max_parallel: 0\n",
    );
    let ill = repo.offshoot(&["--json", "doctor"]).expect_code(5);
    assert!(ill.stdout.contains("max_parallel"), "{ill}");
}

#[test]
fn trust_is_asked_for_given_and_taken() {
    let sandbox = sandbox!();
    let repo = sandbox.repo(&[("README.md", "x\n")]);
    let given = repo.json(&["trust"]);
    assert_document("trust", &given);
    assert_eq!(given["trusted"], true);
}

#[test]
fn completions_for_every_usual_shell() {
    let sandbox = sandbox!();
    for shell in ["bash", "zsh", "fish"] {
        let output = sandbox.offshoot(&["completions", shell]).expect_code(0);
        assert!(output.stdout.contains("offshoot"), "{shell}");
    }
}
