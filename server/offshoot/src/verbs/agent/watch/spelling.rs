//! Commands that are spelled for TappsCodingAgents and mean what this program does: `workflow
//! execute-skill-command --command-file F` and `cursor-invoke "C"`. Its guide and its generator write them,
//! but no version of it has either, so they are always ours to do.

use std::ops::Range;

/// Where a command asks this program to have the configured agent do what the command file says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Asks {
    /// It is all of the command.
    Whole,
    /// This part of the shell text, a program with its arguments; around it stands more.
    Part(Range<usize>),
}

/// Finds it. `installed` knows whether there is a program of a name: `cursor-invoke` without the program it
/// belongs to may be somebody's own.
pub(super) fn asks(template: &str, installed: impl Fn(&str) -> bool) -> Option<Asks> {
    let words = words(template);
    let texts: Vec<&str> = words.iter().map(|word| word.text.as_str()).collect();
    let (first, count) = (0..words.len())
        .filter(|index| words[*index].begins)
        .find_map(|index| Some((index, count(&texts[index..], &installed)?)))?;
    let last = words.get(first + count - 1)?;
    let range = words[first].range.start..last.range.end;
    Some(match template.trim().len() == range.len() {
        true => Asks::Whole,
        false => Asks::Part(range),
    })
}

/// How many words ask for it, from the program on; none where they do not.
fn count(words: &[&str], installed: impl Fn(&str) -> bool) -> Option<usize> {
    if let ["cursor-invoke", "{command}", ..] = words {
        return (!installed("cursor-invoke")).then_some(2);
    }
    let before = program(words)?;
    match &words[before..] {
        [
            "workflow",
            "execute-skill-command",
            "--command-file",
            file,
            ..,
        ] if is_file(file) => Some(before + 4),
        ["workflow", "execute-skill-command", word, ..] => {
            let file = word.strip_prefix("--command-file=")?;
            is_file(file).then_some(before + 3)
        }
        ["cursor-invoke", "{command}", ..] => Some(before + 2),
        _ => None,
    }
}

/// How many words name the program, where it is this one or TappsCodingAgents.
fn program(words: &[&str]) -> Option<usize> {
    let first = name(words.first()?);
    if matches!(first, "tapps-agents" | "offshoot") {
        return Some(1);
    }
    if !is_python(first) {
        return None;
    }
    let options = words[1..].iter().take_while(|word| is_python_option(word));
    let options = options.count();
    match words.get(1 + options..3 + options)? {
        ["-m", "tapps_agents" | "tapps_agents.cli"] => Some(3 + options),
        _ => None,
    }
}

fn is_python(program: &str) -> bool {
    let version = program.strip_prefix("python");
    version.is_some_and(|version| version.chars().all(|c| c.is_ascii_digit() || c == '.'))
        || program == "py"
}

/// One that stands alone, as in `python3 -u -m`.
fn is_python_option(word: &str) -> bool {
    let letters = word.strip_prefix('-').unwrap_or_default();
    !letters.is_empty() && letters.chars().all(|c| "bBdEiIOPqsSuvx".contains(c))
}

fn name(program: &str) -> &str {
    program.rsplit('/').next().unwrap_or(program)
}

/// The file that appeared, and no other.
fn is_file(word: &str) -> bool {
    matches!(word, "{command_file_path}" | "{command_file}")
}

/// A word of a shell text.
struct Word {
    range: Range<usize>,
    /// Without its quotes.
    text: String,
    /// A command begins with it.
    begins: bool,
}

/// The words of a shell text; those of one that cannot be taken apart are none.
fn words(template: &str) -> Vec<Word> {
    let mut words = Vec::new();
    let mut begins = true;
    for range in pieces(template) {
        let raw = &template[range.clone()];
        if raw.starts_with(OPERATORS) {
            // What is redirected is no command.
            begins = !raw.starts_with(['<', '>']);
            continue;
        }
        let Some(text) = shlex::split(raw).and_then(|parts| parts.into_iter().next()) else {
            return Vec::new();
        };
        let stays = begins && goes_before(&text);
        words.push(Word {
            range,
            text,
            begins,
        });
        begins = stays;
    }
    words
}

const OPERATORS: [char; 8] = ['\n', ';', '&', '|', '(', ')', '<', '>'];

/// What may stand before a command: variables for it, and words of the shell.
fn goes_before(word: &str) -> bool {
    const WORDS: [&str; 8] = ["exec", "!", "{", "if", "then", "else", "do", "while"];
    let assigns = word.split_once('=').is_some_and(|(name, _)| {
        let plain = |c: char| c.is_ascii_alphanumeric() || c == '_';
        !name.is_empty() && name.chars().all(plain)
    });
    assigns || WORDS.contains(&word)
}

/// Where words and operators stand. Quotes keep a word together.
fn pieces(template: &str) -> Vec<Range<usize>> {
    let mut pieces: Vec<Range<usize>> = Vec::new();
    let mut word: Option<usize> = None;
    let mut quote: Option<char> = None;
    let mut escaped = false;
    for (at, c) in template.char_indices() {
        let ends = quote.is_none() && !escaped && (c.is_whitespace() || OPERATORS.contains(&c));
        if ends {
            pieces.extend(word.take().map(|start| start..at));
            if OPERATORS.contains(&c) {
                pieces.push(at..at + c.len_utf8());
            }
            continue;
        }
        word = word.or(Some(at));
        match (quote, c) {
            _ if escaped => escaped = false,
            (None | Some('"'), '\\') => escaped = true,
            (None, '\'' | '"') => quote = Some(c),
            (Some(open), c) if open == c => quote = None,
            _ => {}
        }
    }
    pieces.extend(word.map(|start| start..template.len()));
    pieces
}

#[cfg(test)]
mod tests {
    use super::{Asks, asks};

    /// What of the command asks for it.
    #[track_caller]
    fn check(template: &str, expected: Option<&str>) {
        let found = asks(template, |name| name == "installed");
        let found = found.map(|asks| match asks {
            Asks::Whole => template.trim(),
            Asks::Part(range) => &template[range],
        });
        assert_eq!(found, expected, "{template}");
    }

    #[test]
    fn known_spellings() {
        for template in [
            "python -m tapps_agents.cli workflow execute-skill-command --command-file {command_file_path}",
            "python3 -m tapps_agents.cli workflow execute-skill-command --command-file={command_file_path}",
            "/usr/bin/python3.11 -m tapps_agents.cli cursor-invoke \"{command}\"",
            "python3 -u -B -m tapps_agents cursor-invoke {command}",
            "py -m tapps_agents.cli cursor-invoke '{command}'",
            "tapps-agents workflow execute-skill-command --command-file='{command_file_path}'",
            "tapps-agents cursor-invoke \"{command}\"",
            "cursor-invoke \"{command}\"",
            "offshoot workflow execute-skill-command --command-file {command_file}",
            "~/bin/offshoot workflow execute-skill-command --command-file \"{command_file}\"",
            "\".venv/bin/python\" -m tapps_agents.cli cursor-invoke {command}\n",
        ] {
            check(template, Some(template.trim()));
        }
    }

    #[test]
    fn others_are_not_ours() {
        for template in [
            // Not the file that appeared.
            "offshoot workflow execute-skill-command --command-file other.txt",
            "tapps-agents cursor-invoke \"@reviewer review\"",
            "tapps-agents reviewer review src",
            "python -m tapps_agents.cli reviewer review src",
            "python -c 'import tapps_agents' cursor-invoke {command}",
            "python script.py -m tapps_agents.cli cursor-invoke {command}",
            "pythonista -m tapps_agents.cli cursor-invoke {command}",
            "echo python -m tapps_agents.cli cursor-invoke {command}",
            "claude -p {command}",
            "unclosed \"quote",
            "",
        ] {
            check(template, None);
        }
        let own = |name: &str| name == "cursor-invoke";
        assert_eq!(asks("cursor-invoke {command}", own), None);
    }

    #[test]
    fn more_may_stand_around_it() {
        let call = "python -m tapps_agents.cli cursor-invoke \"{command}\"";
        for (before, after) in [
            ("TAPPS_AGENTS_MODE=cursor ", ""),
            ("cd \"${PROJECT_ROOT}\" && ", ""),
            ("", " && echo done"),
            ("", " >> 'a log' 2>&1"),
            ("if ", "; then echo done; fi"),
            ("exec ", ""),
            ("(", ")"),
            ("echo 'a; b'\n", "\ndate"),
            ("", " --quiet"),
        ] {
            check(&format!("{before}{call}{after}"), Some(call));
        }
    }
}
