//! Commands that are spelled for TappsCodingAgents and mean what this program does: `workflow
//! execute-skill-command --command-file F` and `cursor-invoke "C"`. Its guide and its generator write them,
//! but no version of it has either, so they are always ours to do.

/// Whether a command means: have the configured agent do what the command file says.
pub(super) fn means_execute(template: &str) -> bool {
    let Some(words) = shlex::split(template) else {
        return false;
    };
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    match after_program(&words) {
        Some(["workflow", "execute-skill-command", "--command-file", file]) => is_file(file),
        Some(["workflow", "execute-skill-command", word]) => {
            word.strip_prefix("--command-file=").is_some_and(is_file)
        }
        Some(["cursor-invoke", "{command}"]) => true,
        _ => false,
    }
}

/// The arguments after the name of the program, where it is this one or TappsCodingAgents.
fn after_program<'a>(words: &'a [&'a str]) -> Option<&'a [&'a str]> {
    match words {
        [
            program,
            "-m",
            "tapps_agents" | "tapps_agents.cli",
            rest @ ..,
        ] if is_python(program) => Some(rest),
        [program, rest @ ..] if matches!(name(program), "tapps-agents" | "offshoot") => Some(rest),
        _ => None,
    }
}

fn is_python(program: &str) -> bool {
    let version = name(program).strip_prefix("python");
    version.is_some_and(|version| version.chars().all(|c| c.is_ascii_digit() || c == '.'))
        || name(program) == "py"
}

fn name(program: &str) -> &str {
    program.rsplit('/').next().unwrap_or(program)
}

/// The file that appeared, and no other.
fn is_file(word: &str) -> bool {
    matches!(word, "{command_file_path}" | "{command_file}")
}

#[cfg(test)]
mod tests {
    use super::means_execute;

    #[test]
    fn known_spellings() {
        for (template, expected) in [
            (
                "python -m tapps_agents.cli workflow execute-skill-command --command-file {command_file_path}",
                true,
            ),
            (
                "/usr/bin/python3.11 -m tapps_agents.cli cursor-invoke \"{command}\"",
                true,
            ),
            (
                "tapps-agents workflow execute-skill-command --command-file='{command_file_path}'",
                true,
            ),
            (
                "offshoot workflow execute-skill-command --command-file {command_file}",
                true,
            ),
            (
                "~/bin/offshoot workflow execute-skill-command --command-file \"{command_file}\"",
                true,
            ),
            // Not the file that appeared, or more than that.
            (
                "offshoot workflow execute-skill-command --command-file other.txt",
                false,
            ),
            (
                "tapps-agents cursor-invoke \"{command}\" && echo done",
                false,
            ),
            ("tapps-agents reviewer review src", false),
            (
                "pythonista -m tapps_agents.cli cursor-invoke {command}",
                false,
            ),
            ("claude -p {command}", false),
            ("unclosed \"quote", false),
            ("", false),
        ] {
            assert_eq!(means_execute(template), expected, "{template}");
        }
    }
}
