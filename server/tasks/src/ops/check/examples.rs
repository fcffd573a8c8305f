//! Both examples of each rule: the bad one has exactly one finding that the good one has not, of this rule and at its mark.

use super::Rule;
use artifact::Finding;

/// The text of an example, and the line and column of its mark.
pub(in super::super) fn unmarked(example: &str) -> (String, Option<(u32, u32)>) {
    let place = example.find('»').map(|at| {
        let before = &example[..at];
        let line = before.matches('\n').count() as u32 + 1;
        let column = before.rsplit('\n').next().unwrap_or("").chars().count() as u32 + 1;
        (line, column)
    });
    (example.replace('»', ""), place)
}

/// A file of an example of a repository: name, size in MiB where it says one, text, mark in it.
type Sample = (String, u64, String, Option<(u32, u32)>);

pub(in super::super) fn files(example: &str) -> Vec<Sample> {
    let parts = example.split("== ").skip(1);
    let file = |part: &str| {
        let (head, text) = part.split_once('\n').expect("a name on a line of its own");
        let (text, mark) = unmarked(text);
        let mut words = head.split(' ');
        let name = words.next().expect("a name").to_owned();
        let size = words.next().map_or(0, |size| size.parse().expect("MiB"));
        (name, size, text, mark)
    };
    parts.map(file).collect()
}

/// Runs both examples and says what is wrong.
pub(in super::super) fn judge(
    rule: &Rule,
    mark: Option<(u32, u32)>,
    run: impl Fn(&str) -> Vec<Finding>,
) -> Vec<String> {
    let (bad, good) = (run(rule.bad), run(rule.good));
    let mut problems = Vec::new();
    let mut say = |problem: String| problems.push(format!("{}: {problem}", rule.id));
    if good.iter().any(|finding| finding.code == rule.id) {
        say(format!("the good example has it: {good:#?}"));
    }
    let count =
        |findings: &[Finding], code: &str| findings.iter().filter(|one| one.code == code).count();
    let more: Vec<_> = bad
        .iter()
        .filter(|one| count(&bad, &one.code) > count(&good, &one.code))
        .collect();
    match more.as_slice() {
        [one] if one.code == rule.id => {
            let found = one.line.zip(one.column);
            if found != mark {
                say(format!("it is at {found:?}, not at {mark:?}"));
            }
            if one.severity != rule.severity || one.help.as_deref() != Some(rule.help) {
                say("its finding is another".to_owned());
            }
        }
        other => say(format!(
            "the bad example has, more than the good one: {other:#?}"
        )),
    }
    let other = good
        .iter()
        .find(|one| count(&good, &one.code) > count(&bad, &one.code));
    if let Some(other) = other {
        say(format!("the good example has {} more", other.code));
    }
    problems
}
