//! What the tools say: outputs that npm 11, pip-audit 2.10 and cargo-audit 0.22 printed.

use super::{Hits, Network, Tool};
use crate::ground::{AddedLines, Ground, Halt, Stop};
use crate::ops::deps::lock::Kind;
use crate::ops::deps::package::{Package, Parsed};
use crate::tools::{Call, NotRun, Said, Tools};
use std::path::{Path, PathBuf};
use std::sync::Mutex;

struct Nothing;

impl Ground for Nothing {
    fn root(&self) -> &Path {
        Path::new("/")
    }
    fn files(&self) -> Result<Vec<PathBuf>, Halt> {
        Ok(Vec::new())
    }
    fn added_lines(&self, _: &str) -> Result<Vec<AddedLines>, Halt> {
        Ok(Vec::new())
    }
    fn stop(&self) -> Option<Stop> {
        None
    }
}

/// A machine on which every program says this.
struct Says(Result<Said, NotRun>, Mutex<Vec<Call>>);

impl Tools for Says {
    fn run(&self, call: &Call, _: &dyn Ground) -> Result<Said, NotRun> {
        self.1.lock().unwrap().push(call.clone());
        self.0.clone()
    }
}

fn said(code: i32, stdout: &str, stderr: &str) -> Result<Said, NotRun> {
    Ok(Said {
        code: Some(code),
        stdout: stdout.as_bytes().to_vec(),
        stderr: stderr.to_owned(),
    })
}

fn ask_with(
    tool: Tool,
    packages: &[&str],
    said: Result<Said, NotRun>,
    network: &Network<'_>,
) -> (Result<Option<Hits>, Halt>, Vec<String>) {
    let kind = [Kind::Cargo, Kind::Npm, Kind::Requirements]
        .into_iter()
        .find(|kind| Tool::of(*kind) == Some(tool))
        .unwrap();
    let mut parsed = Parsed::default();
    for named in packages {
        let (name, version) = named.split_once(' ').unwrap();
        let package = parsed.add(kind.ecosystem(), name, version, 1).unwrap();
        package.folder = (tool == Tool::Npm).then(|| format!("node_modules/{name}"));
    }
    let packages: Vec<&Package> = parsed.packages.iter().collect();
    let tools = Says(said, Mutex::default());
    let lockfile = Path::new("/project/below").join(kind.name());
    let hits = tool.ask(&lockfile, &packages, network, &tools, &Nothing);
    let call = tools.1.into_inner().unwrap().remove(0);
    assert_eq!(call.folder, Path::new("/project/below"));
    (hits, call.argv)
}

const ONLINE: Network<'static> = Network {
    allowed: true,
    service: "https://api.osv.dev",
    other_service: false,
};

/// `package id level fixed`.
fn check(tool: Tool, packages: &[&str], output: &str, expected: &[&str]) {
    let (hits, _) = ask_with(tool, packages, said(1, output, "noise"), &ONLINE);
    let told: Vec<String> = hits
        .unwrap()
        .unwrap()
        .iter()
        .map(|(index, advisory)| {
            format!(
                "{} {} {} {}",
                packages[*index].split(' ').next().unwrap(),
                advisory.id,
                advisory.level.name(),
                advisory.fixed.as_deref().unwrap_or("-")
            )
        })
        .collect();
    assert_eq!(told, expected);
}

fn fails(tool: Tool, code: i32, stdout: &str, stderr: &str, expected: &str) {
    let (hits, _) = ask_with(
        tool,
        &["lodash 4.17.11"],
        said(code, stdout, stderr),
        &ONLINE,
    );
    let Err(Halt::Failed(why)) = hits else {
        panic!("{hits:?}");
    };
    assert_eq!(why, expected);
}

const NPM_FOUND: &str = include_str!("recorded/npm-audit-found.json");
const PIP_FOUND: &str = include_str!("recorded/pip-audit-found.json");
const CARGO_FOUND: &str = include_str!("recorded/cargo-audit-found.json");

#[test]
fn npm() {
    check(
        Tool::Npm,
        &["wrapper 1.0.0", "lodash 4.17.11", "minimist 0.0.8"],
        NPM_FOUND,
        &[
            "lodash GHSA-jf85-cpcp-j695 critical -",
            "minimist GHSA-vh95-rmgr-6w4m medium -",
        ],
    );
    let none = r#"{"auditReportVersion": 2, "vulnerabilities": {}, "metadata": {}}"#;
    check(Tool::Npm, &["lodash 4.17.21"], none, &[]);
    fails(
        Tool::Npm,
        1,
        include_str!("recorded/npm-audit-405.json"),
        "npm error audit endpoint returned an error",
        "it ended with exit code 1 and an error: 405 Method Not Allowed - POST http://127.0.0.1:18992/-/npm/v1/security/advisories/bulk",
    );
    fails(
        Tool::Npm,
        1,
        include_str!("recorded/npm-audit-nolock.json"),
        "",
        "it ended with exit code 1 and an error: This command requires an existing lockfile.",
    );
    fails(
        Tool::Npm,
        0,
        "{}",
        "",
        "it ended with exit code 0 and a report that is not understood",
    );
    fails(
        Tool::Npm,
        127,
        "",
        "npm error x\nnpm error A complete log of this run can be found in: /home/me/log",
        "it ended with exit code 127 and without a report: npm error x",
    );
    fails(
        Tool::Npm,
        0,
        r#"{"auditReportVersion": 3, "vulnerabilities": {}}"#,
        "",
        "it ended with exit code 0 and a report of another version",
    );
}

#[test]
fn pip() {
    check(
        Tool::Pip,
        &["jinja2 3.1.2", "markupsafe 2.1.3"],
        PIP_FOUND,
        &["jinja2 CVE-2024-22195 unknown 3.1.3"],
    );
    fails(
        Tool::Pip,
        1,
        "",
        "ERROR: no\n",
        "it ended with exit code 1 and without a report: ERROR: no",
    );
    let other = Network {
        service: "http://127.0.0.1:9/",
        other_service: true,
        ..ONLINE
    };
    let (_, argv) = ask_with(Tool::Pip, &["a 1.0"], said(0, "", ""), &other);
    assert!(
        argv.contains(&"--osv-url=http://127.0.0.1:9/v1/query".to_owned()),
        "{argv:?}"
    );
}

#[test]
fn cargo() {
    check(
        Tool::Cargo,
        &[
            "serde 1.0.200",
            "time 0.1.43",
            "ansi_term 0.12.1",
            "net2 0.2.33",
            "idna 0.5.0",
        ],
        CARGO_FOUND,
        &[
            "idna RUSTSEC-2024-0421 unknown 1.0.0",
            "time RUSTSEC-2020-0071 medium 0.2.23",
            "ansi_term RUSTSEC-2021-0139 low -",
            "net2 RUSTSEC-2020-0016 low -",
            "net2 RUSTSEC-2020-0078 medium 0.2.36",
        ],
    );
    fails(
        Tool::Cargo,
        1,
        "",
        "error: couldn't fetch advisory database: git operation failed: An IO error occurred when talking to the server",
        "it ended with exit code 1 and without a report: error: couldn't fetch advisory database: git operation failed: An IO error occurred when talking to the server",
    );
    let offline = Network {
        allowed: false,
        ..ONLINE
    };
    for (network, expected) in [(&ONLINE, false), (&offline, true)] {
        let (_, argv) = ask_with(Tool::Cargo, &["a 1.0.0"], said(0, "", ""), network);
        assert_eq!(argv.contains(&"--no-fetch".to_owned()), expected);
    }
}

#[test]
fn tools_that_are_not_there_or_are_stopped_are_told_apart() {
    let ask = |said| ask_with(Tool::Npm, &["a 1.0.0"], said, &ONLINE).0;
    assert_eq!(ask(Err(NotRun::Missing)), Ok(None));
    assert_eq!(
        ask(Err(NotRun::Stopped(Stop::TimedOut))),
        Err(Halt::Stopped(Stop::TimedOut))
    );
    assert_eq!(
        ask(Err(NotRun::Failed("no".to_owned()))),
        Err(Halt::Failed("no".to_owned()))
    );
}

proptest::proptest! {
    #[test]
    fn no_output_makes_them_panic(at in 0_usize..4000, put in "\\PC{0,8}|[{}\\[\\]\",:0-9]{0,4}", code in -1..130) {
        for (tool, text) in [(Tool::Npm, NPM_FOUND), (Tool::Pip, PIP_FOUND), (Tool::Cargo, CARGO_FOUND)] {
            let chars: Vec<char> = text.chars().collect();
            let at = at % chars.len();
            let damaged: String = chars[..at].iter().copied().chain(put.chars()).chain(chars[at + 1..].iter().copied()).collect();
            let _ = ask_with(tool, &["lodash 4.17.11", "time 0.1.43"], said(code, &damaged, &put), &ONLINE);
        }
    }
}
