//! The names of the files of the hand-off. One list: what is moved out of a worktree, kept out of
//! commits, and covered by the block in `.git/info/exclude` is the same set everywhere.

/// The trigger: JSON, written last.
pub const COMMAND_FILE: &str = ".cursor-skill-command.txt";
/// The command as plain text, for copying.
pub const SIMPLE_FILE: &str = ".cursor-skill-command-simple.txt";
/// What the command belongs to.
pub const METADATA_FILE: &str = ".cursor-skill-metadata.json";
/// What to do, for people and agents.
pub const INSTRUCTIONS_FILE: &str = ".cursor-skill-instructions.md";
/// The agent's answer, unless `polling.status_file_name` says otherwise.
pub const STATUS_FILE: &str = ".cursor-skill-status.json";
/// A person's word that the step is done.
pub const COMPLETED_FILE: &str = ".skill-completed.txt";
/// The folder where agents look for and leave these files too.
pub const CURSOR_DIR: &str = ".cursor";
/// The folder of the markers, in the repository and in the worktree.
pub const TAPPS_DIR: &str = ".tapps-agents";

/// Every file of the hand-off by its default name, in the root of a worktree or in its `.cursor/`.
/// None of them is ever part of a commit.
pub const FILES: [&str; 8] = [
    COMMAND_FILE,
    SIMPLE_FILE,
    METADATA_FILE,
    INSTRUCTIONS_FILE,
    STATUS_FILE,
    COMPLETED_FILE,
    ".execute-skill.sh",
    ".skill-command-executed.txt",
];

/// Start of the names of half-written files. Agents watch for `.cursor-skill-*`; this does not match.
pub const TEMP_PREFIX: &str = ".offshoot-tmp-";

/// [`FILES`], and the status file where its name is another one.
pub fn files_with(status_file: &str) -> Vec<String> {
    let mut all: Vec<String> = FILES.iter().map(|&name| name.to_owned()).collect();
    if !FILES.contains(&status_file) {
        all.push(status_file.to_owned());
    }
    all
}

/// The lines for `.git/info/exclude` that cover the files of the hand-off wherever they lie.
pub fn exclude_lines(status_file: &str) -> Vec<String> {
    let mut lines = files_with(status_file);
    lines.push(format!("{TEMP_PREFIX}*"));
    lines
}

/// Whether text can be one file or folder name: not empty, not `.` or `..`, no separator.
pub(super) fn is_plain_name(text: &str) -> bool {
    !text.is_empty() && text != "." && text != ".." && !text.contains(['/', '\\', '\0'])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_temporary_name_is_no_trigger() {
        assert!(!TEMP_PREFIX.starts_with(".cursor-skill-"));
    }

    #[test]
    fn another_status_name_joins_the_list() {
        assert_eq!(files_with(STATUS_FILE).len(), FILES.len());
        assert_eq!(
            files_with("answer.json").last().map(String::as_str),
            Some("answer.json")
        );
    }

    #[test]
    fn plain_names() {
        for (text, expected) in [
            ("a", true),
            (".x.json", true),
            ("", false),
            ("..", false),
            ("a/b", false),
            ("a\0", false),
        ] {
            assert_eq!(is_plain_name(text), expected, "{text:?}");
        }
    }
}
