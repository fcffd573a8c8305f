//! Marks by which people say that they looked: `offshoot:allow RULE reason`, in a comment on the line or on the lines of
//! comment above it. Secrets have the same mark: `offshoot:allow-secret`.

const MARK: &str = "offshoot:allow";

/// The rules that are allowed in each line of a text.
#[derive(Debug, Default)]
pub(crate) struct Marks {
    /// Line (from 1) and rule.
    marked: Vec<(u32, String)>,
}

impl Marks {
    pub(crate) fn of(text: &str) -> Self {
        let mut marks = Self::default();
        // What the lines of comment directly above say.
        let mut above: Vec<String> = Vec::new();
        if !text.contains(MARK) {
            return marks;
        }
        for (line, number) in text.lines().zip(1_u32..) {
            let here = rules(line);
            if is_comment(line) {
                above.extend(here);
                continue;
            }
            let all = above.drain(..).chain(here);
            marks.marked.extend(all.map(|rule| (number, rule)));
        }
        marks
    }

    /// Whether this rule is allowed in this line.
    pub(crate) fn allow(&self, rule: &str, line: u32) -> bool {
        let of_line = self.marked.iter().filter(|(marked, _)| *marked == line);
        of_line.into_iter().any(|(_, allowed)| allowed == rule)
    }
}

fn is_comment(line: &str) -> bool {
    line.trim_start().starts_with('#')
}

/// The rules that a mark in this line names: one, or several with commas.
fn rules(line: &str) -> Vec<String> {
    let Some(comment) = line.find('#').map(|at| &line[at..]) else {
        return Vec::new();
    };
    let Some((_, after)) = comment.split_once(MARK) else {
        return Vec::new();
    };
    let Some(named) = after.strip_prefix([' ', '\t']) else {
        return Vec::new();
    };
    let first = named.split_whitespace().next().unwrap_or_default();
    first
        .split(',')
        .map(|rule| rule.trim_end_matches(':').to_owned())
        .filter(|rule| !rule.is_empty())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::Marks;

    #[test]
    fn marks_hold_for_their_line_and_the_next() {
        let check = |text: &str, rule: &str, line: u32, expected: bool| {
            assert_eq!(
                Marks::of(text).allow(rule, line),
                expected,
                "{text} {rule} {line}"
            );
        };
        check("a: 1 # offshoot:allow k8s-x a reason", "k8s-x", 1, true);
        check("a: 1 # offshoot:allow k8s-x: a reason", "k8s-y", 1, false);
        check("# offshoot:allow a,b,\n# and why\nFROM x", "b", 3, true);
        check("# offshoot:allow a\nFROM x\nUSER root", "a", 3, false);
        check("# offshoot:allow-secret a\nFROM x", "a", 2, false);
        check("offshoot:allow a", "a", 1, false);
        check("# offshoot:allow\nFROM x", "a", 2, false);
    }
}
