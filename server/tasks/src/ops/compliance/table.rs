//! The rules about what a repository should have.

use super::super::check::{Check, Rule};
use super::{licence_checks as licences, owners, pages};
use artifact::Severity::{Info, Warning};

/// A text of a licence, as far as it is needed to know it.
macro_rules! mit {
    () => {
        "MIT License\n\nPermission is hereby granted, free of charge, to any person obtaining a copy, to deal in the Software without restriction. The above notice shall be included in all copies.\n"
    };
}

/// All of them.
pub(super) const RULES: &[Rule] = &[
    Rule {
        id: "repo-no-licence",
        what: "no licence",
        severity: Warning,
        reason: "Without one nobody may use, change or pass on what is here, whatever was meant.",
        help: "add `LICENSE` with the text; for something private one that says so",
        bad: "== README.md\nA program.\n",
        good: concat!("== README.md\nA program.\n== LICENSE\n", mit!()),
        check: Check::Repository(licences::missing),
    },
    Rule {
        id: "repo-unknown-licence",
        what: "a licence that is none of the usual ones",
        severity: Info,
        reason: "Programs that look at licences do not know it, and somebody has to read it.",
        help: "use the unchanged text of a licence that SPDX lists",
        bad: "== LICENSE\nDo as you like, but be nice.\n",
        good: concat!("== LICENSE\n", mit!()),
        check: Check::Repository(licences::unknown),
    },
    Rule {
        id: "repo-licence-differs",
        what: "the manifest names another licence than the text",
        severity: Warning,
        reason: "Whoever gets the package by its registry reads the one, whoever reads the repository the other.",
        help: "make them the same; each licence that is named needs its text",
        bad: concat!(
            "== package.json\n{\"name\": \"a\", \"private\": true, \"license\": »\"Apache-2.0\"}\n== LICENSE\n",
            mit!()
        ),
        good: concat!(
            "== package.json\n{\"name\": \"a\", \"private\": true, \"license\": \"MIT\"}\n== LICENSE\n",
            mit!()
        ),
        check: Check::Repository(licences::differs),
    },
    Rule {
        id: "repo-unnamed-licence",
        what: "a package that others get names no licence",
        severity: Info,
        reason: "Registries and their users look there.",
        help: "name it in the manifest, in the form of SPDX: `license = \"MIT\"`",
        bad: concat!(
            "== Cargo.toml\n[package]\nname = \"»a\"\nversion = \"1.0.0\"\n== LICENSE\n",
            mit!()
        ),
        good: concat!(
            "== Cargo.toml\n[package]\nname = \"a\"\nversion = \"1.0.0\"\nlicense = \"MIT\"\n== LICENSE\n",
            mit!()
        ),
        check: Check::Repository(licences::unnamed),
    },
    Rule {
        id: "repo-no-readme",
        what: "no README",
        severity: Warning,
        reason: "Nobody knows what this is and how to begin.",
        help: "say what it is, how to install it and how to use it",
        bad: "== src/main.rs\nfn main() {}\n",
        good: "== src/main.rs\nfn main() {}\n== README.md\nA program that does nothing.\n",
        check: Check::Repository(pages::no_readme),
    },
    Rule {
        id: "repo-no-security",
        what: "nothing says how to report a vulnerability",
        severity: Info,
        reason: "Who finds one then tells everybody, or nobody.",
        help: "add `SECURITY.md` with an address, and which versions get mended",
        bad: "== README.md\nA program.\n",
        good: "== README.md\nA program.\n== SECURITY.md\nWrite to security@example.org.\n",
        check: Check::Repository(pages::no_security),
    },
    Rule {
        id: "repo-no-contact",
        what: "a SECURITY.md that names nobody",
        severity: Warning,
        reason: "It is read by somebody who has found something and wants to tell it.",
        help: "name an address or a page",
        bad: "== SECURITY.md\nWe care about security.\n",
        good: "== SECURITY.md\nWrite to security@example.org.\n",
        check: Check::Repository(pages::no_contact),
    },
    Rule {
        id: "repo-no-contributing",
        what: "nothing says how to contribute",
        severity: Info,
        reason: "Everybody asks anew how to build, test and send a change.",
        help: "add `CONTRIBUTING.md`",
        bad: "== README.md\nA program.\n",
        good: "== README.md\nA program.\n== CONTRIBUTING.md\nRun the tests.\n",
        check: Check::Repository(pages::no_contributing),
    },
    Rule {
        id: "repo-no-conduct",
        what: "no code of conduct",
        severity: Info,
        reason: "Where many take part it says what is not accepted, and whom to tell.",
        help: "add `CODE_OF_CONDUCT.md`, or leave the rule out for something of few people",
        bad: "== README.md\nA program.\n",
        good: "== README.md\nA program.\n== CODE_OF_CONDUCT.md\nBe kind.\n",
        check: Check::Repository(pages::no_conduct),
    },
    Rule {
        id: "repo-no-changelog",
        what: "nothing says what a new version changes",
        severity: Info,
        reason: "Who uses it cannot tell whether to take the new one.",
        help: "add `CHANGELOG.md`",
        bad: "== README.md\nA program.\n",
        good: "== README.md\nA program.\n== CHANGELOG.md\n1.0: the first.\n",
        check: Check::Repository(pages::no_changelog),
    },
    Rule {
        id: "repo-no-owners",
        what: "nobody is named who looks at changes",
        severity: Info,
        reason: "A change to what matters is then merged by whoever comes by.",
        help: "add `.github/CODEOWNERS`, and ask for their approval",
        bad: "== README.md\nA program.\n",
        good: "== README.md\nA program.\n== .github/CODEOWNERS\n* @example/core\n",
        check: Check::Repository(owners::missing),
    },
    Rule {
        id: "repo-owners-syntax",
        what: "a line of CODEOWNERS that is not understood",
        severity: Warning,
        reason: "GitHub passes over it without a word: nobody is asked.",
        help: "patterns have no `!`, `[…]` or `\\#`; owners are `@account`, `@organisation/team` or an address",
        bad: "== CODEOWNERS\n* »core\n",
        good: "== CODEOWNERS\n* @example/core\n",
        check: Check::Repository(owners::syntax),
    },
    Rule {
        id: "repo-owners-nothing",
        what: "a pattern of CODEOWNERS that fits no file",
        severity: Warning,
        reason: "The files were moved, and nobody is asked about them any more.",
        help: "change it to where they are now, or take it out",
        bad: "== CODEOWNERS\n* @a\n»/server/ @b\n== src/main.rs\nfn main() {}\n",
        good: "== CODEOWNERS\n* @a\n/src/ @b\n== src/main.rs\nfn main() {}\n",
        check: Check::Repository(owners::of_nothing),
    },
    Rule {
        id: "repo-no-lock",
        what: "a manifest without its lockfile",
        severity: Warning,
        reason: "What is built tomorrow is something else, with whatever somebody has published since.",
        help: "commit the lockfile; for a library leave the rule out",
        bad: "== package.json\n{\"private\": true, \"dependencies\": {\"left-pad\": \"1\"}}\n== README.md\nA program.\n",
        good: "== package.json\n{\"private\": true, \"dependencies\": {\"left-pad\": \"1\"}}\n== package-lock.json\n{}\n== README.md\nA program.\n",
        check: Check::Repository(pages::no_lock),
    },
    Rule {
        id: "repo-no-updates",
        what: "nobody is told of new versions of dependencies",
        severity: Info,
        reason: "Vulnerabilities are mended there, and not here.",
        help: "add `.github/dependabot.yml` or `renovate.json`",
        bad: "== requirements.txt\nflask==3.1.2\n",
        good: "== requirements.txt\nflask==3.1.2\n== renovate.json\n{}\n",
        check: Check::Repository(pages::no_updates),
    },
    Rule {
        id: "repo-no-checks",
        what: "no workflow checks what is committed",
        severity: Info,
        reason: "Whether it builds and its tests pass is known on one machine only.",
        help: "add a workflow that builds and tests, for pull requests too",
        bad: "== README.md\nA program.\n",
        good: "== README.md\nA program.\n== .github/workflows/ci.yml\non: push\npermissions: {contents: read}\njobs: {}\n",
        check: Check::Repository(pages::no_checks),
    },
    Rule {
        id: "repo-wide-token",
        what: "a workflow whose token may more than it needs",
        severity: Warning,
        reason: "Whoever takes one step over has it. (`ops infra` says more about each workflow.)",
        help: "`permissions: {contents: read}` at the top, more only for the jobs that need it",
        bad: "== .github/workflows/ci.yml\n»on: push\njobs:\n  a:\n    runs-on: ubuntu-24.04\n    steps: [{run: make}]\n",
        good: "== .github/workflows/ci.yml\non: push\npermissions: {contents: read}\njobs:\n  a:\n    runs-on: ubuntu-24.04\n    steps: [{run: make}]\n",
        check: Check::Repository(pages::wide_token),
    },
];
